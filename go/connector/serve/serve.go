// How does the connector listen?

// Package serve runs a gRPC server as Flyte needs it: health and reflection, room for inlined inputs, and a patient
// treatment of its clients' keepalives.
package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"
)

const (
	// maxMessage in bytes: Flyte inlines a task's inputs; gRPC's default of 4 MiB is too little. 8 MiB of inputs, and
	// room for the template around them.
	maxMessage = 8<<20 + 1<<20
	// minPing: Flyte 2's client sends a ping every 30 s, and gRPC's default server hangs up at the third one.
	minPing = 15 * time.Second
	// drain is how long calls may go on after the signal to stop; longer than any of them takes.
	drain = 15 * time.Second
)

// NewServer makes a server with health and reflection; register services on it before Run.
func NewServer(log *slog.Logger) (*grpc.Server, *health.Server) {
	server := grpc.NewServer(
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: minPing, PermitWithoutStream: true}),
		grpc.UnaryInterceptor(recovering(log)),
	)
	status := health.NewServer()
	healthpb.RegisterHealthServer(server, status)
	reflection.Register(server)
	return server, status
}

// Run serves until ctx ends, then lets running calls finish.
func Run(ctx context.Context, server *grpc.Server, status *health.Server, listener net.Listener) error {
	stopped := make(chan struct{})
	stopping := context.AfterFunc(ctx, func() {
		defer close(stopped)
		status.Shutdown() // load balancers look here
		hard := time.AfterFunc(drain, server.Stop)
		defer hard.Stop()
		server.GracefulStop()
	})
	err := server.Serve(listener)
	early := errors.Is(err, grpc.ErrServerStopped) && ctx.Err() != nil // the signal came before Serve began
	if err != nil && !early {
		return fmt.Errorf("serve gRPC on %s: %w", listener.Addr(), err)
	}
	if !stopping() {
		<-stopped
	}
	return nil
}

// WriteAddress writes where the server listens, in one step: who reads the file sees all of it or nothing.
func WriteAddress(path string, address net.Addr) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write the address file: %w", err)
	}
	defer os.Remove(temporary.Name()) // does nothing after the rename
	if _, err := fmt.Fprintln(temporary, address); err != nil {
		return fmt.Errorf("write the address file: %w", err)
	}
	if err := temporary.Close(); err != nil {
		return fmt.Errorf("write the address file: %w", err)
	}
	if err := os.Rename(temporary.Name(), path); err != nil {
		return fmt.Errorf("write the address file: %w", err)
	}
	return nil
}

// recovering turns a crash into an error of that call. It logs no request: inputs are the user's.
func recovering(log *slog.Logger) grpc.UnaryServerInterceptor {
	return func(
		ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler,
	) (answer any, err error) {
		defer func() {
			if problem := recover(); problem != nil {
				log.Error("call crashed", "call", info.FullMethod, "problem", problem, "stack", string(debug.Stack()))
				err = status.Errorf(codes.Internal, "%s crashed: %v", info.FullMethod, problem)
			}
		}()
		return handler(ctx, request)
	}
}
