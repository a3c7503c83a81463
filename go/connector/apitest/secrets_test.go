//go:build apitest

package apitest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

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

// eavesdropper calls as both Flytes do, and notes the errors as a client sees them.
type eavesdropper struct {
	one       service.AsyncAgentServiceClient
	two       connector.AsyncConnectorServiceClient
	namespace string
	said      []string
	number    int
}

func (e *eavesdropper) heard(err error) {
	e.said = append(e.said, prototext.Format(status.Convert(err).Proto()))
}

func (e *eavesdropper) create(t *testing.T, change func(*admin.CreateTaskRequest), custom ...string) []byte {
	t.Helper()
	e.number++
	r := private(e.namespace, fmt.Sprintf("s3://b/canary-prefix-%d/0", e.number), custom...)
	change(r)
	answer, err := e.one.CreateTask(t.Context(), r)
	e.heard(err)
	again := inFlyte2(t, r)
	again.Connection = connection()
	_, err = e.two.CreateTask(t.Context(), again)
	e.heard(err)
	return answer.GetResourceMeta()
}

func (e *eavesdropper) getAndDelete(t *testing.T, taskType string, meta []byte) {
	t.Helper()
	category := &admin.TaskCategory{Name: taskType}
	answer, err := e.one.GetTask(t.Context(), &admin.GetTaskRequest{TaskCategory: category, ResourceMeta: meta})
	e.said = append(e.said, prototext.Format(answer))
	e.heard(err)
	_, err = e.two.GetTask(t.Context(), &connector.GetTaskRequest{
		TaskCategory: &connector.TaskCategory{Name: taskType}, ResourceMeta: meta, Connection: connection(),
	})
	e.heard(err)
	_, err = e.one.DeleteTask(t.Context(), &admin.DeleteTaskRequest{TaskCategory: category, ResourceMeta: meta})
	e.heard(err)
}

// everyWay makes calls that succeed, and calls that fail in each way.
func (e *eavesdropper) everyWay(t *testing.T, proxy *Proxy) {
	t.Helper()
	as := func(*admin.CreateTaskRequest) {}
	e.create(t, as, "refuse", canary) // its user, and nobody else, is told
	for _, custom := range [][]string{nil, {"refuse", "a reason"}, {"phase", "crash"}, {"phase", "what no row knows"}} {
		e.getAndDelete(t, noteType, e.create(t, as, custom...))
	}
	e.getAndDelete(t, noteType, []byte(`{"v":1,"password":"`+canary+`"}`))
	e.getAndDelete(t, noteType, []byte(canary))
	e.getAndDelete(t, "other", nil)
	for _, change := range []func(*admin.CreateTaskRequest){
		func(r *admin.CreateTaskRequest) { r.Template.Type = "other" },
		func(r *admin.CreateTaskRequest) { r.Template.Target = nil },
		func(r *admin.CreateTaskRequest) { r.OutputPrefix = "" },
		func(r *admin.CreateTaskRequest) { r.TaskExecutionMetadata.Namespace = "elsewhere" },
		func(r *admin.CreateTaskRequest) { r.Template.GetContainer().Image = "" },
		func(r *admin.CreateTaskRequest) {
			r.Template.GetContainer().Args = []string{"{{.inputs.x}}", "{{.inputs.none}}"}
		},
	} {
		e.create(t, change)
	}
	for _, fault := range []*Fault{{Status: 500}, {Status: 403}, {Committed: true}} {
		fault.Method, fault.Times = http.MethodPost, -1
		proxy.Break(fault)
		e.create(t, as)
	}
	proxy.Break()
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
	conn := Dial(t, replica.Address)
	e := &eavesdropper{
		one: service.NewAsyncAgentServiceClient(conn), two: connector.NewAsyncConnectorServiceClient(conn), namespace: namespace,
	}
	e.everyWay(t, proxy)
	numbers := metricsOf(t, replica.Log.Field(t, "metrics", "address"))
	replica.Stop(t)
	for where, text := range map[string]string{"log": replica.Log.String(), "an answer": strings.Join(e.said, "\n"), "the metrics": numbers} {
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
