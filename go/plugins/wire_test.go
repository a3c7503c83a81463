package plugins_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/flyteconnector/plugin"
	_ "example.com/larkspur/gen/larkspur/v1" // registers our messages by their names
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/structpb"
)

// table is a file of proto/fixtures/messages: all languages read it.
type table struct {
	Message protoreflect.FullName
	Cases   []struct {
		Name   string
		Custom map[string]any
		Error  string
	}
}

func tables(t *testing.T, kind string) map[string]table {
	t.Helper()
	paths, err := filepath.Glob("../../proto/fixtures/messages/*_" + kind + ".json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("tables %v, error %v", paths, err)
	}
	result := map[string]table{}
	for _, path := range paths {
		var one table
		text, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(text, &one)
		}
		if err != nil || len(one.Cases) < 5 {
			t.Fatalf("%s: %d cases, error %v", path, len(one.Cases), err)
		}
		result[filepath.Base(path)] = one
	}
	return result
}

// read decodes a message as the plugins do.
func read(t *testing.T, name protoreflect.FullName, custom map[string]any) (proto.Message, *structpb.Struct, error) {
	t.Helper()
	kind, err := protoregistry.GlobalTypes.FindMessageByName(name)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := structpb.NewStruct(custom)
	if err != nil {
		t.Fatal(err)
	}
	message := kind.New().Interface()
	return message, sent, plugin.Decode(plugin.Task{Custom: sent}, message)
}

func TestGoRefusesWhatEveryLanguageRefusesInTheSameWords(t *testing.T) {
	for file, table := range tables(t, "refused") {
		for _, c := range table.Cases {
			t.Run(file+"/"+c.Name, func(t *testing.T) {
				_, _, err := read(t, table.Message, c.Custom)
				switch {
				case err == nil:
					t.Errorf("%v was taken for a %s", c.Custom, table.Message)
				case c.Error == "" && !strings.Contains(err.Error(), "is not a "+string(table.Message)):
					t.Errorf("error %q, and no rule is about this: the JSON should not have been read", err)
				case c.Error != "" && err.Error() != c.Error:
					t.Errorf("error %q\nwant  %q", err, c.Error)
				}
			})
		}
	}
}

func TestGoReadsEveryMessageThatPythonWroteAndWritesTheSame(t *testing.T) {
	for file, table := range tables(t, "accepted") {
		for _, c := range table.Cases {
			t.Run(file+"/"+c.Name, func(t *testing.T) {
				message, sent, err := read(t, table.Message, c.Custom)
				if err != nil {
					t.Fatal(err)
				}
				text, err := protojson.Marshal(message)
				if err != nil {
					t.Fatal(err)
				}
				again := &structpb.Struct{}
				if err := protojson.Unmarshal(text, again); err != nil {
					t.Fatal(err)
				}
				if !proto.Equal(sent, again) {
					t.Errorf("read %v\nwrote %v", sent, again)
				}
			})
		}
	}
}
