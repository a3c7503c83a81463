package flyte1

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"example.com/flyteconnector/gen/flyteidl/admin"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/gen/flyteidl/service"
	"example.com/flyteconnector/internal/fixture"
	"example.com/flyteconnector/plugin"
)

func adapter(t *testing.T, double *fixture.Double) *Adapter {
	double.Types = []string{"tut"} // the type in the fixture's requests
	engine, _ := fixture.Core(t, double)
	return &Adapter{Name: "mine", Core: engine, Log: fixture.Log(t)}
}

func TestATaskFromCreateToDelete(t *testing.T) {
	a := adapter(t, &fixture.Double{Info: plugin.PhaseInfo{Phase: plugin.Running}})
	created, err := a.CreateTask(t.Context(), fixture.Requests(t)["container_target"])
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*admin.GetTaskRequest{
		"a propeller before 1.13 sends only the type": {TaskType: "tut"},
		"a newer one sends the category":              {TaskType: "deprecated", TaskCategory: &admin.TaskCategory{Name: "tut"}},
		"another release of the connector accepted it, in a version unknown here": {
			TaskCategory: &admin.TaskCategory{Name: "tut", Version: 7},
		},
	} {
		r.ResourceMeta = created.GetResourceMeta()
		answer, err := a.GetTask(t.Context(), r)
		if err != nil || answer.GetResource().GetPhase() != flyte.TaskExecution_RUNNING {
			t.Errorf("%s: want RUNNING, got %v, %v", name, answer, err)
		}
	}
	deletion := &admin.DeleteTaskRequest{TaskCategory: &admin.TaskCategory{Name: "tut", Version: 7}, ResourceMeta: created.GetResourceMeta()}
	for range 2 {
		if _, err := a.DeleteTask(t.Context(), deletion); err != nil {
			t.Errorf("want it deleted, got %v", err)
		}
	}
	answer, err := a.GetTask(t.Context(), &admin.GetTaskRequest{TaskType: "tut", ResourceMeta: created.GetResourceMeta()})
	if err != nil || answer.GetResource().GetPhase() != flyte.TaskExecution_RETRYABLE_FAILED {
		t.Errorf("want RETRYABLE_FAILED without the resource, got %v, %v", answer, err)
	}
}

func TestWhatIsNotServedIsUnimplemented(t *testing.T) {
	conn := fixture.Dial(t, fixture.Log(t), adapter(t, &fixture.Double{}).Register)
	client, sync := service.NewAsyncAgentServiceClient(conn), service.NewSyncAgentServiceClient(conn)
	_, metrics := client.GetTaskMetrics(t.Context(), &admin.GetTaskMetricsRequest{})
	logs, err := client.GetTaskLogs(t.Context(), &admin.GetTaskLogsRequest{})
	if err == nil {
		_, err = logs.Recv()
	}
	stream, syncErr := sync.ExecuteTaskSync(t.Context())
	if syncErr == nil {
		_, syncErr = stream.Recv()
	}
	for name, err := range map[string]error{"GetTaskMetrics": metrics, "GetTaskLogs": err, "ExecuteTaskSync": syncErr} {
		if status.Code(err) != codes.Unimplemented {
			t.Errorf("%s: want UNIMPLEMENTED, got %v", name, err)
		}
	}
}
