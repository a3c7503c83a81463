package core

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/plugin"
)

func TestAnObjectThatCannotBeDeletedKeepsNoOtherOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		info := plugin.PhaseInfo{Phase: plugin.Failed, CleanupOnFailure: true}
		engine, client := newCore(t, double{info: info}, seen{others: []*unstructured.Unstructured{
			phased("a", plugin.Failed), phased("b", plugin.Failed),
		}})
		client.PrependReactor("delete", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
			deletion, ok := action.(clienttesting.DeleteAction)
			return ok && deletion.GetName() == "a", nil, status(500, "failed calling webhook")
		})
		engine.recognised.keep("double", []byte("x"), meta.Meta{UID: "gone"}, phased("gone", plugin.Failed))
		sweepFor(t, engine, 5*time.Minute)
		if got := slices.Compact(swept(client)); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("want both tried, got %q", got)
		}
		if known := len(engine.recognised.raws); known != 0 {
			t.Errorf("want what is gone forgotten, got %d", known)
		}
	})
}

// finding is the task's resource in a phase, as the sweep and Get find it.
func finding(phase plugin.Phase, annotations ...string) *unstructured.Unstructured {
	o := phased("n", phase, append(annotations, OutputPrefixAnnotation, task.OutputPrefix)...)
	o.SetUID("u")
	return o
}

func TestWhatTheSweepHasDeletedIsNotLost(t *testing.T) {
	for name, c := range map[string]struct {
		object *unstructured.Unstructured
		store  folder
		want   plugin.Phase
		reason string
	}{
		"a failure that would go on":     {finding(plugin.Failed), folder{}, plugin.Failed, "state 7"},
		"a failure with a report":        {finding(plugin.RetryableFailed), folder{verdict: Verdict{Failure: "ValueError"}}, plugin.Failed, "ValueError"},
		"a success, long ago":            {finding(plugin.Succeeded), folder{}, plugin.Succeeded, ""},
		"one that was over its time":     {finding(plugin.Running, TimeoutAnnotation, "1m0s"), folder{}, plugin.RetryableFailed, "timeout of 1m0s is over"},
		"one that nobody asked about":    {finding(plugin.Running), folder{}, plugin.RetryableFailed, "this connector's own sweep"},
		"a success that nobody confirms": {finding(plugin.Succeeded), folder{err: status(503, "away")}, plugin.RetryableFailed, "has not said how"},
	} {
		synctest.Test(t, func(t *testing.T) {
			engine, client := newCore(t, double{}, seen{})
			raw := create(t, engine)
			replace(engine, walker{})
			c.object.SetCreationTimestamp(finding(plugin.Running).GetCreationTimestamp()) // by synctest's clock
			engine.config.Cache, engine.config.Outputs = seen{object: c.object}, &c.store
			engine.config.KeepFinished, engine.config.LocalLease = 10*time.Minute, time.Hour
			sweepFor(t, engine, 80*time.Minute)
			if got := slices.Compact(swept(client)); !slices.Equal(got, []string{"n"}) {
				t.Fatalf("%s: want it deleted, got %q", name, got)
			}
			engine.config.Cache = seen{}
			info, err := engine.Get(t.Context(), "double", raw)
			if err != nil || info.Phase != c.want || !strings.Contains(info.Reason, c.reason) {
				t.Errorf("%s: want %s with %q, got %+v, %v", name, c.want, c.reason, info, err)
			}
		})
	}
}
