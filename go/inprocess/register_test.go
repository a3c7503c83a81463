package inprocess_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/k8s"
	"google.golang.org/protobuf/types/known/structpb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	_ "example.com/flyteinprocess"
	"example.com/flyteinprocess/adapter/flytetest"
	"example.com/larkspur/plugins/job"
)

func registered(t *testing.T) k8s.PluginEntry {
	t.Helper()
	for _, entry := range pluginmachinery.PluginRegistry().GetK8sPlugins() {
		if slices.Contains(entry.RegisteredTaskTypes, core.TaskType(job.TaskType)) {
			return entry
		}
	}
	t.Fatalf("no entry for task type %q", job.TaskType)
	return k8s.PluginEntry{}
}

func build(t *testing.T, custom map[string]any) (client.Object, error) {
	t.Helper()
	task := flytetest.New(job.TaskType)
	var err error
	if task.Template.Custom, err = structpb.NewStruct(custom); err != nil {
		t.Fatal(err)
	}
	return registered(t).Plugin.BuildResource(t.Context(), task)
}

func TestTheJobPluginIsRegistered(t *testing.T) {
	entry := registered(t)
	if kind := entry.ResourceToWatch.GetObjectKind().GroupVersionKind(); entry.ID != "larkspur-job" || kind.Kind != "Job" {
		t.Errorf("id %q, kind %v", entry.ID, kind)
	}
}

func TestTheJobPluginBuildsAJobThatTakesItsPodsAlong(t *testing.T) {
	object, err := build(t, map[string]any{"completions": 4})
	if err != nil {
		t.Fatal(err)
	}
	made, ok := object.(*unstructured.Unstructured)
	if !ok || !slices.Contains(made.GetFinalizers(), metav1.FinalizerDeleteDependents) {
		t.Fatalf("got %#v", object)
	}
	workers, _, err := unstructured.NestedInt64(made.DeepCopy().Object, "spec", "completions")
	labels, _, _ := unstructured.NestedStringMap(made.Object, "spec", "template", "metadata", "labels")
	if workers != 4 || err != nil || labels["execution-id"] != "h1" {
		t.Errorf("%d workers (%v), pod labels %v", workers, err, labels)
	}
}

func TestABadSpecIsTheUsersError(t *testing.T) {
	_, err := build(t, map[string]any{"completions": -1})
	if err == nil || !strings.HasPrefix(err.Error(), "completions = -1: must be between") {
		t.Errorf("error %v", err)
	}
}
