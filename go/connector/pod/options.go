// What does the platform add to every task?

package pod

import corev1 "k8s.io/api/core/v1"

// Engine is the kind of Flyte that a request comes from.
type Engine int

const (
	// Flyte1 is FlytePropeller.
	Flyte1 Engine = iota
	// Flyte2 is the executor of Flyte 2.
	Flyte2
)

// Options is what a request does not say. Flyte's own pods get the same from the configuration of its Kubernetes plugins
// (section plugins.k8s), which a connector does not see. What that section adds to interruptible tasks (tolerations, node
// selectors) is not here: an operator's resource has a place for it, so it is the plugin that reads Task.Interruptible.
type Options struct {
	// Env is what Flyte calls default-env-vars, for example FLYTE_AWS_ENDPOINT; nested tasks of Flyte 2 need _U_EP_OVERRIDE,
	// _U_INSECURE and _U_USE_ACTIONS. May be nil.
	Env map[string]string
	// Engine is who sends the requests. An adapter sets it: the two engines' requests have the same bytes.
	Engine Engine
	// ReadsErrors says that the core reads the error.pb that a task leaves in the object store. Without it, a process that
	// reports its failures there alone is refused.
	ReadsErrors bool
	// DefaultRequests is what a task's container asks for where the task says nothing. Flyte 1's admin writes its own
	// defaults into the request (measured with 1.16.8); Flyte 2 sends what the task says. May be nil.
	DefaultRequests corev1.ResourceList
	// GPUDeviceLabel and GPUPartitionLabel are the labels by which the cluster's nodes say which GPU they have (Flyte:
	// gpu-device-node-label, k8s.amazonaws.com/accelerator by default, and gpu-partition-size-node-label). Empty: a task
	// that asks for a certain GPU is refused.
	GPUDeviceLabel, GPUPartitionLabel string
}
