// Who may call before the connector knows its cluster?

package serve

import (
	"context"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// Liveness is the health service for a liveness probe: SERVING as long as the process can answer at all, also while it
// stops. "" and the names
// of the registered services say whether the connector is ready, which depends on the API server: a connector that is
// restarted because the API server is down only comes back with less than it knew.
const Liveness = "liveness"

// announce makes every service known to health. Nothing is ready before Ready.
func (s *Server) announce() {
	s.health.SetServingStatus(Liveness, healthpb.HealthCheckResponse_SERVING)
	select {
	case <-s.gate.open:
		s.set(healthpb.HealthCheckResponse_SERVING)
	default:
		s.set(healthpb.HealthCheckResponse_NOT_SERVING)
	}
}

// set tells the state of everything but the process itself. After draining it stays NOT_SERVING, whatever becomes known.
func (s *Server) set(state healthpb.HealthCheckResponse_ServingStatus) {
	s.stops.Lock()
	defer s.stops.Unlock()
	if s.stops.begun {
		state = healthpb.HealthCheckResponse_NOT_SERVING
	}
	s.health.SetServingStatus("", state)
	for name := range s.GRPC.GetServiceInfo() {
		if !strings.HasPrefix(name, "grpc.") { // health and reflection themselves
			s.health.SetServingStatus(name, state)
		}
	}
}

// drainFlag says that the server has been told to stop.
type drainFlag struct {
	sync.Mutex
	begun bool
}

// draining sends load balancers away. The process is as alive as before: a failed liveness probe would have it killed
// with the calls that it still answers.
func (s *Server) draining() {
	s.stops.Lock()
	s.stops.begun = true
	s.stops.Unlock()
	s.set(healthpb.HealthCheckResponse_NOT_SERVING)
}

// Ready opens the server for calls about tasks, and tells those who ask for its health.
func (s *Server) Ready() {
	s.gate.once.Do(func() { close(s.gate.open) })
	s.set(healthpb.HealthCheckResponse_SERVING)
}

// NotReady says why calls have to wait.
func (s *Server) NotReady(reason error) { s.gate.reason.Store(&reason) }

// gate holds calls about tasks back until the server is ready. Everything else is answered at once: Flyte asks every 10
// seconds which task types there are, and runs a task of a type that it has not heard of as an ordinary pod.
type gate struct {
	open     chan struct{}
	once     sync.Once
	patience time.Duration
	reason   atomic.Pointer[error]
	waiting  atomic.Int64
}

func newGate(patience time.Duration) *gate {
	return &gate{open: make(chan struct{}), patience: patience}
}

// needsCluster are the calls that are about one task's resource, in either Flyte.
var needsCluster = map[string]bool{"CreateTask": true, "GetTask": true, "DeleteTask": true}

func (g *gate) intercept(
	ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler,
) (any, error) {
	method := path.Base(info.FullMethod)
	if !needsCluster[method] || g.passes(ctx) || method == "GetTask" {
		// An error of GetTask would be counted for the task's whole life, and the core has an answer without a cluster.
		return handler(ctx, request)
	}
	reason := "the first look at the cluster is not complete"
	if why := g.reason.Load(); why != nil {
		reason = (*why).Error()
	}
	return nil, status.Errorf(codes.Unavailable, "the connector is not ready: %s", reason)
}

// passes waits for the gate to open.
func (g *gate) passes(ctx context.Context) bool {
	select {
	case <-g.open:
		return true
	default:
	}
	g.waiting.Add(1)
	defer g.waiting.Add(-1)
	limit := time.NewTimer(g.patience)
	defer limit.Stop()
	select {
	case <-g.open:
		return true
	case <-limit.C:
	case <-ctx.Done():
	}
	return false
}
