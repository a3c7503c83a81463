package adapter

import (
	"math"
	"testing"

	idl "github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"

	"example.com/flyteconnector/plugin"
)

var words = map[string]struct {
	info    plugin.PhaseInfo
	phase   core.Phase
	version uint32
	reason  string // of the phase
	failure string // of the error
	cleanup bool
}{
	"queued":       {plugin.PhaseInfo{Phase: plugin.Queued, Reason: "no pod yet"}, core.PhaseQueued, 7, "no pod yet", "", false},
	"waiting":      {plugin.PhaseInfo{Phase: plugin.WaitingForResources, Reason: "no node"}, core.PhaseWaitingForResources, 7, "no node", "", false},
	"initializing": {plugin.PhaseInfo{Phase: plugin.Initializing, Reason: "pulling"}, core.PhaseInitializing, 7, "pulling", "", false},
	"running":      {plugin.PhaseInfo{Phase: plugin.Running, Reason: "2 of 4"}, core.PhaseRunning, 7, "", "", false},
	"succeeded":    {plugin.PhaseInfo{Phase: plugin.Succeeded}, core.PhaseSuccess, 0, "", "", false},
	"a failure that another attempt may mend": {
		plugin.PhaseInfo{Phase: plugin.RetryableFailed, Reason: "OOMKilled"}, core.PhaseRetryableFailure, 0, "", "OOMKilled", false,
	},
	"a resource that would go on by itself": {
		plugin.PhaseInfo{Phase: plugin.RetryableFailed, Reason: "no image", CleanupOnFailure: true}, core.PhaseRetryableFailure, 0, "", "no image", true,
	},
	"a failure for good": {plugin.PhaseInfo{Phase: plugin.Failed, Reason: "bad"}, core.PhasePermanentFailure, 0, "", "bad", false},
	"for good, and it would go on": {
		plugin.PhaseInfo{Phase: plugin.Failed, Reason: "bad", CleanupOnFailure: true}, core.PhasePermanentFailure, 0, "", "bad", true,
	},
}

func TestEveryPhaseHasItsWord(t *testing.T) {
	seen := map[plugin.Phase]bool{}
	for name, c := range words {
		seen[c.info.Phase] = true
		t.Run(name, func(t *testing.T) {
			got := phaseInfo(t.Context(), c.info, 7)
			if got.Phase() != c.phase || got.Version() != c.version || got.Reason() != c.reason || got.CleanupOnFailure() != c.cleanup {
				t.Errorf("got phase %d, version %d, reason %q, cleanup %v", got.Phase(), got.Version(), got.Reason(), got.CleanupOnFailure())
			}
			if got.Info().OccurredAt == nil {
				t.Error("the event has no time")
			}
			if c.failure == "" {
				return
			}
			if err := got.Err(); err.Message != c.failure || err.Code != failureCode || err.Kind != idl.ExecutionError_USER {
				t.Errorf("error is %+v", err)
			}
		})
	}
	for phase := plugin.Queued; phase.String() != plugin.Unknown.String(); phase++ {
		if !seen[phase] {
			t.Errorf("no case for %v", phase)
		}
	}
}

func TestTheReasonOfARunningTaskTravelsBesideThePhase(t *testing.T) {
	reasons := phaseInfo(t.Context(), plugin.PhaseInfo{Phase: plugin.Running, Reason: "2 of 4 workers are done"}, 1).Info().AdditionalReasons
	if len(reasons) != 1 || reasons[0].Reason != "2 of 4 workers are done" || reasons[0].OccurredAt == nil {
		t.Errorf("got %+v", reasons)
	}
	if none := phaseInfo(t.Context(), plugin.PhaseInfo{Phase: plugin.Running}, 1).Info().AdditionalReasons; none != nil {
		t.Errorf("no reason became %+v", none)
	}
}

func TestLinksAndInfo(t *testing.T) {
	got := phaseInfo(t.Context(), plugin.PhaseInfo{
		Phase: plugin.Running,
		Links: []plugin.Link{{Name: "worker 0", URI: "https://logs/0"}},
		Info:  map[string]any{"active": int32(3), "hosts": []string{"a"}},
	}, 1).Info()
	want := idl.TaskLog{Name: "worker 0", Uri: "https://logs/0", MessageFormat: idl.TaskLog_JSON, ShowWhilePending: true}
	if len(got.Logs) != 1 || got.Logs[0].Name != want.Name || got.Logs[0].Uri != want.Uri ||
		got.Logs[0].MessageFormat != want.MessageFormat || !got.Logs[0].ShowWhilePending {
		t.Errorf("links are %+v", got.Logs)
	}
	if info := got.CustomInfo.AsMap(); info["active"] != float64(3) || info["hosts"].([]any)[0] != "a" {
		t.Errorf("info is %v", info)
	}
}

func TestInfoWithoutJSONIsLeftOut(t *testing.T) {
	got := phaseInfo(t.Context(), plugin.PhaseInfo{Phase: plugin.Running, Info: map[string]any{"loss": math.NaN()}}, 1)
	if got.Phase() != core.PhaseRunning || got.Info().CustomInfo != nil {
		t.Errorf("got %+v", got.Info())
	}
}
