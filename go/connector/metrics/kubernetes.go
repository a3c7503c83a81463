// How does the Kubernetes API answer the connector?

package metrics

import (
	"context"
	"net/url"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	client "k8s.io/client-go/tools/metrics"
)

// The names and labels are those that Kubernetes' own components use, so that dashboards know them.
var (
	results = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rest_client_requests_total",
		Help: "Requests to the Kubernetes API, by HTTP status code, method and host.",
	}, []string{"code", "method", "host"})
	latency = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "rest_client_request_duration_seconds",
		Help:    "How long requests to the Kubernetes API took, by verb and host.",
		Buckets: []float64{0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60},
	}, []string{"verb", "host"})
)

// kubernetes returns the collectors. client-go has one set of hooks for the whole process, so they are shared.
var kubernetes = sync.OnceValue(func() []prometheus.Collector {
	client.Register(client.RegisterOpts{RequestResult: counting{}, RequestLatency: timing{latency}})
	return []prometheus.Collector{results, latency}
})

type counting struct{}

func (counting) Increment(_ context.Context, code, method, host string) {
	results.WithLabelValues(code, method, host).Inc()
}

type timing struct{ histogram *prometheus.HistogramVec }

// Observe leaves the path out: it has the names of resources.
func (t timing) Observe(_ context.Context, verb string, address url.URL, took time.Duration) {
	t.histogram.WithLabelValues(verb, address.Host).Observe(took.Seconds())
}
