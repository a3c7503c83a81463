package watch

import (
	"context"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"

	"example.com/flyteconnector/plugin"
)

func full(name string) *batchv1.Job {
	result := job("a", name, map[string]string{"mine": "true"})
	result.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "x"}}
	result.Spec.Template.Spec.Containers = []corev1.Container{{Name: "main"}}
	result.Status.Active = 1
	return result
}

// add creates a Job, and returns when the copy has it.
func add(t *testing.T, client dynamic.Interface, w *Watcher, job *batchv1.Job) {
	t.Helper()
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(job)
	if err != nil {
		t.Fatal(err)
	}
	namespaced := client.Resource(PluralOf(jobs)).Namespace(job.Namespace)
	if _, err := namespaced.Create(t.Context(), &unstructured.Unstructured{Object: content}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	end := time.Now().Add(10 * time.Second)
	for w.Resource(jobs, job.Namespace, job.Name) == nil && time.Now().Before(end) {
		time.Sleep(time.Millisecond)
	}
}

// The first one is in the list, the second one comes by the watch.
func TestTheCopyHasNotWhatEveryPluginIgnores(t *testing.T) {
	one, two := jobs, jobs
	one.Ignored, two.Ignored = []string{"spec.template", "spec.selector"}, []string{"spec.template"}
	cases := map[string]struct {
		resources []plugin.Resource
		template  bool
	}{
		"one plugin":                        {[]plugin.Resource{one}, false},
		"two, and both ignore it":           {[]plugin.Resource{one, two}, false},
		"two, and one of them may read all": {[]plugin.Resource{one, jobs}, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			owned := pod("a", "one-0", "one")
			owned.Spec.Containers = []corev1.Container{{Name: "main", Image: "task:1"}}
			client := client(t, full("one"), owned)
			w := runWith(t, Config{Client: client, Namespaces: []string{"a"}, Resources: c.resources})
			if err := w.WaitForSync(t.Context()); err != nil {
				t.Fatal(err)
			}
			add(t, client, w, full("two"))
			for _, name := range []string{"one", "two"} {
				found := w.Resource(jobs, "a", name)
				if found == nil {
					t.Fatalf("no copy of %s", name)
				}
				_, template, _ := unstructured.NestedFieldNoCopy(found.Object, "spec", "template")
				active, _, _ := unstructured.NestedInt64(found.Object, "status", "active")
				if template != c.template || active != 1 || len(found.GetManagedFields()) > 0 {
					t.Errorf("the copy of %s is %v", name, found.Object)
				}
			}
			if got := w.Pods(jobs, "a", "one")[0].Spec.Containers[0]; got.Name != "main" || got.Image != "" {
				t.Errorf("the copy of the pod has %+v", got)
			}
		})
	}
}

// paged is a client that has one object on each page.
type paged struct {
	dynamic.NamespaceableResourceInterface
	namespaced dynamic.ResourceInterface
	t          *testing.T
}

func (p paged) Resource(schema.GroupVersionResource) dynamic.NamespaceableResourceInterface { return p }
func (p paged) Namespace(string) dynamic.ResourceInterface                                  { return p }

func (p paged) Watch(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	return p.namespaced.Watch(ctx, options)
}

func (p paged) List(_ context.Context, options metav1.ListOptions) (*unstructured.UnstructuredList, error) {
	if options.Limit == 0 || options.ResourceVersion != "" || options.LabelSelector == "" {
		p.t.Errorf("want a limit, no resourceVersion (its cache has no pages), and a selector; got %+v", options)
	}
	name, next := "one", "more"
	if options.Continue == next {
		name, next = "two", ""
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(full(name))
	if err != nil {
		return nil, err
	}
	list := &unstructured.UnstructuredList{Items: []unstructured.Unstructured{{Object: content}}}
	list.SetContinue(next)
	list.SetResourceVersion("7")
	return list, nil
}

func TestTheFirstListComesInPages(t *testing.T) {
	resource := jobs
	resource.PodLabel, resource.Ignored = "", []string{"spec"}
	client := paged{t: t, namespaced: client(t).Resource(PluralOf(jobs)).Namespace("a")}
	w := runWith(t, Config{Client: client, Namespaces: []string{"a"}, Resources: []plugin.Resource{resource}})
	if err := w.WaitForSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if one, two := w.Resource(resource, "a", "one"), w.Resource(resource, "a", "two"); one == nil || two == nil || two.Object["spec"] != nil {
		t.Errorf("want both pages in the copy, without specs; got %v and %v", one, two)
	}
}

func TestWhatCannotBeIgnoredIsRefusedAtTheStart(t *testing.T) {
	wrong := jobs
	wrong.Ignored = []string{"metadata.labels"}
	if _, err := New(Config{Client: client(t), Resources: []plugin.Resource{wrong}}); err == nil || !strings.Contains(err.Error(), "metadata.labels") {
		t.Errorf("want an error that names the path, got %v", err)
	}
}

// typedPods is a typed client that has one pod, in the list or by the watch.
type typedPods struct {
	corev1client.PodInterface
	listed, watched []corev1.Pod
}

func (p typedPods) Pods(string) corev1client.PodInterface { return p }

func (p typedPods) List(context.Context, metav1.ListOptions) (*corev1.PodList, error) {
	return &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "7"}, Items: p.listed}, nil
}

func (p typedPods) Watch(context.Context, metav1.ListOptions) (watch.Interface, error) {
	result := watch.NewFakeWithChanSize(len(p.watched), false)
	for i := range p.watched {
		result.Add(&p.watched[i])
	}
	return result, nil
}

func TestPodsMayComeFromATypedClient(t *testing.T) {
	whole := func(name string) corev1.Pod {
		result := *pod("a", name, "one")
		result.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "x"}}
		result.Spec.Containers = []corev1.Container{{Name: "main", Image: "task:1"}}
		return result
	}
	typed := typedPods{listed: []corev1.Pod{whole("one-0")}, watched: []corev1.Pod{whole("one-1")}}
	w := runWith(t, Config{Client: client(t), Pods: typed, Namespaces: []string{"a"}})
	if err := w.WaitForSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "both pods are there", func() bool { return len(w.Pods(jobs, "a", "one")) == 2 })
	for _, found := range w.Pods(jobs, "a", "one") {
		if got := found.Spec.Containers[0]; got.Name != "main" || got.Image != "" || found.ManagedFields != nil {
			t.Errorf("the copy of the pod has %+v", found)
		}
	}
}
