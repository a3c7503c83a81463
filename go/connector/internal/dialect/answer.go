// What does Flyte see of a phase?

package dialect

import (
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/plugin"
)

// maxMessage keeps a reason out of the limits of Flyte's events.
const maxMessage = 4096

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
func Message(reason string) string { return meta.Shorten(reason, maxMessage) }

// CustomInfo is the plugin's own information; what has no JSON form is left out with a warning in the log.
func (s Service) CustomInfo(info map[string]any) *structpb.Struct {
	result, err := customInfo(info)
	if err != nil {
		s.Log.Warn("custom_info left out", "error", err)
	}
	return result
}

// customInfo goes through JSON, so that a plugin may use any type that JSON has a form for.
func customInfo(info map[string]any) (*structpb.Struct, error) {
	if len(info) == 0 {
		return nil, nil
	}
	raw, err := json.Marshal(info)
	if err != nil {
		return nil, fmt.Errorf("PhaseInfo.Info has no JSON form: %w", err)
	}
	result := new(structpb.Struct)
	if err := protojson.Unmarshal(raw, result); err != nil {
		return nil, fmt.Errorf("PhaseInfo.Info: %w", err)
	}
	return result, nil
}
