package core

import (
	"errors"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

func TestAResourceInTheCacheNeedsNoCall(t *testing.T) {
	c, client := newCore(t, double{info: plugin.PhaseInfo{Phase: plugin.Running}}, seen{object: created("u")})
	raw := create(t, c)
	client.ClearActions()
	for range 3 {
		if info, err := c.Get(t.Context(), "double", raw); err != nil || info.Phase != plugin.Running {
			t.Errorf("want RUNNING, got %+v, %v", info, err)
		}
	}
	if calls := client.Actions(); len(calls) != 0 {
		t.Errorf("want no call to the API server, got %v", calls)
	}
}

func TestPhasesThatThePluginDoesNotKnow(t *testing.T) {
	for name, c := range map[string]struct {
		cached *unstructured.Unstructured
		plugin double
		want   plugin.Phase
		reason string
	}{
		"an error":                   {created("u"), double{err: errors.New("no row")}, plugin.Running, "no row"},
		"no phase":                   {created("u"), double{}, plugin.Running, "no phase"},
		"a crash":                    {created("u"), double{info: plugin.PhaseInfo{Reason: "crash"}}, plugin.Running, "crashed"},
		"being deleted":              {marked(created("u")), double{info: plugin.PhaseInfo{Phase: plugin.Running}}, plugin.RetryableFailed, "being deleted"},
		"finished and being deleted": {marked(created("u")), double{info: plugin.PhaseInfo{Phase: plugin.Succeeded}}, plugin.Succeeded, ""},
		"not in the cache yet":       {nil, double{info: plugin.PhaseInfo{Phase: plugin.Queued}}, plugin.Queued, ""},
		"an older one in the cache":  {created("old"), double{info: plugin.PhaseInfo{Phase: plugin.Queued}}, plugin.Queued, ""},
	} {
		engine, _ := newCore(t, c.plugin, seen{object: c.cached})
		info, err := engine.Get(t.Context(), "double", create(t, engine))
		if err != nil || info.Phase != c.want || !strings.Contains(info.Reason, c.reason) {
			t.Errorf("%s: want %s with %q, got %+v, %v", name, c.want, c.reason, info, err)
		}
	}
}

func TestAResourceIsTheTasksOwnOrLost(t *testing.T) {
	other, unmarked := created("u"), created("u")
	other.SetAnnotations(map[string]string{OutputPrefixAnnotation: "s3://b/1"})
	unmarked.SetLabels(nil)
	c, _ := newCore(t, double{}, seen{})
	raw := create(t, c)
	for name, there := range map[string]*unstructured.Unstructured{
		"another uid": created("v"), "another output prefix": other, "no mark of ours": unmarked,
	} {
		engine, _ := newCore(t, double{}, seen{object: there}, there)
		info, err := engine.Get(t.Context(), "double", raw)
		if err != nil || info.Phase != plugin.RetryableFailed || !strings.Contains(info.Reason, "ns/n (uid u) does not exist any more") {
			t.Errorf("%s: want RETRYABLE_FAILED with the resource's name, got %+v, %v", name, info, err)
		}
		if err := engine.Delete(t.Context(), "double", raw); err != nil {
			t.Errorf("%s: want Delete to do nothing, got %v", name, err)
		}
	}
}

func TestAFailedResourceThatWouldGoOnIsDeleted(t *testing.T) {
	for name, c := range map[string]struct {
		info    plugin.PhaseInfo
		deleted bool
	}{
		"it would go on":           {plugin.PhaseInfo{Phase: plugin.RetryableFailed, CleanupOnFailure: true}, true},
		"it has ended by itself":   {plugin.PhaseInfo{Phase: plugin.Failed}, false},
		"it has not failed at all": {plugin.PhaseInfo{Phase: plugin.Running, CleanupOnFailure: true}, false},
	} {
		engine, client := newCore(t, double{info: c.info}, seen{object: created("u")})
		raw := create(t, engine)
		if info, err := engine.Get(t.Context(), "double", raw); err != nil || info.Phase != c.info.Phase {
			t.Errorf("%s: want %s, got %+v, %v", name, c.info.Phase, info, err)
		}
		engine.Wait()
		deleted := false
		for _, action := range client.Actions() {
			deleted = deleted || action.GetVerb() == "delete"
		}
		if deleted != c.deleted {
			t.Errorf("%s: deleted is %v, want %v", name, deleted, c.deleted)
		}
	}
}

func TestAnAPIThatDoesNotAnswerIsNoLoss(t *testing.T) {
	c, client := newCore(t, double{}, seen{})
	raw := create(t, c)
	fail(client, "get", 9, errors.New("EOF"))
	if info, err := c.Get(t.Context(), "double", raw); err != nil || info.Phase != plugin.Queued || !strings.Contains(info.Reason, "EOF") {
		t.Errorf("want QUEUED with the reason, got %+v, %v", info, err)
	}
}
