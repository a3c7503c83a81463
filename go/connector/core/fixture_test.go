package core

import (
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic/fake"
	clienttesting "k8s.io/client-go/testing"

	"example.com/flyteconnector/attempt"
	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/plugin"
)

// double is a plugin whose answers a test sets.
type double struct {
	plugin.Unimplemented
	types []string
	build func(plugin.Task) (*unstructured.Unstructured, error)
	info  plugin.PhaseInfo
	err   error
}

func (d double) Resource() plugin.Resource {
	return plugin.Resource{GroupVersionKind: corev1.SchemeGroupVersion.WithKind("ConfigMap"), TaskTypes: d.types}
}

func (d double) BuildResource(task plugin.Task) (*unstructured.Unstructured, error) {
	if d.build != nil {
		return d.build(task)
	}
	return object(task.Name, ""), nil
}

func (d double) GetTaskPhase(*unstructured.Unstructured, []corev1.Pod) (plugin.PhaseInfo, error) {
	if d.info.Reason == "crash" {
		panic("on purpose")
	}
	return d.info, d.err
}

// seen is a cache: object is what Get finds, and others what the sweep and the reaper find beside it.
type seen struct {
	object  *unstructured.Unstructured
	others  []*unstructured.Unstructured
	pods    []corev1.Pod
	warning string
	partial bool // the copy is not complete
}

func (s seen) Resource(_ plugin.Resource, namespace, name string) *unstructured.Unstructured {
	if s.object == nil || s.object.GetName() != name || s.object.GetNamespace() != namespace {
		return nil
	}
	return s.object
}
func (s seen) Pods(plugin.Resource, string, string) []*corev1.Pod {
	result := make([]*corev1.Pod, len(s.pods))
	for i := range s.pods {
		result[i] = &s.pods[i]
	}
	return result
}
func (s seen) Warning(plugin.Resource, string, types.UID) string { return s.warning }
func (s seen) Synced() bool                                      { return !s.partial }
func (seen) Serves(namespace string) bool                        { return namespace == "ns" }

func (s seen) All(plugin.Resource) []*unstructured.Unstructured {
	if s.object == nil {
		return s.others
	}
	return append([]*unstructured.Unstructured{s.object}, s.others...)
}

func (s seen) Lineage(resource plugin.Resource, namespace, lineage string) []*unstructured.Unstructured {
	return slices.DeleteFunc(slices.Clone(s.All(resource)), func(o *unstructured.Unstructured) bool {
		return o.GetNamespace() != namespace || o.GetLabels()[LineageLabel] != lineage
	})
}

var task = attempt.Attempt{Task: plugin.Task{Type: "double", Name: "n", Namespace: "ns", OutputPrefix: "s3://b/0"}}

func object(name string, uid types.UID) *unstructured.Unstructured {
	result := &unstructured.Unstructured{}
	result.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("ConfigMap"))
	result.SetNamespace("ns")
	result.SetName(name)
	result.SetUID(uid)
	return result
}

// created is the resource of the task as the cluster has it.
func created(uid types.UID) *unstructured.Unstructured {
	result := object("n", uid)
	result.SetLabels(map[string]string{ManagedLabel: "true"})
	result.SetAnnotations(map[string]string{OutputPrefixAnnotation: task.OutputPrefix})
	return result
}

// newCore returns a core on a fake cluster that gives new objects the uid "u".
func newCore(t *testing.T, d double, cache seen, objects ...runtime.Object) (*Core, *fake.FakeDynamicClient) {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	client := fake.NewSimpleDynamicClient(scheme, objects...)
	client.PrependReactor("create", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
		made, ok := action.(clienttesting.CreateAction).GetObject().(*unstructured.Unstructured)
		if !ok {
			return false, nil, errors.New("not unstructured")
		}
		made.SetUID("u")
		return false, nil, nil
	})
	d.types = []string{"double"}
	c, err := New(Config{
		Client: client, Cache: cache, Deadline: 2 * time.Second, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}, d)
	if err != nil {
		t.Fatal(err)
	}
	return c, client
}

// create makes the task's resource and returns its resource_meta.
func create(t *testing.T, c *Core) []byte {
	t.Helper()
	raw, err := c.Create(t.Context(), task)
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	return raw
}

// fail makes the first calls with a verb fail.
func fail(client *fake.FakeDynamicClient, verb string, times int, with error) *int {
	calls := 0
	client.PrependReactor(verb, "*", func(clienttesting.Action) (bool, runtime.Object, error) {
		calls++
		return calls <= times, nil, with
	})
	return &calls
}

func marked(o *unstructured.Unstructured) *unstructured.Unstructured {
	now := metav1.Now()
	o.SetDeletionTimestamp(&now)
	o.SetFinalizers([]string{metav1.FinalizerDeleteDependents})
	return o
}

var unsigned meta.Keys

// replace puts another plugin in the double's place.
func replace(c *Core, p plugin.Plugin) {
	s := c.byType["double"]
	s.plugin = p
	c.byType["double"] = s
}
