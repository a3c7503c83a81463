package serve

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

func TestTheDrainIsLongerThanTheLongestCall(t *testing.T) {
	for deadline, want := range map[time.Duration]time.Duration{8 * time.Second: drain, time.Minute: 73 * time.Second} {
		server := newServer(t, Config{Deadline: deadline, Patience: deadline / 5})
		if got := server.config.drainLimit(); got != want {
			t.Errorf("calls of %s: want %s, got %s", deadline, want, got)
		}
	}
}

// A call that outlives the drain is an error for its caller, and what it does has still ended before Run returns.
func TestTheEndWaitsForWhatACallStillDoes(t *testing.T) {
	begun, ended := make(chan struct{}), atomic.Bool{}
	server := newServer(t, Config{drain: time.Second})
	handler := func(_ any, ctx context.Context, _ func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		close(begun)
		<-ctx.Done()
		time.Sleep(100 * time.Millisecond)
		ended.Store(true)
		return nil, ctx.Err()
	}
	server.GRPC.RegisterService(&grpc.ServiceDesc{ServiceName: "test", HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{MethodName: "Stubborn", Handler: handler}}}, server)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, listener.Addr().String())
	answered := make(chan error, 1)
	go func() {
		answered <- conn.Invoke(t.Context(), "/test/Stubborn", &healthpb.HealthCheckRequest{}, &healthpb.HealthCheckResponse{})
	}()
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		<-begun
		stop()
	}()
	if err := server.Run(ctx, listener, nil); err != nil {
		t.Error(err)
	}
	if !ended.Load() {
		t.Error("the server has ended before the call")
	}
	if err := <-answered; status.Code(err) != codes.Unavailable {
		t.Errorf("want UNAVAILABLE for the caller, got %v", err)
	}
}
