package serve

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
)

func TestACallsLineHasItsTaskTypeAndItsErrorAndNoMoreOfTheRequest(t *testing.T) {
	const secret = "canary-4711"
	note := &admin.CreateTaskRequest{OutputPrefix: secret, Template: &core.TaskTemplate{
		Type: "note", Custom: &structpb.Struct{Fields: map[string]*structpb.Value{secret: structpb.NewStringValue(secret)}},
	}}
	for name, c := range map[string]struct {
		request         any
		err             error
		level, taskType string
	}{
		"an answer":                    {note, nil, "DEBUG", "note"},
		"a refusal":                    {note, status.Error(codes.InvalidArgument, "why"), "WARN", "note"},
		"a defect":                     {note, status.Error(codes.Internal, "why"), "ERROR", "note"},
		"who called hung up":           {note, status.Error(codes.Canceled, "why"), "INFO", "note"},
		"a call that nobody serves":    {note, status.Error(codes.Unimplemented, "why"), "DEBUG", "note"},
		"a type that nobody serves":    {&admin.GetTaskRequest{TaskCategory: &admin.TaskCategory{Name: secret}}, nil, "DEBUG", "unknown"},
		"the type of an old engine":    {&admin.GetTaskRequest{TaskType: "note"}, nil, "DEBUG", "note"},
		"a call that is about no type": {&admin.ListAgentsRequest{}, nil, "DEBUG", ""},
	} {
		out := &lines{}
		log := slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
		_, err := logging(log, []string{"note"})(t.Context(), c.request, &grpc.UnaryServerInfo{FullMethod: "/x/Call"},
			func(context.Context, any) (any, error) { return nil, c.err })
		var line map[string]any
		if problem := json.Unmarshal([]byte(out.String()), &line); problem != nil {
			t.Fatalf("%s: want one line of JSON, got %q: %v", name, out, problem)
		}
		taskType, _ := line["task_type"].(string)
		if line["level"] != c.level || taskType != c.taskType || line["code"] != status.Code(c.err).String() || err != c.err {
			t.Errorf("%s: want %+v, got %v", name, c, line)
		}
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s: a value of the request is in the log: %s", name, out)
		}
	}
}
