//go:build apitest

package apitest

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/watch"
)

// The connector's copy is behind: what it wants to delete is gone, and its name has gone to another object.
func TestASweepWithAnOldCopyLeavesANewObjectWithTheNameAlone(t *testing.T) {
	namespace := cluster.Namespace(t)
	proxy := NewProxy(t, cluster.Identity(t, namespace, rules()))
	var late atomic.Bool
	engine := Engine(t, proxy.Config, namespace, func(c *core.Config, _ *watch.Config) {
		now := c.Now
		c.Now = func() time.Time {
			if late.Load() {
				return now().Add(time.Hour)
			}
			return now()
		}
	}, note{})
	wanted := request(namespace, "s3://b/a/0", "phase", "running")
	wanted.Template.Metadata = limited(time.Minute)
	raw, err := engine.Create(t.Context(), Attempt(t, wanted))
	if err != nil {
		t.Fatal(err)
	}
	Eventually(t, "the copy has it", func() bool {
		before := proxy.Calls()
		_, err := engine.Get(t.Context(), noteType, raw)
		return err == nil && proxy.Calls() == before
	})
	deletes := &Fault{Method: http.MethodDelete} // lets them through, and counts them
	proxy.Break(&Fault{Method: http.MethodGet, Times: -1}, deletes)
	proxy.Cut()
	takeName(t, namespace)
	check := untouched(t, namespace)
	late.Store(true)
	Eventually(t, "the sweep has tried", func() bool { return deletes.Seen() > 1 })
	check()
}

// takeName puts a new object with the same marks in the place of the only one.
func takeName(t *testing.T, namespace string) {
	t.Helper()
	old := all(t, namespace)[0]
	notes := cluster.Kube.CoreV1().ConfigMaps(namespace)
	if err := notes.Delete(t.Context(), old.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	fresh := old.DeepCopy()
	fresh.ResourceVersion, fresh.UID = "", ""
	if _, err := notes.Create(t.Context(), fresh, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}
