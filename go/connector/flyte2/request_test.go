package flyte2

import (
	"bytes"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl2/connector"
	flyte "example.com/flyteconnector/gen/flyteidl2/core"
	"example.com/flyteconnector/gen/flyteidl2/task"
	"example.com/flyteconnector/internal/fixture"
)

// reread reads a message of one API as one of the other.
func reread[M proto.Message](t *testing.T, from proto.Message, to M) M {
	t.Helper()
	raw, err := proto.Marshal(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := proto.Unmarshal(raw, to); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestRealRequestsLoseNothingOnTheWayToFlyte2AndBack(t *testing.T) {
	for name, request := range fixture.Requests(t) {
		t.Run(name, func(t *testing.T) {
			sent := reread(t, request, new(connector.CreateTaskRequest))
			inputs := sent.GetInputs().GetLiterals()
			if len(inputs) != len(request.GetInputs().GetLiterals()) || sent.GetTemplate().GetTarget() == nil {
				t.Errorf("want Flyte 2 to understand inputs and target, got %v and %v", inputs, sent.GetTemplate().GetTarget())
			}
			read, err := asFlyte1(sent)
			if err != nil || !proto.Equal(read, request) {
				t.Errorf("want %v, got %v, %v", request, read, err)
			}
		})
	}
}

func TestARequestOfFlyte2LosesOnlyWhatOnlyFlyte2Has(t *testing.T) {
	text := &flyte.Literal{Value: &flyte.Literal_Scalar{Scalar: &flyte.Scalar{Value: &flyte.Scalar_Primitive{
		Primitive: &flyte.Primitive{Value: &flyte.Primitive_StringValue{StringValue: "y"}},
	}}}}
	custom, err := structpb.NewStruct(map[string]any{"workers": 2})
	if err != nil {
		t.Fatal(err)
	}
	variable := &flyte.VariableEntry{Key: "x", Value: &flyte.Variable{Description: "d"}}
	template := &flyte.TaskTemplate{
		Type: "tut", TaskTypeVersion: 1, Custom: custom, Id: &flyte.Identifier{Org: "o", Name: "env.train"},
		Interface: &flyte.TypedInterface{Outputs: &flyte.VariableMap{Variables: []*flyte.VariableEntry{variable}}},
		Target:    &flyte.TaskTemplate_Container{Container: &flyte.Container{Image: "i", Args: []string{"a0"}}},
	}
	read, err := asFlyte1(&connector.CreateTaskRequest{
		Inputs:   &task.Inputs{Literals: []*task.NamedLiteral{{Name: "x", Value: text}}},
		Template: template, OutputPrefix: "s3://b/1",
		TaskExecutionMetadata: &connector.TaskExecutionMetadata{Namespace: "ns", EnvironmentVariables: map[string]string{"RUN_NAME": "r"}},
		Connection:            &flyte.Connection{Secrets: map[string]string{"password": "do not keep"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	back := reread(t, read, new(connector.CreateTaskRequest))
	if back.GetConnection() != nil || !proto.Equal(back.GetTemplate(), template) {
		t.Errorf("want the template and no connection, got %v", back)
	}
	if read.GetInputs().GetLiterals()["x"].GetScalar().GetPrimitive().GetStringValue() != "y" ||
		read.GetTaskExecutionMetadata().GetEnvironmentVariables()["RUN_NAME"] != "r" || read.GetOutputPrefix() != "s3://b/1" ||
		read.GetTemplate().GetInterface().GetOutputs().GetVariables()["x"].GetDescription() != "d" {
		t.Errorf("want inputs, outputs, environment and prefix, got %v", read)
	}
	if raw, err := proto.Marshal(read); err != nil || bytes.Contains(raw, []byte("do not keep")) {
		t.Errorf("want no secret in what goes on, got %q, %v", raw, err)
	}
}

func TestASecretByConnectionIsRefusedWithoutItsValue(t *testing.T) {
	for _, harmless := range []*flyte.Connection{nil, {TaskType: "tut", Configs: map[string]string{"a": "b"}}} {
		if err := taken(harmless); err != nil {
			t.Errorf("want %v accepted, got %v", harmless, err)
		}
	}
	err := taken(&flyte.Connection{Secrets: map[string]string{"password": "hunter2"}})
	if err == nil || !strings.Contains(err.Error(), `"password"`) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("want the key and not the value, got %v", err)
	}
}

// What the core needs of Flyte 1's requests must not depend on a field that Flyte 2 uses for something else.
func TestAskingAndDeletingHaveTheSameBytes(t *testing.T) {
	category := &admin.TaskCategory{Name: "tut", Version: 1}
	get := reread(t, &admin.GetTaskRequest{TaskType: "tut", TaskCategory: category, ResourceMeta: []byte("m")}, new(connector.GetTaskRequest))
	deletion := reread(t, &admin.DeleteTaskRequest{TaskType: "tut", TaskCategory: category, ResourceMeta: []byte("m")}, new(connector.DeleteTaskRequest))
	for _, got := range []interface {
		GetResourceMeta() []byte
		GetTaskCategory() *connector.TaskCategory
	}{get, deletion} {
		if string(got.GetResourceMeta()) != "m" || got.GetTaskCategory().GetName() != "tut" || got.GetTaskCategory().GetVersion() != 1 {
			t.Errorf("want the same fields, got %v", got)
		}
	}
}
