// What does the connector count?

// Package metrics counts what the connector does, for Prometheus. No label has the name of an execution, a task or a
// resource: there are too many of them.
package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
)

// Event is what can happen to a task's resource.
type Event string

// The events.
const (
	Created       Event = "created"
	Adopted       Event = "adopted"
	Refused       Event = "refused"
	Deleted       Event = "deleted"
	Undone        Event = "undone"        // a create that was too late
	Lost          Event = "lost"          // deleted by somebody else than Flyte
	TimedOut      Event = "timed_out"     // over the task's own timeout
	Superseded    Event = "superseded"    // an older attempt that was still there
	Expired       Event = "expired"       // finished, and kept long enough
	Abandoned     Event = "abandoned"     // nobody polled it (local lease)
	UnknownState  Event = "unknown_state" // the plugin knew no phase
	APIRetry      Event = "api_retry"
	OutputsFailed Event = "outputs_failed" // error.pb, or no outputs.pb, behind a resource that succeeded
)

// Events are all of them.
var Events = []Event{
	Created, Adopted, Refused, Deleted, Undone, Lost, TimedOut, Superseded, Expired, Abandoned, UnknownState, APIRetry, OutputsFailed,
}

// Metrics counts. A nil *Metrics counts nothing.
type Metrics struct{ events *prometheus.CounterVec }

// New registers the counters.
func New(registry prometheus.Registerer) *Metrics {
	events := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "flyteconnector_resource_events_total",
		Help: "What happened to tasks' resources, by task type.",
	}, []string{"task_type", "event"})
	registry.MustRegister(events)
	return &Metrics{events}
}

// Begin shows every event of these task types, with zeros: Prometheus sees a number grow only after it has seen it.
func (m *Metrics) Begin(taskTypes []string) {
	for _, taskType := range taskTypes {
		for _, event := range Events {
			m.events.WithLabelValues(taskType, string(event))
		}
	}
}

// Count adds one.
func (m *Metrics) Count(taskType string, event Event) {
	if m != nil {
		m.events.WithLabelValues(taskType, string(event)).Inc()
	}
}
