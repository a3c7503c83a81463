// Are the connector's copies of the cluster up to date?

package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"example.com/flyteconnector/watch"
)

var (
	synced = prometheus.NewDesc("flyteconnector_watch_synced",
		"1 if the first list of a kind in a namespace (empty: all of them) is complete.", []string{"resource", "namespace"}, nil)
	interruptions = prometheus.NewDesc("flyteconnector_watch_failures_total",
		"Lists and watches of a kind that have failed. While it grows, the connector answers from an old copy.",
		[]string{"resource", "namespace"}, nil)
)

// Watches shows the health of the watches, asked for when Prometheus asks.
type Watches func() []watch.Health

// Describe is for Prometheus.
func (Watches) Describe(to chan<- *prometheus.Desc) { to <- synced; to <- interruptions }

// Collect is for Prometheus.
func (w Watches) Collect(to chan<- prometheus.Metric) {
	for _, h := range w() {
		state := 0.0
		if h.Synced {
			state = 1
		}
		to <- prometheus.MustNewConstMetric(synced, prometheus.GaugeValue, state, h.Resource, h.Namespace)
		to <- prometheus.MustNewConstMetric(interruptions, prometheus.CounterValue, float64(h.Failures), h.Resource, h.Namespace)
	}
}
