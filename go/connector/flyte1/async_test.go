package flyte1

import (
	"log/slog"
	"net"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic/fake"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/gen/flyteidl/admin"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/gen/flyteidl/service"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/serve"
)

type double struct{ plugin.Unimplemented }

func (double) Resource() plugin.Resource {
	return plugin.Resource{GroupVersionKind: corev1.SchemeGroupVersion.WithKind("ConfigMap"), TaskTypes: []string{"double"}}
}

type nothing struct{ core.Cache }

func (nothing) Resource(plugin.Resource, string, string) *unstructured.Unstructured { return nil }
func (nothing) Pods(plugin.Resource, string, string) []corev1.Pod                   { return nil }
func (nothing) Serves(string) bool                                                  { return true }

func adapter(t *testing.T) *Adapter {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	engine, err := core.New(core.Config{Client: fake.NewSimpleDynamicClient(runtime.NewScheme()), Cache: nothing{}, Log: log}, double{})
	if err != nil {
		t.Fatal(err)
	}
	return &Adapter{Name: "mine", Core: engine, Log: log}
}

func request() *admin.CreateTaskRequest {
	return &admin.CreateTaskRequest{
		OutputPrefix: "s3://b/0",
		Template: &flyte.TaskTemplate{
			Type: "double", Target: &flyte.TaskTemplate_Container{Container: &flyte.Container{Image: "i"}},
		},
		TaskExecutionMetadata: &admin.TaskExecutionMetadata{Namespace: "ns"},
	}
}

func TestARefusalTravelsFromCreateToGet(t *testing.T) {
	a := adapter(t)
	noImage := request()
	noImage.Template.GetContainer().Image = ""
	for want, r := range map[string]*admin.CreateTaskRequest{"no BuildResource yet": request(), "container.image is empty": noImage} {
		created, err := a.CreateTask(t.Context(), r)
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		// An old propeller sends only the type, and all send back the bytes.
		answer, err := a.GetTask(t.Context(), &admin.GetTaskRequest{TaskType: "double", ResourceMeta: created.GetResourceMeta()})
		if err != nil || answer.GetResource().GetPhase() != flyte.TaskExecution_FAILED || !strings.Contains(answer.GetResource().GetMessage(), want) {
			t.Errorf("want FAILED with %q, got %v, %v", want, answer, err)
		}
		deletion := &admin.DeleteTaskRequest{TaskCategory: &admin.TaskCategory{Name: "double"}, ResourceMeta: created.GetResourceMeta()}
		if _, err := a.DeleteTask(t.Context(), deletion); err != nil {
			t.Errorf("want the delete to do nothing, got %v", err)
		}
	}
}

func TestRequestsThatNameNothingHere(t *testing.T) {
	a := adapter(t)
	unknown, later, incomplete := request(), request(), request()
	unknown.Template.Type, later.Template.TaskTypeVersion, incomplete.OutputPrefix = "other", 1, ""
	for name, c := range map[string]struct {
		request *admin.CreateTaskRequest
		want    codes.Code
	}{
		"an unknown type": {unknown, codes.NotFound}, "a later version": {later, codes.NotFound},
		"an incomplete one": {incomplete, codes.InvalidArgument}, "an empty one": {&admin.CreateTaskRequest{}, codes.InvalidArgument},
	} {
		if _, err := a.CreateTask(t.Context(), c.request); status.Code(err) != c.want {
			t.Errorf("%s: want %s, got %v", name, c.want, err)
		}
	}
	if _, err := a.GetTask(t.Context(), &admin.GetTaskRequest{TaskCategory: &admin.TaskCategory{Name: "double", Version: 1}}); status.Code(err) != codes.NotFound {
		t.Errorf("want a later version NOT_FOUND, got %v", err)
	}
}

// dial serves the adapter and returns a connection to it.
func dial(t *testing.T, a *Adapter) *grpc.ClientConn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, err := serve.New(serve.Config{Log: a.Log})
	if err != nil {
		t.Fatal(err)
	}
	server.Ready()
	a.Register(server.GRPC)
	go func() { _ = server.GRPC.Serve(listener) }() // ends with Stop
	t.Cleanup(server.GRPC.Stop)
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestOverTheWire(t *testing.T) {
	client := service.NewAsyncAgentServiceClient(dial(t, adapter(t)))
	big := request()
	big.Inputs = &flyte.LiteralMap{Literals: map[string]*flyte.Literal{strings.Repeat("x", 8<<20): nil}}
	if _, err := client.CreateTask(t.Context(), big); err != nil {
		t.Errorf("want 8 MiB of inputs accepted, got %v", err)
	}
	if _, err := client.GetTaskMetrics(t.Context(), &admin.GetTaskMetricsRequest{}); status.Code(err) != codes.Unimplemented {
		t.Errorf("want GetTaskMetrics UNIMPLEMENTED, got %v", err)
	}
	logs, err := client.GetTaskLogs(t.Context(), &admin.GetTaskLogsRequest{})
	if err == nil {
		_, err = logs.Recv()
	}
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("want GetTaskLogs UNIMPLEMENTED, got %v", err)
	}
}
