package watch

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic/fake"
	clienttesting "k8s.io/client-go/testing"

	"example.com/flyteconnector/plugin"
)

var jobs = plugin.Resource{GroupVersionKind: batchv1.SchemeGroupVersion.WithKind("Job"), PodLabel: "owner"}

func client(t *testing.T, objects ...runtime.Object) *fake.FakeDynamicClient {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	if err := batchv1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	return fake.NewSimpleDynamicClient(scheme, objects...)
}

func run(t *testing.T, client *fake.FakeDynamicClient, namespaces ...string) *Watcher {
	t.Helper()
	return runWith(t, Config{Client: client, Namespaces: namespaces})
}

func runWith(t *testing.T, config Config) *Watcher {
	t.Helper()
	if config.Selector = "mine=true"; config.Resources == nil {
		config.Resources = []plugin.Resource{jobs, jobs}
	}
	config.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	w, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		w.Run(ctx)
		close(ended)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return w
}

func job(namespace, name string, labels map[string]string) *batchv1.Job {
	return &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: labels, UID: types.UID("uid of " + name)}}
}

func pod(namespace, name, owner string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"owner": owner}}}
}

func TestOnlyMarkedResourcesAndTheirPodsAreSeen(t *testing.T) {
	mine := map[string]string{"mine": "true"}
	objects := []runtime.Object{
		job("a", "one", mine), job("a", "other", nil), job("c", "elsewhere", mine),
		pod("a", "one-1", "one"), pod("a", "one-0", "one"), pod("a", "x", "two"), pod("c", "one-0", "one"),
	}
	w := run(t, client(t, objects...), "a", "b")
	if err := w.WaitForSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !w.Synced() || !w.Synced() {
		t.Error("want the copies complete, and so for ever")
	}
	if found := w.Resource(jobs, "a", "one"); found == nil || found.GetName() != "one" {
		t.Errorf("want the marked Job, got %v", found)
	}
	if w.Resource(jobs, "a", "other") != nil || w.Resource(jobs, "c", "elsewhere") != nil {
		t.Error("want neither a Job without the label nor one in another namespace")
	}
	pods := w.Pods(jobs, "a", "one")
	if len(pods) != 2 || pods[0].Name != "one-0" || pods[1].Name != "one-1" {
		t.Errorf("want the two pods of the Job in this namespace, by name, got %+v", pods)
	}
	if w.Pods(jobs, "a", "one")[0] != pods[0] {
		t.Error("nothing has changed, and the pod is another one")
	}
	if !w.Serves("b") || w.Serves("c") {
		t.Error("want exactly the given namespaces served")
	}
}

func TestNoNamespaceMeansAll(t *testing.T) {
	w := run(t, client(t, job("a", "one", map[string]string{"mine": "true"})))
	if err := w.WaitForSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.Resource(jobs, "a", "one") == nil || !w.Serves("anything") {
		t.Error("want every namespace seen")
	}
}

func TestAListThatFailsIsNamed(t *testing.T) {
	broken := client(t)
	broken.PrependReactor("list", "jobs", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, context.DeadlineExceeded
	})
	w := run(t, broken, "a")
	limited, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if err := w.WaitForSync(limited); err == nil || !strings.Contains(err.Error(), "first list of jobs.batch in namespace a") {
		t.Errorf("want the kind and the namespace in the error, got %v", err)
	}
	if w.Synced() {
		t.Error("want the copies incomplete")
	}
}

func TestThePluralIsGuessedOrGiven(t *testing.T) {
	if got := PluralOf(jobs).Resource; got != "jobs" {
		t.Errorf("want jobs, got %s", got)
	}
	given := jobs
	given.Plural = "jobz"
	if got := PluralOf(given).Resource; got != "jobz" {
		t.Errorf("want jobz, got %s", got)
	}
}
