// Who may look at the connector while it works?

package flyteconnector

import (
	"context"
	"fmt"
	"net"

	grpcprom "github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus"
	"github.com/prometheus/client_golang/prometheus"

	"example.com/flyteconnector/metrics"
	"example.com/flyteconnector/serve"
	"example.com/flyteconnector/traces"
)

// observers are off unless the options ask for them: nil fields, whose use does nothing.
type observers struct {
	registry *prometheus.Registry
	calls    *grpcprom.ServerMetrics
	counts   *metrics.Metrics
	traces   *traces.Traces
}

func (c *connector) observe(ctx context.Context) (err error) {
	if c.options.MetricsListen != "" {
		c.registry, c.calls = metrics.NewRegistry(), grpcprom.NewServerMetrics(grpcprom.WithServerHandlingTimeHistogram())
		c.registry.MustRegister(c.calls, metrics.Watches(c.watcher.Health))
		c.counts = metrics.New(c.registry)
	}
	if c.options.Traces {
		if c.traces, err = traces.Start(ctx, c.options.Name, c.log); err != nil {
			return fmt.Errorf("--traces: %w", err)
		}
	}
	return nil
}

// add makes the observers see a server's calls.
func (o observers) add(config *serve.Config) {
	if o.calls != nil {
		config.Interceptors = append(config.Interceptors, o.calls.UnaryServerInterceptor())
	}
	if o.traces != nil {
		config.Options = append(config.Options, o.traces.ServerOption())
	}
}

// serveMetrics shows every call and every event from the beginning, with zeros, as Prometheus likes it.
func (c *connector) serveMetrics(ctx context.Context, listener net.Listener, server *serve.Server) {
	c.calls.InitializeMetrics(server.GRPC)
	c.counts.Begin(c.core.TaskTypes())
	if err := metrics.Serve(ctx, listener, c.registry, c.log); err != nil {
		c.log.Error("no metrics any more", "error", err)
	}
}
