// Why can this not be linked together with another copy of Flyte's messages?

package core

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// files are those of flyteidl/core; a generated package registers its file's name when it is loaded, and the second one
// of a name panics. The double does the same, so that a mistake shows here too.
var files = []string{
	"artifact_id", "catalog", "compiler", "condition", "dynamic_job", "errors", "execution", "identifier", "interface",
	"literals", "metrics", "security", "tasks", "types", "workflow", "workflow_closure",
}

func init() {
	for _, name := range files {
		file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
			Name: proto.String("flyteidl/core/" + name + ".proto"), Package: proto.String("flyteidl.core"),
			Syntax: proto.String("proto3"),
		}, nil)
		if err != nil {
			panic(err)
		}
		if err := protoregistry.GlobalFiles.RegisterFile(file); err != nil {
			panic(err)
		}
	}
}
