package flyte1

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
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

type nothing struct{}

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

func TestWhatFlyteFindsOut(t *testing.T) {
	a := adapter(t)
	list, err := a.ListAgents(t.Context(), &admin.ListAgentsRequest{})
	if err != nil || len(list.GetAgents()) != 1 {
		t.Fatalf("want one connector, got %v, %v", list, err)
	}
	agent := list.GetAgents()[0]
	if agent.GetIsSync() || agent.GetName() != "mine" || agent.GetSupportedTaskTypes()[0] != "double" ||
		agent.GetSupportedTaskCategories()[0].GetName() != "double" {
		t.Errorf("want an asynchronous connector for double, got %v", agent)
	}
	if _, err := a.GetAgent(t.Context(), &admin.GetAgentRequest{Name: "mine"}); err != nil {
		t.Errorf("want it under its name, got %v", err)
	}
	if _, err := a.GetAgent(t.Context(), &admin.GetAgentRequest{Name: "other"}); status.Code(err) != codes.NotFound {
		t.Errorf("want NOT_FOUND under another name, got %v", err)
	}
}

func TestEveryPhaseHasAWordInFlyte(t *testing.T) {
	a := adapter(t)
	for phase := plugin.Unknown; phase <= plugin.Failed; phase++ {
		got := a.resource(plugin.PhaseInfo{Phase: phase}).GetPhase().String()
		want := strings.ReplaceAll(strings.ToUpper(phase.String()), "_", "")
		if phase == plugin.Unknown {
			want = "RUNNING"
		}
		if strings.ReplaceAll(got, "_", "") != want {
			t.Errorf("%s became %s", phase, got)
		}
	}
}

func TestInfoOfAnyJSONType(t *testing.T) {
	a := adapter(t)
	info := map[string]any{"names": []string{"a"}, "count": int32(3), "by": map[string]int{"x": 1}}
	fields := a.resource(plugin.PhaseInfo{Info: info}).GetCustomInfo().GetFields()
	if fields["count"].GetNumberValue() != 3 || fields["names"].GetListValue().GetValues()[0].GetStringValue() != "a" {
		t.Errorf("want the values, got %v", fields)
	}
	if got := a.resource(plugin.PhaseInfo{Info: map[string]any{"x": math.NaN()}}).GetCustomInfo(); got != nil {
		t.Errorf("want what JSON cannot say left out, got %v", got)
	}
	long := a.resource(plugin.PhaseInfo{Reason: strings.Repeat("ü", 5000)}).GetMessage()
	if len(long) > maxMessage {
		t.Errorf("want a message of at most %d bytes, got %d", maxMessage, len(long))
	}
}

func TestCodes(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for want, c := range map[codes.Code]struct {
		ctx context.Context
		err error
	}{
		codes.NotFound:           {t.Context(), core.ErrUnknownType},
		codes.InvalidArgument:    {t.Context(), core.ErrMeta},
		codes.FailedPrecondition: {t.Context(), core.ErrForeign},
		codes.Unavailable:        {t.Context(), core.ErrUnavailable},
		codes.PermissionDenied:   {t.Context(), apierrors.NewForbidden(schema.GroupResource{}, "n", nil)},
		codes.Canceled:           {canceled, core.ErrUnavailable},
		codes.Internal:           {t.Context(), errors.New("anything else")},
	} {
		if got := code(c.ctx, fmt.Errorf("wrapped: %w", c.err)); got != want {
			t.Errorf("%v: want %s, got %s", c.err, want, got)
		}
	}
}

// dial serves the adapter and returns a connection to it.
func dial(t *testing.T, a *Adapter) *grpc.ClientConn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, _ := serve.NewServer(a.Log)
	a.Register(server)
	go func() { _ = server.Serve(listener) }() // ends with Stop
	t.Cleanup(server.Stop)
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
