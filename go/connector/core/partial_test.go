package core

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

func TestACopyThatIsNotCompleteSaysNothingAboutATask(t *testing.T) {
	for name, c := range map[string]struct {
		cached *unstructured.Unstructured
		phase  plugin.Phase
	}{
		"its pods are not there yet":           {created("u"), plugin.Queued},
		"without its pods it seems to be lost": {created("u"), plugin.RetryableFailed},
		"it has an older one of the name":      {created("old"), plugin.Succeeded},
		"it is not there yet":                  {nil, plugin.Failed},
	} {
		engine, client := newCore(t, double{info: plugin.PhaseInfo{Phase: c.phase, CleanupOnFailure: true}}, seen{object: c.cached})
		raw := create(t, engine)
		engine.config.Cache = seen{object: c.cached, partial: true}
		client.ClearActions()
		for range 2 {
			info, err := engine.Get(t.Context(), "double", raw)
			if err != nil || info.Phase != plugin.Running || info.Reason != "reading the cluster" || info.CleanupOnFailure {
				t.Errorf("%s: want RUNNING for now, got %+v, %v", name, info, err)
			}
		}
		engine.Wait()
		if calls := client.Actions(); len(calls) != 0 {
			t.Errorf("%s: want no call to the API server, got %v", name, calls)
		}
		engine.config.Cache = seen{object: c.cached}
		if info, err := engine.Get(t.Context(), "double", raw); err != nil || info.Phase != c.phase {
			t.Errorf("%s: want %s when it is complete, got %+v, %v", name, c.phase, info, err)
		}
		engine.Wait()
	}
}
