package flyte2

import (
	"bytes"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"example.com/flyteconnector/flyte1"
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/service"
	"example.com/flyteconnector/gen/flyteidl2/connector"
	flyte "example.com/flyteconnector/gen/flyteidl2/core"
	"example.com/flyteconnector/internal/fixture"
	"example.com/flyteconnector/plugin"
)

// create makes the same attempt through both adapters, and returns resource_meta, which has to be the same.
func create(t *testing.T, first *flyte1.Adapter, second *Adapter, request *admin.CreateTaskRequest) []byte {
	t.Helper()
	one, err := first.CreateTask(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	two, err := second.CreateTask(t.Context(), reread(t, request, new(connector.CreateTaskRequest)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.GetResourceMeta(), two.GetResourceMeta()) {
		t.Fatalf("want one resource_meta, got %s and %s", one.GetResourceMeta(), two.GetResourceMeta())
	}
	return one.GetResourceMeta()
}

func TestRealRequestsAreTheSameAttemptThroughBothAdapters(t *testing.T) {
	for name, request := range fixture.Requests(t) {
		t.Run(name, func(t *testing.T) {
			double := &fixture.Double{}
			first, second := both(t, double)
			create(t, first, second, request)
			if len(double.Built) != 2 {
				t.Fatalf("want two tasks, got %d", len(double.Built))
			}
			one, two := double.Built[0], double.Built[1]
			if !proto.Equal(one.Custom, two.Custom) || one.Pod.Spec.Containers[0].Image != two.Pod.Spec.Containers[0].Image {
				t.Errorf("want the same custom and image, got %v and %v", one, two)
			}
			// Their pods may differ: each engine has an environment of its own.
			one.Custom, one.Pod = two.Custom, two.Pod
			if !reflect.DeepEqual(one, two) {
				t.Errorf("want the same task, got %+v and %+v", one, two)
			}
		})
	}
}

func TestThePodIsFinishedForTheEngineThatAsks(t *testing.T) {
	double := &fixture.Double{}
	_, a := both(t, double)
	request := fixture.Requests(t)["container_target"]
	request.GetTemplate().GetContainer().Args = []string{"train", "{{.runName}}"} // only Flyte 2 has the variable
	if _, err := a.CreateTask(t.Context(), reread(t, request, new(connector.CreateTaskRequest))); err != nil {
		t.Fatal(err)
	}
	run := request.GetTaskExecutionMetadata().GetTaskExecutionId().GetNodeExecutionId().GetExecutionId().GetName()
	if len(double.Built) != 1 || double.Built[0].Pod.Spec.Containers[0].Args[1] != run {
		t.Errorf("want the name of the run, %q, got %+v", run, double.Built)
	}
}

func TestDeletedThroughEitherIsGoneForBoth(t *testing.T) {
	first, second := both(t, &fixture.Double{Info: plugin.PhaseInfo{Phase: plugin.Running}})
	meta := create(t, first, second, fixture.Requests(t)["container_target"])
	// A version that nobody knows any more is no reason to leave a resource behind.
	category := &connector.TaskCategory{Name: "tut", Version: 7}
	for range 2 {
		if _, err := second.DeleteTask(t.Context(), &connector.DeleteTaskRequest{TaskCategory: category, ResourceMeta: meta}); err != nil {
			t.Fatal(err)
		}
	}
	answer, err := second.GetTask(t.Context(), &connector.GetTaskRequest{TaskCategory: category, ResourceMeta: meta})
	if err != nil || answer.GetResource().GetPhase() != flyte.TaskExecution_RETRYABLE_FAILED {
		t.Errorf("want RETRYABLE_FAILED, got %v, %v", answer, err)
	}
}

func TestTheValuesOfSecretsAreNowhere(t *testing.T) {
	var log bytes.Buffer
	double := &fixture.Double{}
	_, a := both(t, double)
	everything := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client := connector.NewAsyncConnectorServiceClient(fixture.Dial(t, everything, a.Register))
	request := reread(t, fixture.Requests(t)["container_target"], new(connector.CreateTaskRequest))
	request.Connection = &flyte.Connection{Secrets: map[string]string{"password": "hunter2"}}
	created, err := client.CreateTask(t.Context(), request)
	if err != nil || len(double.Built) != 0 {
		t.Fatalf("want the task accepted and nothing created, got %v, %v", err, double.Built)
	}
	category := &connector.TaskCategory{Name: "tut"}
	answer, err := client.GetTask(t.Context(), &connector.GetTaskRequest{
		TaskCategory: category, ResourceMeta: created.GetResourceMeta(), Connection: request.GetConnection(),
	})
	if err != nil || answer.GetResource().GetPhase() != flyte.TaskExecution_FAILED || !strings.Contains(answer.GetResource().GetMessage(), "password") {
		t.Errorf("want FAILED with the key, got %v, %v", answer, err)
	}
	_, err = client.DeleteTask(t.Context(), &connector.DeleteTaskRequest{
		TaskCategory: category, ResourceMeta: []byte("x"), Connection: request.GetConnection(),
	})
	if status.Code(err) != codes.InvalidArgument || strings.Count(log.String(), "call=") < 3 {
		t.Fatalf("want INVALID_ARGUMENT for a foreign resource_meta, and each call in the log, got %v and %s", err, log.String())
	}
	for where, text := range map[string]string{
		"resource_meta": string(created.GetResourceMeta()), "answer": answer.String(), "error": err.Error(), "log": log.String(),
	} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("the secret is in the %s: %s", where, text)
		}
	}
}

