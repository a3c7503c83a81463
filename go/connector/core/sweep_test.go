package core

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic/fake"
	clienttesting "k8s.io/client-go/testing"

	"example.com/flyteconnector/plugin"
)

// swept lists the names of what was deleted.
func swept(client *fake.FakeDynamicClient) []string {
	var result []string
	for _, action := range client.Actions() {
		if deletion, ok := action.(clienttesting.DeleteAction); ok {
			result = append(result, deletion.GetName())
		}
	}
	slices.Sort(result)
	return result
}

// sweepFor runs the sweep for so long, by synctest's clock.
func sweepFor(t *testing.T, c *Core, long time.Duration) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), long)
	defer stop()
	c.Run(ctx)
}

// phased is a resource of a name in a phase of the walker, with an age by the machine's clock and the annotations given.
func phased(name string, phase plugin.Phase, annotations ...string) *unstructured.Unstructured {
	o := in(int64(phase))
	o.SetName(name)
	o.SetUID(types.UID(name))
	marks := map[string]string{OutputPrefixAnnotation: "s3://b/" + name, TypeAnnotation: "double"}
	for i := 0; i+1 < len(annotations); i += 2 {
		marks[annotations[i]] = annotations[i+1]
	}
	o.SetAnnotations(marks)
	o.SetCreationTimestamp(metav1.Now())
	return o
}

func TestTheSweepDeletesWhatHasFinishedLongAgo(t *testing.T) {
	for name, c := range map[string]struct {
		keep, sweep time.Duration
		want        []string
	}{
		"kept for an hour, swept for less": {time.Hour, 59 * time.Minute, nil},
		"kept for an hour, swept for more": {time.Hour, 63 * time.Minute, []string{"failed", "retry", "succeeded"}},
		"kept for ever":                    {0, 100 * time.Hour, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			unmarked, foreign, ending := phased("unmarked", plugin.Failed), phased("foreign", plugin.Failed), phased("ending", plugin.Failed)
			unmarked.SetLabels(nil)
			foreign.SetAnnotations(map[string]string{OutputPrefixAnnotation: "x", TypeAnnotation: "another connector's"})
			marked(ending)
			engine, client := newCore(t, double{}, seen{others: []*unstructured.Unstructured{
				phased("queued", plugin.Queued), phased("running", plugin.Running), phased("succeeded", plugin.Succeeded),
				phased("failed", plugin.Failed), phased("retry", plugin.RetryableFailed), phased("odd", 99), unmarked, foreign, ending,
			}})
			replace(engine, walker{})
			engine.config.KeepFinished = c.keep
			sweepFor(t, engine, c.sweep)
			if got := slices.Compact(swept(client)); !slices.Equal(got, c.want) {
				t.Errorf("%s: want %q deleted, got %q", name, c.want, got)
			}
		})
	}
}

func TestTheSweepEndsWhatNobodyAsksAboutAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := phased("late", plugin.Running, TimeoutAnnotation, "10m0s")
		kept := phased("kept", plugin.Running, TimeoutAnnotation, "10h0m0s")
		engine, client := newCore(t, double{}, seen{others: []*unstructured.Unstructured{late, kept, phased("none", plugin.Running)}})
		replace(engine, walker{})
		sweepFor(t, engine, 11*time.Minute+30*time.Second)
		if got := swept(client); len(got) != 0 {
			t.Errorf("want two minutes left to Flyte's own call, got %q", got)
		}
		sweepFor(t, engine, 3*time.Minute)
		if got := slices.Compact(swept(client)); !slices.Equal(got, []string{"late"}) {
			t.Errorf("want the one over its timeout deleted, got %q", got)
		}
	})
}

func TestAFailedResourceThatWouldGoOnIsSweptWhenFlyteHasHadTimeToAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		info := plugin.PhaseInfo{Phase: plugin.Failed, CleanupOnFailure: true}
		engine, client := newCore(t, double{info: info}, seen{others: []*unstructured.Unstructured{phased("a", plugin.Failed)}})
		sweepFor(t, engine, 2*time.Minute)
		if got := swept(client); len(got) != 0 {
			t.Errorf("want the reason left to Flyte's own call, got %q", got)
		}
		sweepFor(t, engine, 5*time.Minute)
		if got := slices.Compact(swept(client)); !slices.Equal(got, []string{"a"}) {
			t.Errorf("want it deleted, got %q", got)
		}
	})
}

func TestASweepStopsAtAnAPIServerThatIsAwayAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		info := plugin.PhaseInfo{Phase: plugin.Failed, CleanupOnFailure: true}
		engine, client := newCore(t, double{info: info}, seen{others: []*unstructured.Unstructured{
			phased("a", plugin.Failed), phased("b", plugin.Failed), phased("c", plugin.Failed), phased("d", plugin.Failed),
		}})
		calls := fail(client, "delete", 1000, status(503, "starting"))
		sweepFor(t, engine, 5*time.Minute)
		if *calls == 0 || slices.Contains(swept(client), "d") {
			t.Errorf("want the sweep to stop at the third, got %q", swept(client))
		}
		*calls = 1000
		sweepFor(t, engine, 5*time.Minute)
		if got := slices.Compact(swept(client)); !slices.Equal(got, []string{"a", "b", "c", "d"}) {
			t.Errorf("want all deleted, got %q", got)
		}
	})
}

func TestTheSweepForgetsWhatIsGone(t *testing.T) {
	engine, _ := newCore(t, double{info: plugin.PhaseInfo{Phase: plugin.Running}}, seen{others: []*unstructured.Unstructured{
		phased("a", plugin.Running),
	}})
	engine.config.LocalLease = time.Hour
	engine.polled("a")
	engine.polled("gone")
	sweep := newSweeper(engine)
	sweep.once(t.Context())
	_, left := engine.polls.Load(types.UID("gone"))
	_, kept := engine.polls.Load(types.UID("a"))
	if left || !kept || len(sweep.first) != 1 {
		t.Errorf("want only what is there remembered, got %v, %v, %v", left, kept, sweep.first)
	}
	engine.config.Cache = seen{}
	sweep.once(t.Context())
	if len(sweep.first) != 0 {
		t.Errorf("want nothing remembered, got %v", sweep.first)
	}
}

func TestWhatRunsAgainHasNotFinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine, client := newCore(t, double{}, seen{})
		replace(engine, walker{})
		engine.config.KeepFinished = time.Hour
		sweep := newSweeper(engine)
		for look, phase := range []plugin.Phase{plugin.Succeeded, plugin.Running, plugin.Succeeded, plugin.Succeeded} {
			engine.config.Cache = seen{others: []*unstructured.Unstructured{phased("a", phase)}}
			sweep.once(t.Context())
			if got := swept(client); len(got) != 0 {
				t.Errorf("look %d: want nothing deleted, got %q", look, got)
			}
			time.Sleep(31 * time.Minute)
		}
		sweep.once(t.Context())
		if got := swept(client); !slices.Equal(got, []string{"a"}) {
			t.Errorf("want it deleted an hour after its last end, got %q", got)
		}
	})
}
