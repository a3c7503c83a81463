package watch

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

func preempted(namespace, name, owner string) *corev1.Pod {
	pod := pod(namespace, name, owner)
	pod.UID, pod.DeletionTimestamp = types.UID(name), &metav1.Time{Time: time.Unix(1, 0)}
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: "PreemptionByScheduler"}}
	return pod
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

func TestAPodThatTheClusterTookAwayIsRemembered(t *testing.T) {
	mine := map[string]string{"mine": "true"}
	fake := client(t, job("a", "one", mine), job("a", "two", mine), preempted("a", "one-1", "one"), pod("a", "one-2", "one"),
		pod("a", "one-0", "one"), preempted("a", "two-0", "two"), preempted("a", "lost-0", "lost"))
	w := run(t, fake, "a")
	if err := w.WaitForSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	pods, options := fake.Resource(PodsResource).Namespace("a"), metav1.DeleteOptions{}
	for _, name := range []string{"one-1", "one-2", "two-0", "lost-0"} {
		if err := pods.Delete(t.Context(), name, options); err != nil {
			t.Fatal(err)
		}
	}
	stored := func() int { return len(w.informers[key{PodsResource, "a", "owner", ""}].GetStore().List()) }
	eventually(t, "the pods are gone", func() bool { return stored() == 1 })
	eventually(t, "the preempted pod is back, and not the one that was simply deleted", func() bool {
		left := w.Pods(jobs, "a", "one")
		return len(left) == 2 && left[0].Name == "one-0" && left[1].Name == "one-1"
	})
	if left := w.Pods(jobs, "a", "two"); len(left) != 1 || left[0].Name != "two-0" {
		t.Errorf("want each resource to have its own, got %+v", left)
	}
	if w.Pods(jobs, "a", "one")[1] != w.Pods(jobs, "a", "one")[1] {
		t.Error("nothing has changed, and the pod is another one")
	}
	if left := w.Pods(jobs, "a", "lost"); len(left) != 0 {
		t.Errorf("want nothing remembered of a resource that is not there, got %+v", left)
	}
	if err := fake.Resource(PluralOf(jobs)).Namespace("a").Delete(t.Context(), "one", options); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is forgotten with its resource", func() bool { return len(w.Pods(jobs, "a", "one")) == 1 })
}

func TestOnlySoManyPodsAreRemembered(t *testing.T) {
	var g gone
	for i := range maxGone + 5 {
		g.add("one", preempted("a", "one-"+string(rune('a'+i)), "one"))
	}
	if n := len(g.with(nil, "one")); n != maxGone {
		t.Errorf("%d pods, want %d", n, maxGone)
	}
}

func TestWhatAnotherResourceOfTheNameHadIsNotRemembered(t *testing.T) {
	mine := map[string]string{"mine": "true"}
	fake := client(t, job("a", "one", mine), preempted("a", "one-0", "one"))
	w := run(t, fake, "a")
	if err := w.WaitForSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := fake.Resource(PodsResource).Namespace("a").Delete(t.Context(), "one-0", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	remembered := func() int {
		w.gone.mutex.Lock()
		defer w.gone.mutex.Unlock()
		return len(w.gone.pods)
	}
	eventually(t, "the pod is remembered", func() bool { return remembered() == 1 && len(w.Pods(jobs, "a", "one")) == 1 })
	fresh := w.Resource(jobs, "a", "one").DeepCopy()
	fresh.SetUID("another")
	if err := fake.Tracker().Update(PluralOf(jobs), fresh, "a"); err != nil { // as a list after an interruption shows it
		t.Fatal(err)
	}
	eventually(t, "the other resource is there, and nothing is remembered", func() bool {
		return uidOf(w.Resource(jobs, "a", "one")) == "another" && remembered() == 0
	})
	if left := w.Pods(jobs, "a", "one"); len(left) != 0 {
		t.Errorf("want no pods of the one before, got %+v", left)
	}
}

func TestAPodIsRememberedOnlyWhileItsOwnerIsThere(t *testing.T) {
	owner := func(uid types.UID, seconds int64) *unstructured.Unstructured {
		o := &unstructured.Unstructured{Object: map[string]any{}}
		o.SetUID(uid)
		o.SetCreationTimestamp(metav1.Unix(seconds, 0))
		return o
	}
	pod := preempted("a", "one-0", "one")
	pod.CreationTimestamp = metav1.Unix(100, 0)
	for name, c := range map[string]struct {
		looks []*unstructured.Unstructured
		want  int
	}{
		"it is there":                           {[]*unstructured.Unstructured{owner("u", 100), owner("u", 100)}, 1},
		"it is not there":                       {[]*unstructured.Unstructured{nil}, 0},
		"it goes at the same moment":            {[]*unstructured.Unstructured{owner("u", 100), nil}, 0},
		"another one takes its name meanwhile":  {[]*unstructured.Unstructured{owner("u", 100), owner("v", 100)}, 0},
		"it is younger, so the pod was another": {[]*unstructured.Unstructured{owner("u", 101), owner("u", 101)}, 0},
	} {
		var g gone
		g.remember(pod, func() *unstructured.Unstructured {
			now := c.looks[0]
			c.looks = c.looks[1:]
			return now
		})
		if len(g.pods) != c.want {
			t.Errorf("%s: want %d remembered, got %d", name, c.want, len(g.pods))
		}
	}
}
