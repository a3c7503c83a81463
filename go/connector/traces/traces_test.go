package traces

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/types/known/structpb"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/gen/flyteidl/service"
	"example.com/flyteconnector/serve"
)

const secret = "canary-4711"

// double is a collector, and an engine's counterpart that knows nothing.
type double struct {
	collector.UnimplementedTraceServiceServer
	service.UnimplementedAsyncAgentServiceServer
	mutex sync.Mutex
	got   []*spans.ResourceSpans
}

func (d *double) Export(_ context.Context, sent *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.got = append(d.got, sent.GetResourceSpans()...)
	return &collector.ExportTraceServiceResponse{}, nil
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func TestASpanHasTheTaskTypeAndNothingElseOfTheRequest(t *testing.T) {
	d, listener := &double{}, listen(t)
	sink := grpc.NewServer()
	collector.RegisterTraceServiceServer(sink, d)
	go sink.Serve(listener)
	t.Cleanup(sink.Stop)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+listener.Addr().String())
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	traces, err := Start(t.Context(), "my-connector", log)
	if err != nil {
		t.Fatal(err)
	}
	call(t, d, serve.Config{Log: log, TaskTypes: []string{"note"}, Options: []grpc.ServerOption{traces.ServerOption()}})
	traces.Stop(t.Context())
	if len(d.got) != 1 || len(d.got[0].GetScopeSpans()) != 1 || len(d.got[0].GetScopeSpans()[0].GetSpans()) != 1 {
		t.Fatalf("want one span, got %v", d.got)
	}
	span, attributes := d.got[0].GetScopeSpans()[0].GetSpans()[0], map[string]string{}
	for _, attribute := range append(span.GetAttributes(), d.got[0].GetResource().GetAttributes()...) {
		attributes[attribute.GetKey()] = attribute.GetValue().GetStringValue()
	}
	if span.GetName() != "flyteidl.service.AsyncAgentService/CreateTask" || attributes["flyte.task_type"] != "note" ||
		attributes["service.name"] != "my-connector" {
		t.Errorf("got %s of %v", span.GetName(), attributes)
	}
	if text := prototext.Format(d.got[0]); strings.Contains(text, secret) {
		t.Errorf("a value of the request is in the span: %s", text)
	}
}

// call sends a task whose every value is a secret; the service does not implement it.
func call(t *testing.T, d *double, config serve.Config) {
	t.Helper()
	server, err := serve.New(config)
	if err != nil {
		t.Fatal(err)
	}
	service.RegisterAsyncAgentServiceServer(server.GRPC, d)
	server.Ready()
	listener := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx, listener, nil) }()
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	value := &core.Literal{Value: &core.Literal_Scalar{Scalar: &core.Scalar{Value: &core.Scalar_Primitive{
		Primitive: &core.Primitive{Value: &core.Primitive_StringValue{StringValue: secret}},
	}}}}
	request := &admin.CreateTaskRequest{
		Inputs:       &core.LiteralMap{Literals: map[string]*core.Literal{"x": value}},
		OutputPrefix: "s3://" + secret,
		Template: &core.TaskTemplate{
			Type:   "note",
			Custom: &structpb.Struct{Fields: map[string]*structpb.Value{"password": structpb.NewStringValue(secret)}},
			Id:     &core.Identifier{Name: secret},
		},
	}
	if _, err := service.NewAsyncAgentServiceClient(conn).CreateTask(t.Context(), request); err == nil {
		t.Error("want UNIMPLEMENTED")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
