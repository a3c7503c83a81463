package adapter

import (
	"fmt"
	"testing"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/k8s"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

// scripted answers what is in now.
func scripted(t *testing.T) (*engine, *plugin.PhaseInfo) {
	t.Helper()
	now := &plugin.PhaseInfo{Phase: plugin.Queued}
	p := &fake{phase: func(*unstructured.Unstructured, []corev1.Pod) (plugin.PhaseInfo, error) { return *now, nil }}
	return start(t, behind(p)), now
}

func queued(reason string) plugin.PhaseInfo {
	return plugin.PhaseInfo{Phase: plugin.Queued, Reason: reason}
}
func initializing(reason string) plugin.PhaseInfo {
	return plugin.PhaseInfo{Phase: plugin.Initializing, Reason: reason}
}
func running(reason string) plugin.PhaseInfo {
	return plugin.PhaseInfo{Phase: plugin.Running, Reason: reason}
}

func TestTheUserReadsEveryUpdate(t *testing.T) {
	cases := map[string][]plugin.PhaseInfo{
		"progress while it runs":                      {running("1 of 4"), running("2 of 4"), running("3 of 4")},
		"the first progress after a busy queue":       {queued("no pod"), queued("no quota"), running("1 of 4"), running("2 of 4")},
		"two updates in each phase":                   {queued("a"), queued("b"), initializing("c"), initializing("d"), running("e"), running("f")},
		"back to the queue, and again":                {running("a"), running("b"), queued("suspended"), queued("still"), running("c"), running("d")},
		"the same words in another phase":             {queued("pods"), initializing("pods"), running("pods"), running("done")},
		"waiting for a node, then the image, then on": {{Phase: plugin.WaitingForResources, Reason: "no node"}, initializing("pull"), running("a"), running("b")},
	}
	for name, answers := range cases {
		for _, forgets := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, FlytePropeller restarts before each: %v", name, forgets), func(t *testing.T) {
				e, now := scripted(t)
				for _, *now = range answers {
					if forgets {
						e.plugin.(*served).sent = memory{}
					}
					e.round()
					if e.admin.last() != now.Reason || e.admin.phase != phases[now.Phase] {
						t.Errorf("after %v %q the user reads %q in phase %d", now.Phase, now.Reason, e.admin.last(), e.admin.phase)
					}
					events := e.admin.events
					if e.round(); e.admin.events != events {
						t.Errorf("%v %q was sent twice", now.Phase, now.Reason)
					}
				}
				if e.admin.dropped > 0 {
					t.Errorf("%d events were dropped", e.admin.dropped)
				}
			})
		}
	}
}

// Without the carry rule the test above has to fail. This is what the rule is about, in the model alone.
func TestTheModelDropsProgressThatStartsAgainAtZero(t *testing.T) {
	a := admin{}
	a.record(core.PhaseInfoQueuedWithTaskInfo(0, "submitted", nil))
	a.record(core.PhaseInfoQueuedWithTaskInfo(1, "no quota", nil))
	a.record(core.PhaseInfoRunning(0, nil))
	a.record(core.PhaseInfoRunning(1, &core.TaskInfo{Logs: nil}))
	if a.dropped != 1 || a.version != 1 {
		t.Errorf("%d events dropped, version %d: RUNNING 1 has to be dropped after QUEUED 1", a.dropped, a.version)
	}
}

func TestLinksAndInfoAreUpdatesToo(t *testing.T) {
	e, now := scripted(t)
	*now = running("")
	e.round()
	now.Links = []plugin.Link{{Name: "worker 1", URI: "https://logs/1"}}
	e.round()
	now.Info = map[string]any{"succeeded": 2}
	e.round()
	if e.admin.links["worker 1"] == "" || e.admin.info["succeeded"] != float64(2) {
		t.Errorf("links %v, info %v", e.admin.links, e.admin.info)
	}
}

func TestAnUpdateSurvivesALostRound(t *testing.T) {
	for name, lose := range map[string]func(*engine){
		"the event was not sent":       func(e *engine) { e.loseEvent = true },
		"the state was not stored":     func(e *engine) { e.loseWrite = true },
		"neither, one after the other": func(e *engine) { e.loseEvent, e.loseWrite = true, true },
	} {
		t.Run(name, func(t *testing.T) {
			e, now := scripted(t)
			for _, reason := range []string{"1 of 4", "2 of 4", "3 of 4", "4 of 4"} {
				*now = running(reason)
				lose(e)
				for range 3 {
					e.round()
				}
				if e.admin.last() != reason {
					t.Errorf("the user reads %q instead of %q", e.admin.last(), reason)
				}
			}
		})
	}
}

func TestTheAnswerChangesBeforeItsStateWasStored(t *testing.T) {
	e, now := scripted(t)
	for _, reason := range []string{"1 of 4", "2 of 4", "3 of 4"} {
		*now = running(reason)
		e.loseWrite = true
		if e.round(); e.admin.last() != reason {
			t.Errorf("the user reads %q instead of %q", e.admin.last(), reason)
		}
	}
}

func TestAfterARestartOneEventIsSentAgain(t *testing.T) {
	e, now := scripted(t)
	*now = running("1 of 4")
	e.round()
	before := e.admin.events
	e.plugin.(*served).sent = memory{} // FlytePropeller was restarted
	e.round()
	e.round()
	if e.admin.events != before+1 || e.admin.dropped > 0 {
		t.Errorf("%d more events, %d dropped; want one more", e.admin.events-before, e.admin.dropped)
	}
	*now = running("2 of 4")
	if e.round(); e.admin.last() != "2 of 4" {
		t.Errorf("the user reads %q", e.admin.last())
	}
}

func TestAnUpdateTooManyDoesNotEndTheTask(t *testing.T) {
	m := memory{}
	before := k8s.PluginState{Phase: core.PhaseRunning, PhaseVersion: 100_000}
	if got := m.version("uid", before, running("again")); got > 100_000 {
		t.Errorf("version %d: FlytePropeller fails a task above 100000", got)
	}
}
