// How does the connector listen?

// Package serve runs a gRPC server as Flyte needs it: health and reflection, room for inlined inputs, a patient treatment
// of its clients' keepalives, TLS, and an end that fails no call.
package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
)

const (
	// maxMessage in bytes: Flyte inlines a task's inputs; gRPC's default of 4 MiB is too little. 8 MiB of inputs, and
	// room for the template around them.
	maxMessage = 8<<20 + 1<<20
	// DefaultMinPing: Flyte 2's client sends a ping every 30 s, and gRPC's default server hangs up at the third one.
	DefaultMinPing = 15 * time.Second
	// maxAge ends connections in order, so that clients look up the addresses again and find replicas that are new.
	maxAge = 10 * time.Minute
	// workers keep their stacks: with a new goroutine for each call, letting its stack grow is a quarter of a poll's time. A
	// call that finds none free gets a goroutine of its own.
	workers = 32
	// drain is how long calls may go on at least after the signal to stop; see Config.drainLimit.
	drain = 15 * time.Second
)

// Config says how to serve. Only Log is required.
type Config struct {
	Log *slog.Logger
	// CertFile and KeyFile, PEM, turn TLS on; see TLS.
	CertFile, KeyFile string
	// DrainDelay is how long new calls are still accepted, after the signal to stop, while health says NOT_SERVING.
	DrainDelay time.Duration
	// MinPing is the shortest time between two keepalive pings of a client; 0: DefaultMinPing.
	MinPing time.Duration
	// Patience is how long a task's call waits for the server to be ready.
	Patience time.Duration
	// Deadline is how long a call takes at most, once the server is ready.
	Deadline time.Duration
	// TaskTypes are the ones that may be named in logs and traces: a type that no plugin serves is text of the caller's.
	TaskTypes []string
	// Interceptors see every call first. Options are added to the server's own.
	Interceptors []grpc.UnaryServerInterceptor
	Options      []grpc.ServerOption
	// What tests replace: maxAge of a connection and drain, 0 stands for the constant; how DrainDelay passes, nil for
	// time.Sleep.
	maxAge, drain time.Duration
	pause         func(time.Duration)
}

// drainLimit is longer than any call takes.
func (c Config) drainLimit() time.Duration { return max(c.drain, c.Patience+c.Deadline+time.Second) }

// Server is a gRPC server: register services on GRPC, then Run.
type Server struct {
	GRPC   *grpc.Server
	config Config
	health *health.Server
	gate   *gate
	stops  drainFlag
}

// New returns an error if the certificate cannot be used.
func New(config Config) (*Server, error) {
	config.maxAge, config.drain = cmp.Or(config.maxAge, maxAge), cmp.Or(config.drain, drain)
	config.MinPing = cmp.Or(config.MinPing, DefaultMinPing)
	if config.pause == nil {
		config.pause = time.Sleep
	}
	gate := newGate(config.Patience)
	interceptors := slices.Concat(config.Interceptors,
		[]grpc.UnaryServerInterceptor{logging(config.Log, config.TaskTypes), recovering(config.Log), gate.intercept})
	options := append([]grpc.ServerOption{
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: config.MinPing, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionAge: config.maxAge, MaxConnectionAgeGrace: config.drainLimit()}),
		grpc.ChainUnaryInterceptor(interceptors...),
		grpc.NumStreamWorkers(workers),
	}, config.Options...)
	if config.CertFile != "" {
		transport, err := TLS(config.CertFile, config.KeyFile, config.Log)
		if err != nil {
			return nil, err
		}
		options = append(options, grpc.Creds(transport))
	}
	s := &Server{GRPC: grpc.NewServer(options...), config: config, health: health.NewServer(), gate: gate}
	healthpb.RegisterHealthServer(s.GRPC, s.health)
	reflection.Register(s.GRPC)
	return s, nil
}

// Run serves until ctx ends, then lets running calls finish. A probes listener, if there is one, gets a second server
// that answers for the health of the first, without TLS.
func (s *Server) Run(ctx context.Context, listener, probes net.Listener) error {
	s.announce()
	if probes != nil {
		second := grpc.NewServer()
		healthpb.RegisterHealthServer(second, s.health)
		var running sync.WaitGroup
		defer running.Wait()
		defer second.Stop()
		running.Go(func() {
			if err := second.Serve(probes); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
				s.config.Log.Error("no answers to probes any more", "address", probes.Addr().String(), "error", err)
			}
		})
	}
	stopped := make(chan struct{})
	stopping := context.AfterFunc(ctx, func() {
		defer close(stopped)
		s.stop()
	})
	err := s.GRPC.Serve(listener)
	early := errors.Is(err, grpc.ErrServerStopped) && ctx.Err() != nil // the signal came before Serve began
	if err != nil && !early {
		return fmt.Errorf("serve gRPC on %s: %w", listener.Addr(), err)
	}
	if !stopping() {
		<-stopped
	}
	return nil
}

// stop tells load balancers first, and clients next.
func (s *Server) stop() {
	s.draining()
	limit := s.config.drainLimit()
	s.config.Log.Info("stopping", "drain_delay", s.config.DrainDelay.String(), "drain_limit", limit.String())
	s.config.pause(s.config.DrainDelay)
	hard := time.AfterFunc(limit, s.GRPC.Stop)
	defer hard.Stop()
	s.GRPC.GracefulStop() // waits for what a call still does after Stop, too
}
