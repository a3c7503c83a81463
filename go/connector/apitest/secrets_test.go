//go:build apitest

package apitest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/prototext"

	"example.com/flyteconnector/gen/flyteidl/admin"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/gen/flyteidl/service"
	"example.com/flyteconnector/gen/flyteidl2/connector"
	flyte2 "example.com/flyteconnector/gen/flyteidl2/core"
)

// canary stands for what a user's values may have in them. It must not be found anywhere but in the cluster.
const canary = "canary-4711-value"

// private is a task whose every value is a canary, with names that must not become labels of metrics.
func private(namespace, prefix string, custom ...string) *admin.CreateTaskRequest {
	r := request(namespace, prefix, append(custom, "password", canary)...)
	r.Template.Id.Name = "canary-task-name"
	container := r.GetTemplate().GetContainer()
	container.Env = append(container.Env, &flyte.KeyValuePair{Key: "PASSWORD", Value: canary})
	container.Args = append(container.Args, "--password="+canary)
	text := &flyte.Primitive{Value: &flyte.Primitive_StringValue{StringValue: canary}}
	scalar := &flyte.Scalar{Value: &flyte.Scalar_Primitive{Primitive: text}}
	r.Inputs = &flyte.LiteralMap{Literals: map[string]*flyte.Literal{"x": {Value: &flyte.Literal_Scalar{Scalar: scalar}}}}
	r.TaskExecutionMetadata.EnvironmentVariables = map[string]string{"TOKEN": canary}
	r.TaskExecutionMetadata.TaskExecutionId = &flyte.TaskExecutionIdentifier{NodeExecutionId: &flyte.NodeExecutionIdentifier{
		NodeId: "n0", ExecutionId: &flyte.WorkflowExecutionIdentifier{Project: "p", Domain: "d", Name: "canary-execution"},
	}}
	return r
}

// connection is what Flyte 2 sends, with the values of a user's secrets.
func connection() *flyte2.Connection {
	return &flyte2.Connection{
		TaskType: noteType, Secrets: map[string]string{"token": canary}, Configs: map[string]string{"config": canary},
	}
}

// everyWay makes calls that succeed and calls that fail in each way, and returns the errors as a client sees them.
func everyWay(t *testing.T, conn *grpc.ClientConn, proxy *Proxy, namespace string) (said []string) {
	t.Helper()
	client, two, number := service.NewAsyncAgentServiceClient(conn), connector.NewAsyncConnectorServiceClient(conn), 0
	create := func(change func(*admin.CreateTaskRequest), custom ...string) []byte {
		number++
		r := private(namespace, fmt.Sprintf("s3://b/canary-prefix-%d/0", number), custom...)
		if change != nil {
			change(r)
		}
		answer, err := client.CreateTask(t.Context(), r)
		said = append(said, prototext.Format(status.Convert(err).Proto()))
		again := inFlyte2(t, r)
		again.Connection = connection()
		_, err = two.CreateTask(t.Context(), again)
		said = append(said, prototext.Format(status.Convert(err).Proto()))
		return answer.GetResourceMeta()
	}
	about := func(taskType string, meta []byte) {
		category := &admin.TaskCategory{Name: taskType}
		answer, err := client.GetTask(t.Context(), &admin.GetTaskRequest{TaskCategory: category, ResourceMeta: meta})
		said = append(said, prototext.Format(status.Convert(err).Proto()), prototext.Format(answer))
		_, err = two.GetTask(t.Context(), &connector.GetTaskRequest{
			TaskCategory: &connector.TaskCategory{Name: taskType}, ResourceMeta: meta, Connection: connection(),
		})
		said = append(said, prototext.Format(status.Convert(err).Proto()))
		_, err = client.DeleteTask(t.Context(), &admin.DeleteTaskRequest{TaskCategory: category, ResourceMeta: meta})
		said = append(said, prototext.Format(status.Convert(err).Proto()))
	}
	about(noteType, create(nil))
	about(noteType, create(nil, "refuse", "a reason"))
	create(nil, "refuse", canary) // its user, and nobody else, is told
	about(noteType, create(nil, "phase", "crash"))
	about(noteType, create(nil, "phase", "what no row knows"))
	about(noteType, []byte(`{"v":1,"password":"`+canary+`"}`))
	about(noteType, []byte(canary))
	about("other", nil)
	create(func(r *admin.CreateTaskRequest) { r.Template.Type = "other" })
	create(func(r *admin.CreateTaskRequest) { r.Template.Target = nil })
	create(func(r *admin.CreateTaskRequest) { r.OutputPrefix = "" })
	create(func(r *admin.CreateTaskRequest) { r.TaskExecutionMetadata.Namespace = "elsewhere" })
	create(func(r *admin.CreateTaskRequest) { r.Template.GetContainer().Image = "" })
	create(func(r *admin.CreateTaskRequest) {
		r.Template.GetContainer().Args = []string{"{{.inputs.x}}", "{{.inputs.none}}"}
	})
	for _, fault := range []*Fault{{Status: 500}, {Status: 403}, {Committed: true}} {
		fault.Method, fault.Times = http.MethodPost, -1
		proxy.Break(fault)
		create(nil)
	}
	proxy.Break()
	return said
}

func metricsOf(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("metrics: %d, %v", answer.StatusCode, err)
	}
	return string(text)
}

func TestAUsersValuesAreNowhereButInTheCluster(t *testing.T) {
	namespace := cluster.Namespace(t)
	proxy := NewProxy(t, cluster.Identity(t, namespace, rules()))
	options := Options(t, proxy.Config, namespace)
	options.MetricsListen, options.Deadline = "127.0.0.1:0", time.Second
	replica := Launch(t, options, note{})
	waitUntilReady(t, replica)
	said := everyWay(t, Dial(t, replica.Address), proxy, namespace)
	numbers := metricsOf(t, replica.Log.Field(t, "metrics", "address"))
	replica.Stop(t)
	for where, text := range map[string]string{"log": replica.Log.String(), "an answer": strings.Join(said, "\n"), "the metrics": numbers} {
		for line := range strings.Lines(text) {
			if strings.Contains(line, canary) {
				t.Errorf("a user's value is in %s: %s", where, line)
			}
		}
	}
	failed := strings.Count(replica.Log.String(), `"call failed"`)
	if created := strings.Count(numbers, `event="created"`); failed < 10 || created != 1 {
		t.Errorf("want many ways to fail and a resource, got %d and %d", failed, created)
	}
	for _, name := range []string{"canary-task-name", "canary-execution", "canary-prefix", all(t, namespace)[0].Name} {
		if strings.Contains(numbers, name) {
			t.Errorf("%q is in the metrics, which would grow with every task", name)
		}
	}
	for _, want := range []string{
		`flyteconnector_watch_synced{namespace="` + namespace + `",resource="configmaps"} 1`,
		`grpc_server_handled_total{grpc_code="OK",grpc_method="CreateTask",grpc_service="flyteidl.service.AsyncAgentService",grpc_type="unary"}`,
		`flyteconnector_resource_events_total{event="created",task_type="note"}`, "go_goroutines ", "process_resident_memory_bytes ",
	} {
		if !strings.Contains(numbers, want) {
			t.Errorf("no %s in the metrics", want)
		}
	}
}
