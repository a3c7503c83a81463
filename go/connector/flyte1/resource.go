// What does Flyte 1 see of a phase?

package flyte1

import (
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/plugin"
)

// maxMessage keeps a reason out of the limits of Flyte's events.
const maxMessage = 4096

// phases has no ABORTED: Flyte 1 makes a permanent failure of it and drops the message.
var phases = map[plugin.Phase]core.TaskExecution_Phase{
	plugin.Queued:              core.TaskExecution_QUEUED,
	plugin.WaitingForResources: core.TaskExecution_WAITING_FOR_RESOURCES,
	plugin.Initializing:        core.TaskExecution_INITIALIZING,
	plugin.Running:             core.TaskExecution_RUNNING,
	plugin.Succeeded:           core.TaskExecution_SUCCEEDED,
	plugin.RetryableFailed:     core.TaskExecution_RETRYABLE_FAILED,
	plugin.Failed:              core.TaskExecution_FAILED,
}

// resource leaves outputs unset, always: the container writes outputs.pb, and even an empty map here would hide it.
func (a *Adapter) resource(info plugin.PhaseInfo) *admin.Resource {
	phase, known := phases[info.Phase]
	if !known { // UNDEFINED would be read as a failure
		phase = core.TaskExecution_RUNNING
	}
	result := &admin.Resource{Phase: phase, Message: meta.Shorten(info.Reason, maxMessage)}
	for _, link := range info.Links {
		result.LogLinks = append(result.LogLinks, &core.TaskLog{
			Name:          link.Name,
			Uri:           link.URI,
			MessageFormat: core.TaskLog_JSON, // the console shows no link without a format
			// Without it the console hides the link until the task runs.
			ShowWhilePending: true,
		})
	}
	var err error
	if result.CustomInfo, err = customInfo(info.Info); err != nil {
		a.Log.Warn("custom_info left out", "error", err)
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
