package serve

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
)

// watchFor opens a stream with a client that sends pings, and returns how the stream ended within the time.
func watchFor(t *testing.T, server *grpc.Server, every, limit time.Duration) error {
	t.Helper()
	listener := bufconn.Listen(1 << 16)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	conn, err := grpc.NewClient("passthrough:///memory",
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: every, Timeout: 10 * time.Second}),
	)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context()) // no deadline: the server would know it, too, and end the stream itself
	defer time.AfterFunc(limit, cancel).Stop()
	stream, err := healthpb.NewHealthClient(conn).Watch(ctx, &healthpb.HealthCheckRequest{})
	for err == nil {
		_, err = stream.Recv()
	}
	conn.Close()
	server.Stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	return err
}

// The clock is not the machine's: synctest lets it run as soon as everybody waits.
func TestAStreamSurvivesTheKeepalivesOfFlyte2(t *testing.T) {
	t.Run("ours", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			err := watchFor(t, newServer(t, Config{}).GRPC, 30*time.Second, 3*time.Minute)
			if status.Code(err) != codes.Canceled {
				t.Errorf("want the stream open for three minutes, got %v", err)
			}
		})
	})
	for setting, want := range map[time.Duration]codes.Code{5 * time.Second: codes.Canceled, time.Minute: codes.Unavailable} {
		t.Run(setting.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				err := watchFor(t, newServer(t, Config{MinPing: setting}).GRPC, 10*time.Second, time.Minute)
				if status.Code(err) != want {
					t.Errorf("a ping every 10s: want %s, got %v", want, err)
				}
			})
		})
	}
	t.Run("gRPC's default", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server, ours := grpc.NewServer(), newServer(t, Config{})
			defer ours.GRPC.Stop()
			healthpb.RegisterHealthServer(server, ours.health)
			if err := watchFor(t, server, 30*time.Second, 3*time.Minute); status.Code(err) != codes.Unavailable {
				t.Errorf("want the client's pings to end the stream, or this test shows nothing; got %v", err)
			}
		})
	})
}
