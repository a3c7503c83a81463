package adapter

import (
	"errors"
	"strings"
	"testing"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

func TestOddStatesEndNoTask(t *testing.T) {
	answer := func(info plugin.PhaseInfo, err error) *fake {
		return &fake{phase: func(*unstructured.Unstructured, []corev1.Pod) (plugin.PhaseInfo, error) { return info, err }}
	}
	cases := map[string]struct {
		plugin *fake
		reason string
	}{
		"the plugin does not know":  {answer(plugin.PhaseInfo{}, errors.New("status.eclipse is new")), "status.eclipse is new"},
		"no phase and no error":     {answer(plugin.PhaseInfo{}, nil), "plugin reported no phase"},
		"a phase that there is not": {answer(plugin.PhaseInfo{Phase: 99}, nil), "plugin reported no phase (99)"},
		"the plugin crashes":        {&fake{phase: func(*unstructured.Unstructured, []corev1.Pod) (plugin.PhaseInfo, error) { panic("nil map") }}, "crashed in GetTaskPhase: nil map"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e := start(t, behind(c.plugin))
			for range 3 {
				e.round()
			}
			if e.failed > 0 || e.admin.phase != core.PhaseRunning || !strings.Contains(e.admin.last(), c.reason) {
				t.Errorf("%d failed rounds, phase %d, %q", e.failed, e.admin.phase, e.admin.last())
			}
		})
	}
}

func TestAPluginMayChangeWhatItIsGiven(t *testing.T) {
	p := &fake{phase: func(object *unstructured.Unstructured, _ []corev1.Pod) (plugin.PhaseInfo, error) {
		object.SetName("spoilt")
		return running(""), nil
	}}
	cached := empty(p.Resource().GroupVersionKind)
	if _, err := behind(p).GetTaskPhase(t.Context(), newTask(), cached); err != nil || cached.GetName() != "" {
		t.Errorf("FlytePropeller's own copy is called %q now, error %v", cached.GetName(), err)
	}
}

func TestATypedResourceIsNoError(t *testing.T) {
	info, err := behind(&fake{}).GetTaskPhase(t.Context(), newTask(), &batchv1.Job{})
	if err != nil || info.Phase() != core.PhaseRunning {
		t.Errorf("phase %d, error %v", info.Phase(), err)
	}
}

func TestAStateThatCannotBeReadIsNoError(t *testing.T) {
	e, now := scripted(t)
	e.task.StateErr = errors.New("gob: type mismatch")
	*now = running("1 of 4")
	if e.round(); e.failed > 0 || e.admin.last() != "1 of 4" {
		t.Errorf("%d failed rounds, %q", e.failed, e.admin.last())
	}
}

// knownPods plays the watch.
type knownPods struct {
	pods []corev1.Pod
	err  error
}

func (k *knownPods) of(string, string, string) ([]corev1.Pod, error) { return k.pods, k.err }

// counting runs as soon as it sees a pod, like plugins whose resource is silent.
func counting(t *testing.T) (*engine, *knownPods) {
	t.Helper()
	p := &fake{}
	p.resource = p.Resource()
	p.resource.PodLabel = "job-name"
	p.phase = func(object *unstructured.Unstructured, pods []corev1.Pod) (plugin.PhaseInfo, error) {
		if done, _, _ := unstructured.NestedBool(object.Object, "status", "done"); done {
			return plugin.PhaseInfo{Phase: plugin.Failed, Reason: "BackoffLimitExceeded"}, nil
		}
		if len(pods) > 0 {
			return plugin.PhaseInfo{Phase: plugin.Running, Reason: "a pod runs"}, nil
		}
		return plugin.PhaseInfo{Phase: plugin.Queued, Reason: "no pod"}, nil
	}
	s, pods := behind(p), &knownPods{pods: []corev1.Pod{{}}}
	s.pods = pods
	e := start(t, s)
	e.round()
	if e.admin.last() != "a pod runs" {
		t.Fatalf("the user reads %q", e.admin.last())
	}
	return e, pods
}

func TestARestartDoesNotPutATaskBackIntoTheQueue(t *testing.T) {
	e, pods := counting(t)
	e.plugin.(*served).sent = memory{}
	pods.pods, pods.err = nil, errNotYet
	events := e.admin.events
	if e.round(); e.admin.events != events || e.sent.phase != core.PhaseRunning {
		t.Errorf("%d more events, phase %d", e.admin.events-events, e.sent.phase)
	}
}

func TestPodsThatMayNotBeSeenAreNamed(t *testing.T) {
	e, pods := counting(t)
	pods.pods, pods.err = nil, errors.New(`pods is forbidden: cannot list resource "pods"`)
	e.round()
	if e.admin.phase != core.PhaseRunning || !strings.Contains(e.admin.last(), "does not see the task's pods: pods is forbidden") {
		t.Errorf("phase %d, %q", e.admin.phase, e.admin.last())
	}
}

func TestTheEndNeedsNoPods(t *testing.T) {
	for _, unsure := range []error{errNotYet, errors.New("pods is forbidden")} {
		e, pods := counting(t)
		pods.pods, pods.err = nil, unsure
		if err := unstructured.SetNestedField(e.cluster.object.Object, true, "status", "done"); err != nil {
			t.Fatal(err)
		}
		e.round()
		if e.admin.phase != core.PhasePermanentFailure || e.admin.err.Message != "BackoffLimitExceeded" {
			t.Errorf("%v: phase %d, %v", unsure, e.admin.phase, e.admin.err)
		}
	}
}
