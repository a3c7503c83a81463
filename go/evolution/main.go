// Command evolution says what a connector makes of a task's custom JSON, with a message that was never compiled into it.
//
//	evolution < questions.json
//
// Each question has a set of file descriptors (in base64, as protoc writes them), the name of a message in it, and values by
// name. The answer to each value has the message as JSON after plugin.Decode, or Decode's error.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"example.com/flyteconnector/plugin"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/structpb"
)

type question struct {
	Descriptors []byte                     `json:"descriptors"`
	Message     protoreflect.FullName      `json:"message"`
	Values      map[string]json.RawMessage `json:"values"`
}

type answer struct {
	Read  json.RawMessage `json:"read,omitempty"`
	Error string          `json:"error,omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "evolution:", err)
		os.Exit(1)
	}
}

func run() error {
	questions := map[string]question{}
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		return fmt.Errorf("read the questions: %w", err)
	}
	answers := map[string]map[string]answer{}
	for name, q := range questions {
		descriptor, err := find(q.Descriptors, q.Message)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		answers[name] = map[string]answer{}
		for value, raw := range q.Values {
			if answers[name][value], err = read(descriptor, raw); err != nil {
				return fmt.Errorf("%s: %s: %w", name, value, err)
			}
		}
	}
	return json.NewEncoder(os.Stdout).Encode(answers)
}

func find(descriptors []byte, name protoreflect.FullName) (protoreflect.MessageDescriptor, error) {
	set := &descriptorpb.FileDescriptorSet{}
	if err := proto.Unmarshal(descriptors, set); err != nil {
		return nil, err
	}
	files, err := protodesc.NewFiles(set)
	if err != nil {
		return nil, err
	}
	found, err := files.FindDescriptorByName(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return found.(protoreflect.MessageDescriptor), nil
}

// read goes the way of every task: JSON in a Struct, decoded by the connector. The error is of a value that is no object.
func read(descriptor protoreflect.MessageDescriptor, raw []byte) (answer, error) {
	custom := &structpb.Struct{}
	if err := protojson.Unmarshal(raw, custom); err != nil {
		return answer{}, err
	}
	message := dynamicpb.NewMessage(descriptor)
	if err := plugin.Decode(plugin.Task{Type: "larkspur_job", Custom: custom}, message); err != nil {
		return answer{Error: err.Error()}, nil
	}
	text, err := protojson.Marshal(message)
	return answer{Read: text}, err
}
