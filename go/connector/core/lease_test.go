package core

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

func TestWithALeaseWhatNobodyAsksAboutIsDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		info := plugin.PhaseInfo{Phase: plugin.Running}
		finished := phased("finished", plugin.Succeeded)
		engine, client := newCore(t, double{info: info}, seen{object: created("u")})
		raw := create(t, engine)
		replace(engine, walker{})
		asked := phased("n", plugin.Running)
		asked.SetUID("u")
		asked.SetAnnotations(map[string]string{OutputPrefixAnnotation: task.OutputPrefix, TypeAnnotation: "double"})
		engine.config.Cache = seen{object: asked, others: []*unstructured.Unstructured{phased("left", plugin.Running), finished}}
		engine.config.LocalLease = time.Minute
		asking, stop := context.WithCancel(t.Context())
		go func() {
			for sleep(asking, 10*time.Second) {
				if _, err := engine.Get(t.Context(), "double", raw); err != nil {
					t.Errorf("Get: %v", err)
				}
			}
		}()
		sweepFor(t, engine, 50*time.Second)
		if got := swept(client); len(got) != 0 {
			t.Errorf("want nothing deleted before the lease is over, got %q", got)
		}
		sweepFor(t, engine, 5*time.Minute) // begins anew, as after a restart
		if got := slices.Compact(swept(client)); !slices.Equal(got, []string{"left"}) {
			t.Errorf("want the one deleted that nobody asks about, got %q", got)
		}
		stop()
		sweepFor(t, engine, 5*time.Minute)
		if got := slices.Compact(swept(client)); !slices.Equal(got, []string{"left", "n"}) {
			t.Errorf("want the other one deleted when nobody asks any more, got %q", got)
		}
	})
}
