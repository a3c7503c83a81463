// What does Flyte see of a phase?

package dialect

import (
	connector "example.com/flyteconnector/core"
	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/plugin"
)

// maxMessage keeps a reason out of the limits of Flyte's events.
const maxMessage = connector.MaxReason

// phases has no ABORTED: Flyte makes a permanent failure of it and drops the message.
var phases = map[plugin.Phase]core.TaskExecution_Phase{
	plugin.Queued:              core.TaskExecution_QUEUED,
	plugin.WaitingForResources: core.TaskExecution_WAITING_FOR_RESOURCES,
	plugin.Initializing:        core.TaskExecution_INITIALIZING,
	plugin.Running:             core.TaskExecution_RUNNING,
	plugin.Succeeded:           core.TaskExecution_SUCCEEDED,
	plugin.RetryableFailed:     core.TaskExecution_RETRYABLE_FAILED,
	plugin.Failed:              core.TaskExecution_FAILED,
}

// Phase is the number of a phase, which is the same in both APIs.
func Phase(phase plugin.Phase) core.TaskExecution_Phase {
	if known, ok := phases[phase]; ok {
		return known
	}
	return core.TaskExecution_RUNNING // UNDEFINED would be read as a failure
}

// Message is a reason that fits into Flyte's events.
func Message(reason string) string { return meta.ShortenMiddle(reason, maxMessage) }