func TestRequestsThatNameNothingHere(t *testing.T) {
	_, a := both(t, &fixture.Double{})
	for name, c := range map[string]struct {
		change func(*flyte.TaskTemplate)
		want   codes.Code
	}{
		"an unknown type": {func(template *flyte.TaskTemplate) { template.Type = "other" }, codes.NotFound},
		"a later version": {func(template *flyte.TaskTemplate) { template.TaskTypeVersion = 1 }, codes.NotFound},
		"no type":         {func(template *flyte.TaskTemplate) { template.Type = "" }, codes.InvalidArgument},
	} {
		request := reread(t, fixture.Requests(t)["container_target"], new(connector.CreateTaskRequest))
		c.change(request.GetTemplate())
		if _, err := a.CreateTask(t.Context(), request); status.Code(err) != c.want {
			t.Errorf("%s: want %s, got %v", name, c.want, err)
		}
	}
	if _, err := a.GetTask(t.Context(), &connector.GetTaskRequest{}); status.Code(err) != codes.NotFound {
		t.Errorf("want NOT_FOUND without a type, got %v", err)
	}
}

func TestWhatIsNotServedIsUnimplementedAndBothFlytesShareAPort(t *testing.T) {
	first, second := both(t, &fixture.Double{})
	conn := fixture.Dial(t, fixture.Log(t), func(server *grpc.Server) {
		first.Register(server)
		second.Register(server)
	})
	client := connector.NewAsyncConnectorServiceClient(conn)
	_, metrics := client.GetTaskMetrics(t.Context(), &connector.GetTaskMetricsRequest{})
	logs, err := client.GetTaskLogs(t.Context(), &connector.GetTaskLogsRequest{})
	if err == nil {
		_, err = logs.Recv()
	}
	for name, err := range map[string]error{"GetTaskMetrics": metrics, "GetTaskLogs": err} {
		if status.Code(err) != codes.Unimplemented {
			t.Errorf("%s: want UNIMPLEMENTED, got %v", name, err)
		}
	}
	if _, err := service.NewAgentMetadataServiceClient(conn).ListAgents(t.Context(), &admin.ListAgentsRequest{}); err != nil {
		t.Errorf("want Flyte 1 answered, got %v", err)
	}
	if _, err := connector.NewConnectorMetadataServiceClient(conn).ListConnectors(t.Context(), &connector.ListConnectorsRequest{}); err != nil {
		t.Errorf("want Flyte 2 answered, got %v", err)
	}
}
