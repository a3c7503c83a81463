// What does the core have to know about an attempt that a plugin need not?

// Package attempt is what passes between an adapter, which understands an engine, and the core, which understands
// Kubernetes.
package attempt

import "example.com/flyteconnector/plugin"

// Attempt is one attempt of a task: what the plugin sees, and what the core needs beside it.
type Attempt struct {
	plugin.Task
	// DeclaresOutputs says that the task's interface names outputs: then a success has left an outputs.pb.
	DeclaresOutputs bool
	// Lineage is equal for the attempts of one task and for nothing else; "" if this attempt's predecessors cannot be
	// told from other tasks, so that nothing may be reaped because of it.
	Lineage string
}
