// What does Flyte's user see?

package adapter

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	idl "github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
	"github.com/flyteorg/flyte/flytestdlib/logger"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	"example.com/flyteconnector/plugin"
)

// failureCode is what the user sees before the text, and after "RetriesExhausted|" when no attempt is left.
const failureCode = "TaskFailedWithError"

var phases = map[plugin.Phase]core.Phase{
	plugin.Queued:              core.PhaseQueued,
	plugin.WaitingForResources: core.PhaseWaitingForResources,
	plugin.Initializing:        core.PhaseInitializing,
	plugin.Running:             core.PhaseRunning,
	plugin.Succeeded:           core.PhaseSuccess,
	plugin.RetryableFailed:     core.PhaseRetryableFailure,
	plugin.Failed:              core.PhasePermanentFailure,
}

// phaseInfo says the same in Flyte's words. The end of an attempt has no version: its phase is new in any case, and
// PhaseInfo.WithVersion forgets the clean-up (read at v1.16.8).
func phaseInfo(ctx context.Context, info plugin.PhaseInfo, version uint32) core.PhaseInfo {
	now := time.Now()
	details := &core.TaskInfo{OccurredAt: &now, Logs: links(info.Links)}
	var err error
	if details.CustomInfo, err = customInfo(info.Info); err != nil {
		logger.Warnf(ctx, "custom info left out: %v", err)
	}
	switch info.Phase {
	case plugin.Queued:
		return core.PhaseInfoQueuedWithTaskInfo(version, info.Reason, details)
	case plugin.WaitingForResources:
		return core.PhaseInfoWaitingForResourcesInfo(version, info.Reason, details)
	case plugin.Initializing:
		return core.PhaseInfoInitializing(version, info.Reason, details)
	case plugin.Succeeded:
		return core.PhaseInfoSuccess(details)
	case plugin.RetryableFailed:
		if info.CleanupOnFailure {
			return core.PhaseInfoRetryableFailureWithCleanup(failureCode, info.Reason, details)
		}
		return core.PhaseInfoRetryableFailure(failureCode, info.Reason, details)
	case plugin.Failed:
		if info.CleanupOnFailure {
			return core.PhaseInfoFailureWithCleanup(failureCode, info.Reason, details)
		}
		return core.PhaseInfoFailure(failureCode, info.Reason, details)
	}
	// The function for RUNNING takes no reason. It reaches the user on this way (measured with 1.16.8); without a time
	// FlytePropeller panics.
	if info.Reason != "" {
		details.AdditionalReasons = []core.ReasonInfo{{Reason: info.Reason, OccurredAt: &now}}
	}
	return core.PhaseInfoRunning(version, details)
}

// links keeps names as they are: admin merges links by name or address, so a stable name is replaced and a new one is
// added (measured with 1.16.8).
func links(all []plugin.Link) []*idl.TaskLog {
	var result []*idl.TaskLog
	for _, link := range all {
		result = append(result, &idl.TaskLog{
			Name: link.Name,
			Uri:  link.URI,
			// The console shows no link without a format, and hides it before RUNNING without the other field.
			MessageFormat:    idl.TaskLog_JSON,
			ShowWhilePending: true,
		})
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
