package serve

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/service"
)

// engineless answers every call at once.
type engineless struct {
	service.UnimplementedAsyncAgentServiceServer
	service.UnimplementedAgentMetadataServiceServer
}

func (engineless) CreateTask(context.Context, *admin.CreateTaskRequest) (*admin.CreateTaskResponse, error) {
	return &admin.CreateTaskResponse{}, nil
}

func (engineless) GetTask(context.Context, *admin.GetTaskRequest) (*admin.GetTaskResponse, error) {
	return &admin.GetTaskResponse{}, nil
}

func (engineless) ListAgents(context.Context, *admin.ListAgentsRequest) (*admin.ListAgentsResponse, error) {
	return &admin.ListAgentsResponse{}, nil
}

func unready(t *testing.T, patience time.Duration) (*Server, *grpc.ClientConn) {
	t.Helper()
	server := newServer(t, Config{Patience: patience})
	service.RegisterAsyncAgentServiceServer(server.GRPC, engineless{})
	service.RegisterAgentMetadataServiceServer(server.GRPC, engineless{})
	return server, dial(t, run(t, server))
}

func dial(t *testing.T, address string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func state(t *testing.T, conn *grpc.ClientConn, name string) healthpb.HealthCheckResponse_ServingStatus {
	t.Helper()
	answer, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{Service: name})
	if err != nil {
		t.Errorf("health of %q: %v", name, err)
	}
	return answer.GetStatus()
}

const serving, notServing = healthpb.HealthCheckResponse_SERVING, healthpb.HealthCheckResponse_NOT_SERVING

func TestBeforeTheClusterIsKnownFlyteLearnsTheTypesAndCreatesWait(t *testing.T) {
	server, conn := unready(t, 20*time.Millisecond)
	server.NotReady(errors.New("the reason"))
	tasks, metadata := service.NewAsyncAgentServiceClient(conn), service.NewAgentMetadataServiceClient(conn)
	if _, err := metadata.ListAgents(t.Context(), &admin.ListAgentsRequest{}); err != nil {
		t.Errorf("want the task types at once, got %v", err)
	}
	_, err := tasks.CreateTask(t.Context(), &admin.CreateTaskRequest{})
	if status.Code(err) != codes.Unavailable || !strings.Contains(err.Error(), "the reason") {
		t.Errorf("want UNAVAILABLE with the reason, got %v", err)
	}
	if _, err := tasks.GetTask(t.Context(), &admin.GetTaskRequest{}); err != nil {
		t.Errorf("want GetTask left to the core, got %v", err)
	}
	names := []string{"", "flyteidl.service.AsyncAgentService", "flyteidl.service.AgentMetadataService"}
	for _, name := range names {
		if got := state(t, conn, name); got != notServing {
			t.Errorf("%q: want NOT_SERVING, got %s", name, got)
		}
	}
	if got := state(t, conn, Liveness); got != serving {
		t.Errorf("want the process alive, got %s", got)
	}
	server.Ready()
	for _, name := range append(names, Liveness) {
		if got := state(t, conn, name); got != serving {
			t.Errorf("%q: want SERVING, got %s", name, got)
		}
	}
	if _, err := tasks.CreateTask(t.Context(), &admin.CreateTaskRequest{}); err != nil {
		t.Errorf("want an answer when ready, got %v", err)
	}
}

func TestACreateThatWaitsIsAnsweredWhenTheServerIsReady(t *testing.T) {
	server, conn := unready(t, time.Hour)
	answered := make(chan error, 1)
	go func() {
		_, err := service.NewAsyncAgentServiceClient(conn).CreateTask(t.Context(), &admin.CreateTaskRequest{})
		answered <- err
	}()
	for server.gate.waiting.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	server.Ready()
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

func TestProbesWithoutTLSSeeTheSameHealth(t *testing.T) {
	drained := make(chan struct{})
	server := newServer(t, Config{pause: func(time.Duration) { <-drained }})
	var listeners [2]net.Listener
	for i := range listeners {
		var err error
		if listeners[i], err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx, listeners[0], listeners[1]) }()
	conn, probes := dial(t, listeners[0].Addr().String()), dial(t, listeners[1].Addr().String())
	if got := state(t, probes, ""); got != notServing {
		t.Errorf("want NOT_SERVING at first, got %s", got)
	}
	server.Ready()
	if got := state(t, probes, ""); got != serving {
		t.Errorf("want SERVING, got %s", got)
	}
	stop()
	for state(t, conn, "") != notServing { // new calls are still answered
		time.Sleep(time.Millisecond)
	}
	if got := state(t, probes, ""); got != notServing {
		t.Errorf("want NOT_SERVING while the server drains, got %s", got)
	}
	server.Ready() // the first look at the cluster may end as late as this
	for name, want := range map[string]healthpb.HealthCheckResponse_ServingStatus{Liveness: serving, "": notServing} {
		if got := state(t, probes, name); got != want {
			t.Errorf("%q while the server drains: want %s, got %s", name, want, got)
		}
	}
	close(drained)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestConnectionsEndInOrderSoThatNewReplicasAreFound(t *testing.T) {
	server := newServer(t, Config{maxAge: 50 * time.Millisecond})
	conn := dial(t, run(t, server))
	calls := 0
	for seen := map[string]bool{}; len(seen) < 3; calls++ {
		var from peer.Peer
		if _, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{}, grpc.Peer(&from)); err != nil {
			t.Fatalf("call %d failed: %v", calls, err)
		}
		seen[from.LocalAddr.String()] = true
	}
}
