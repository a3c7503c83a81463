package core

import (
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic/fake"

	"example.com/flyteconnector/metrics"
	"example.com/flyteconnector/plugin"
)

type counts map[metrics.Event]float64

// counting is a core on a cluster that has the task's resource, and a check of what has been counted for its type.
func counting(t *testing.T, info plugin.PhaseInfo, cached *unstructured.Unstructured) (*Core, *fake.FakeDynamicClient, func(counts)) {
	t.Helper()
	c, client := newCore(t, double{info: info}, seen{object: cached}, created("u"))
	registry := prometheus.NewRegistry()
	c.config.Metrics = metrics.New(registry)
	return c, client, func(want counts) {
		t.Helper()
		c.Wait()
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		got := counts{}
		for _, family := range families {
			for _, metric := range family.GetMetric() {
				values := map[string]string{}
				for _, label := range metric.GetLabel() {
					values[label.GetName()] = label.GetValue()
				}
				got[metrics.Event(values["event"]+map[bool]string{false: " of " + values["task_type"]}[values["task_type"] == "double"])] +=
					metric.GetCounter().GetValue()
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("want %v counted, got %v", want, got)
		}
	}
}

// polls asks a few times, and wants the same phase each time.
func polls(t *testing.T, c *Core, raw []byte, want plugin.Phase) {
	t.Helper()
	for range 3 {
		if info, err := c.Get(t.Context(), "double", raw); err != nil || info.Phase != want {
			t.Errorf("want %s, got %+v, %v", want, info, err)
		}
	}
}

func TestWhatFlyteAsksForIsCounted(t *testing.T) {
	c, client, check := counting(t, plugin.PhaseInfo{}, nil)
	raw := create(t, c) // it is there: adopted
	for range 3 {
		if err := c.Delete(t.Context(), "double", raw); err != nil {
			t.Error(err)
		}
	}
	fail(client, "create", 2, errors.New("EOF"))
	create(t, c)
	if _, err := c.Refuse("double", "no"); err != nil {
		t.Error(err)
	}
	check(counts{metrics.Adopted: 1, metrics.Deleted: 1, metrics.APIRetry: 2, metrics.Created: 1, metrics.Refused: 1})
}

func TestWhatIsBeingDeletedAlreadyIsNotCountedAgain(t *testing.T) {
	c, client, check := counting(t, plugin.PhaseInfo{}, nil)
	raw := create(t, c)
	if err := client.Tracker().Update(c.byType["double"].plural, marked(created("u")), "ns"); err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(t.Context(), "double", raw); err != nil {
		t.Error(err)
	}
	check(counts{metrics.Adopted: 1})
}

func TestAnUndoIsCounted(t *testing.T) {
	c, client, check := counting(t, plugin.PhaseInfo{}, nil)
	c.config.Deadline = 30 * time.Millisecond // less than the first pause, so that nothing is tried again
	fail(client, "create", 1000, errors.New("EOF"))
	if _, err := c.Create(t.Context(), task); !errors.Is(err, ErrUnavailable) {
		t.Errorf("want ErrUnavailable, got %v", err)
	}
	check(counts{metrics.Undone: 1})
}

func TestAnEndIsCountedOnceHoweverOftenFlyteAsks(t *testing.T) {
	c, client, check := counting(t, plugin.PhaseInfo{}, nil)
	raw := create(t, c)
	if err := client.Tracker().Delete(c.byType["double"].plural, "ns", "n"); err != nil {
		t.Fatal(err)
	}
	polls(t, c, raw, plugin.RetryableFailed)
	check(counts{metrics.Adopted: 1, metrics.Lost: 1})

	c, _, check = counting(t, plugin.PhaseInfo{Phase: plugin.Succeeded}, ended())
	c.config.Outputs = &folder{verdict: Verdict{Failure: "x"}}
	polls(t, c, create(t, c), plugin.Failed)
	check(counts{metrics.Adopted: 1, metrics.OutputsFailed: 1})

	late := aged(time.Now(), time.Hour)
	c, _, check = counting(t, plugin.PhaseInfo{Phase: plugin.Running}, late)
	if info, err := c.Get(t.Context(), "double", create(t, c)); err != nil || info.Phase != plugin.RetryableFailed {
		t.Errorf("want RETRYABLE_FAILED, got %+v, %v", info, err)
	}
	check(counts{metrics.Adopted: 1, metrics.TimedOut: 1, metrics.Deleted: 1})
}

func TestStatesThatNobodyKnowsAreCounted(t *testing.T) {
	c, _, check := counting(t, plugin.PhaseInfo{}, created("u"))
	polls(t, c, create(t, c), plugin.Running)
	check(counts{metrics.Adopted: 1, metrics.UnknownState: 1}) // three polls of one state
}

func TestWhatTheSweepDeletesIsCountedByItsReason(t *testing.T) {
	for why, object := range map[metrics.Event]*unstructured.Unstructured{
		metrics.Expired:    phased("n", plugin.Succeeded),
		metrics.Abandoned:  phased("n", plugin.Running),
		metrics.TimedOut:   phased("n", plugin.Running, TimeoutAnnotation, "1s"),
		metrics.Superseded: try("n", 0),
	} {
		object.SetCreationTimestamp(metav1.NewTime(time.Now().Add(-time.Hour)))
		c, _, check := counting(t, plugin.PhaseInfo{}, object)
		replace(c, walker{})
		if why == metrics.Superseded {
			c.config.Cache = seen{object: object, others: []*unstructured.Unstructured{try("latest", 1)}}
		} else {
			c.config.KeepFinished, c.config.LocalLease = 1, 1
		}
		sweep := newSweeper(c)
		sweep.once(t.Context())
		time.Sleep(time.Millisecond)
		if why == metrics.Expired || why == metrics.Abandoned { // which take a second look, later
			sweep.once(t.Context())
		}
		check(counts{why: 1})
	}
}
