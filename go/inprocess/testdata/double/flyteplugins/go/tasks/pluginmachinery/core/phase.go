// What does a plugin answer?

package core

import (
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
)

// Phase is how far a task is. The numbers are Flyte's.
type Phase int8

const (
	PhaseUndefined Phase = iota
	PhaseNotReady
	PhaseWaitingForResources
	PhaseQueued
	PhaseInitializing
	PhaseRunning
	PhaseSuccess
	PhaseRetryableFailure
	PhasePermanentFailure
)

// IsTerminal says whether the attempt is over.
func (p Phase) IsTerminal() bool { return p >= PhaseSuccess && p <= PhasePermanentFailure }

// ReasonInfo is one line of the task's history.
type ReasonInfo struct {
	Reason     string
	OccurredAt *time.Time
}

// TaskInfo travels with a phase.
type TaskInfo struct {
	Logs              []*core.TaskLog
	OccurredAt        *time.Time
	CustomInfo        *structpb.Struct
	AdditionalReasons []ReasonInfo
}

// PhaseInfo is an answer; only the functions below make one.
type PhaseInfo struct {
	phase   Phase
	version uint32
	reason  string
	info    *TaskInfo
	err     *core.ExecutionError
	cleanup bool
}

func (p PhaseInfo) Phase() Phase              { return p.phase }
func (p PhaseInfo) Version() uint32           { return p.version }
func (p PhaseInfo) Reason() string            { return p.reason }
func (p PhaseInfo) Info() *TaskInfo           { return p.info }
func (p PhaseInfo) Err() *core.ExecutionError { return p.err }
func (p PhaseInfo) CleanupOnFailure() bool    { return p.cleanup }

// PhaseInfoUndefined goes with an error.
var PhaseInfoUndefined = PhaseInfo{}

func answer(phase Phase, version uint32, reason string, info *TaskInfo) PhaseInfo {
	if info == nil {
		info = &TaskInfo{}
	}
	return PhaseInfo{phase: phase, version: version, reason: reason, info: info}
}

func failure(phase Phase, code, reason string, kind core.ExecutionError_ErrorKind, info *TaskInfo, cleanup bool) PhaseInfo {
	result := answer(phase, 0, "", info)
	result.err, result.cleanup = &core.ExecutionError{Code: code, Message: reason, Kind: kind}, cleanup
	return result
}

func PhaseInfoQueuedWithTaskInfo(version uint32, reason string, info *TaskInfo) PhaseInfo {
	return answer(PhaseQueued, version, reason, info)
}

func PhaseInfoWaitingForResourcesInfo(version uint32, reason string, info *TaskInfo) PhaseInfo {
	return answer(PhaseWaitingForResources, version, reason, info)
}

func PhaseInfoInitializing(version uint32, reason string, info *TaskInfo) PhaseInfo {
	return answer(PhaseInitializing, version, reason, info)
}

// PhaseInfoRunning takes no reason.
func PhaseInfoRunning(version uint32, info *TaskInfo) PhaseInfo {
	return answer(PhaseRunning, version, "", info)
}

func PhaseInfoSuccess(info *TaskInfo) PhaseInfo { return answer(PhaseSuccess, 0, "", info) }

func PhaseInfoFailure(code, reason string, info *TaskInfo) PhaseInfo {
	return failure(PhasePermanentFailure, code, reason, core.ExecutionError_USER, info, false)
}

func PhaseInfoFailureWithCleanup(code, reason string, info *TaskInfo) PhaseInfo {
	return failure(PhasePermanentFailure, code, reason, core.ExecutionError_USER, info, true)
}

func PhaseInfoRetryableFailure(code, reason string, info *TaskInfo) PhaseInfo {
	return failure(PhaseRetryableFailure, code, reason, core.ExecutionError_USER, info, false)
}

func PhaseInfoRetryableFailureWithCleanup(code, reason string, info *TaskInfo) PhaseInfo {
	return failure(PhaseRetryableFailure, code, reason, core.ExecutionError_USER, info, true)
}

func PhaseInfoSystemRetryableFailure(code, reason string, info *TaskInfo) PhaseInfo {
	return failure(PhaseRetryableFailure, code, reason, core.ExecutionError_SYSTEM, info, false)
}
