//go:build apitest

package apitest

import (
	"testing"
	"time"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/watch"
)

// A local run that is ended by force sends no delete.
func TestWithALeaseOnlyWhatSomebodyAsksAboutGoesOn(t *testing.T) {
	namespace := cluster.Namespace(t)
	engine := Engine(t, cluster.Identity(t, namespace, rules()), namespace, func(c *core.Config, _ *watch.Config) {
		c.LocalLease = time.Second
	}, note{})
	asked, err := engine.Create(t.Context(), Attempt(t, request(namespace, "s3://b/asked/0", "phase", "running")))
	if err != nil {
		t.Fatal(err)
	}
	for _, prefix := range []string{"s3://b/left/0", "s3://b/done/0"} {
		phase := map[string]string{"s3://b/left/0": "running", "s3://b/done/0": "done"}[prefix]
		if _, err := engine.Create(t.Context(), Attempt(t, request(namespace, prefix, "phase", phase))); err != nil {
			t.Fatal(err)
		}
	}
	Eventually(t, "the one that nobody asks about is being deleted", func() bool {
		if _, err := engine.Get(t.Context(), noteType, asked); err != nil {
			t.Fatal(err)
		}
		return state(t, namespace, "s3://b/left/0") == "ending"
	})
	for _, kept := range []string{"s3://b/asked/0", "s3://b/done/0"} {
		if got := state(t, namespace, kept); got != "there" {
			t.Errorf("want %s untouched, it is %q", kept, got)
		}
	}
	Eventually(t, "the other one is deleted when nobody asks any more", func() bool { return state(t, namespace, "s3://b/asked/0") == "ending" })
}
