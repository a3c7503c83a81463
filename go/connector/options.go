// What can be set when a connector starts?

package flyteconnector

import (
	"log/slog"
	"time"

	corev1 "k8s.io/api/core/v1"

	"example.com/flyteconnector/core"
)

// Options of Run. Flags says what each of them is for; the zero value of each field but Listen means "off" or "default".
type Options struct {
	// Name is what the connector calls itself to Flyte.
	Name string
	// Listen is the address, for example "127.0.0.1:0" for a free port. AddressFile, if set, gets the real one.
	Listen, AddressFile string
	// TLSCert and TLSKey are PEM files; both or none. See serve.TLS for what Flyte trusts.
	TLSCert, TLSKey string
	// HealthListen is a second address, without TLS, for health alone.
	HealthListen string
	// Deadline of one call; 0: core.DefaultDeadline.
	Deadline time.Duration
	// MinPing is the shortest time between two pings of a client; 0: serve.DefaultMinPing.
	MinPing time.Duration
	// DrainDelay is how long new calls are accepted after the signal to stop.
	DrainDelay time.Duration

	// Kubeconfig is a file; empty: the identity that Kubernetes gives to the connector's own pod.
	Kubeconfig string
	// AccountFolder has that identity's token and ca.crt; empty: where Kubernetes puts them. (No flag sets it.)
	AccountFolder string
	// Namespaces that tasks run in; empty: all.
	Namespaces []string
	// Events reads the cluster's warnings about resources that have no pods.
	Events bool

	// ServiceAccounts and Images are patterns, AllowHost names features; see policy.Policy.
	ServiceAccounts, Images, AllowHost []string
	// Env is added to every task; see pod.Options.
	Env map[string]string
	// DefaultRequests, GPUDeviceLabel and GPUPartitionLabel complete a task's pod; see pod.Options.
	DefaultRequests                   corev1.ResourceList
	GPUDeviceLabel, GPUPartitionLabel string
	// MetaKey and MetaKeyPrevious are files with keys; see meta.Keys.
	MetaKey, MetaKeyPrevious string

	// KeepFinished and LocalLease end resources; see core.Config.
	KeepFinished, LocalLease time.Duration
	// ReadOutputs asks Store what a task has written before it counts as succeeded.
	ReadOutputs bool
	// Store is what the program has linked (package store); nil: none.
	Store core.Store

	// LogFormat is "text" or "json", LogLevel "debug", "info", "warn" or "error"; empty: text and info. Log, if it is set,
	// is used instead of both.
	LogFormat, LogLevel string
	Log                 *slog.Logger
	// MetricsListen is an address for Prometheus.
	MetricsListen string
	// Traces sends OpenTelemetry spans.
	Traces bool
}
