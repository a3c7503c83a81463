package serve

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// slow is a service of one call that waits until it is let go, or crashes.
type slow struct{ begun, release chan struct{} }

func (s slow) call(crash bool) grpc.MethodHandler {
	return func(_ any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error) {
		in := new(healthpb.HealthCheckRequest)
		if err := decode(in); err != nil {
			return nil, err
		}
		return interceptor(ctx, in, &grpc.UnaryServerInfo{FullMethod: "/test/Call"}, func(context.Context, any) (any, error) {
			if crash {
				panic("on purpose")
			}
			close(s.begun)
			<-s.release
			return &healthpb.HealthCheckResponse{}, nil
		})
	}
}

func newServer(t *testing.T, config Config) *Server {
	t.Helper()
	if config.Log == nil {
		config.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	server, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func start(t *testing.T, s slow) (conn *grpc.ClientConn, stop context.CancelFunc, ended chan error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(t, Config{})
	server.GRPC.RegisterService(&grpc.ServiceDesc{ServiceName: "test", HandlerType: (*any)(nil), Methods: []grpc.MethodDesc{
		{MethodName: "Slow", Handler: s.call(false)}, {MethodName: "Crash", Handler: s.call(true)},
	}}, s)
	ctx, stop := context.WithCancel(t.Context())
	ended = make(chan error, 1)
	server.Ready()
	go func() { ended <- server.Run(ctx, listener, nil) }()
	conn, err = grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		stop()
	})
	return conn, stop, ended
}

func TestARunningCallMayFinishAfterTheSignal(t *testing.T) {
	s := slow{make(chan struct{}), make(chan struct{})}
	conn, stop, ended := start(t, s)
	answer, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil || answer.GetStatus() != healthpb.HealthCheckResponse_SERVING {
		t.Fatalf("want SERVING, got %v, %v", answer, err)
	}
	called := make(chan error, 1)
	go func() {
		called <- conn.Invoke(t.Context(), "/test/Slow", &healthpb.HealthCheckRequest{}, &healthpb.HealthCheckResponse{})
	}()
	<-s.begun
	stop()
	close(s.release)
	if err := <-called; err != nil {
		t.Errorf("want the call to finish, got %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("want a clean end, got %v", err)
	}
}

func TestASignalBeforeServingIsACleanEnd(t *testing.T) {
	for name, signalled := range map[string]bool{"a signal": true, "stopped by nobody knows whom": false} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := newServer(t, Config{})
		server.GRPC.Stop() // so that Serve comes too late for certain
		ctx, stop := context.WithCancel(t.Context())
		if signalled {
			stop()
		}
		if err := server.Run(ctx, listener, nil); (err == nil) != signalled {
			t.Errorf("%s: got %v", name, err)
		}
		stop()
	}
}

func TestACrashIsAnErrorOfThatCall(t *testing.T) {
	conn, _, _ := start(t, slow{})
	for range 2 {
		err := conn.Invoke(t.Context(), "/test/Crash", &healthpb.HealthCheckRequest{}, &healthpb.HealthCheckResponse{})
		if status.Code(err) != codes.Internal || !strings.Contains(err.Error(), "on purpose") {
			t.Errorf("want INTERNAL with the reason, got %v", err)
		}
	}
}

func TestTheAddressFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "address")
	address := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4711}
	if err := WriteAddress(path, address); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "127.0.0.1:4711\n" {
		t.Errorf("got %q, %v", text, err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("want one file, got %v, %v", left, err)
	}
	if err := WriteAddress(filepath.Join(path, "x"), address); err == nil || !strings.Contains(err.Error(), "address file") {
		t.Errorf("want an error that says what was written, got %v", err)
	}
}
