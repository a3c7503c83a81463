package core

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/plugin"
)

// numbered is an object store that refuses with another text each time, as S3 does.
type numbered struct{ requests int }

func (n *numbered) Verdict(context.Context, string, bool) (Verdict, error) {
	n.requests++
	return Verdict{}, fmt.Errorf("403 AccessDenied, RequestID: %d", n.requests)
}

// crowd is a cache with many resources.
type crowd struct {
	seen
	byName map[string]*unstructured.Unstructured
}

func (c crowd) Resource(_ plugin.Resource, _, name string) *unstructured.Unstructured {
	return c.byName[name]
}

// successes are so many tasks that have succeeded, and their resource_meta by name.
func successes(t *testing.T, c *Core, count int) map[string][]byte {
	t.Helper()
	cache, raws := crowd{byName: map[string]*unstructured.Unstructured{}}, map[string][]byte{}
	for i := range count {
		o := phased(fmt.Sprint("n", i), plugin.Succeeded)
		o.SetLabels(map[string]string{ManagedLabel: "true"})
		raw, err := unsigned.Encode(meta.Meta{
			Kind: "ConfigMap.v1", Namespace: "ns", Name: o.GetName(), UID: o.GetUID(), Prefix: meta.PrefixHash("s3://b/" + o.GetName()),
		})
		if err != nil {
			t.Fatal(err)
		}
		cache.byName[o.GetName()], raws[o.GetName()] = o, raw
	}
	c.config.Cache = cache
	return raws
}

func TestThePatienceWithAStoreEndsForAnyNumberOfTasksAndIsLoggedOnceForEach(t *testing.T) {
	for _, count := range []int{10, rememberedEnds + 100} {
		synctest.Test(t, func(t *testing.T) {
			c, _ := newCore(t, double{info: plugin.PhaseInfo{Phase: plugin.Succeeded}}, seen{})
			var said bytes.Buffer
			c.config.Log, c.config.Outputs = slog.New(slog.NewTextHandler(&said, nil)), &numbered{}
			raws := successes(t, c, count)
			for round, want := range []plugin.Phase{plugin.Running, plugin.Running, plugin.RetryableFailed} {
				for name, raw := range raws {
					if answer, err := c.Get(t.Context(), "double", raw); err != nil || answer.Phase != want {
						t.Fatalf("%d tasks, round %d, %s: want %s, got %+v, %v", count, round, name, want, answer, err)
					}
				}
				time.Sleep(storePatience/2 + time.Second)
			}
			if lines := strings.Count(said.String(), "does not say how"); count < rememberedEnds && lines != count {
				t.Errorf("want one line for each of %d tasks, got %d", count, lines)
			}
			c.config.Cache = seen{}
			newSweeper(c).once(t.Context())
			left := 0
			c.unsettled.Range(func(any, any) bool { left++; return true })
			if left != 0 {
				t.Errorf("want nothing remembered of tasks that are gone, got %d", left)
			}
		})
	}
}
