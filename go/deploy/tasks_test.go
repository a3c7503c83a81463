//go:build apitest

package deploy

import (
	"testing"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/watch"
	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// tried is a plugin with which these tests try the manifests.
type tried struct {
	plugin.Plugin
	custom     map[string]any     // what a user's task may say
	templates  [][]string         // where its kind has its pod templates
	accounts   []string           // which service accounts its tasks may have besides the default one
	components []string           // what gives the connector the rights on its kind, if the base does not
	install    func(t *testing.T) // gives the cluster its kind, if it has it not
}

// plugins are those of this repository.
var plugins = []tried{
	// part:job begin
	ofJob,
	// part:job end
	// part:spark begin
	ofSpark,
	// part:spark end
}

// ofTasks is the kind of the first plugin, as one says it to an API server.
var ofTasks = plural(plugins[0])

func plural(p plugin.Plugin) schema.GroupVersionResource { return watch.PluralOf(p.Resource()) }

// serving are these components, and what the first plugins need.
func serving(count int, names ...string) []string {
	for _, p := range plugins[:count] {
		names = append(names, p.components...)
	}
	return names
}

// installKinds gives the cluster the kinds of all plugins.
func installKinds(t *testing.T) {
	t.Helper()
	for _, p := range plugins {
		if p.install != nil {
			p.install(t)
		}
	}
}

// request is one of a task whose pod is written by the user, where he writes one.
func request(t *testing.T, p plugin.Plugin, pod map[string]any) *admin.CreateTaskRequest {
	t.Helper()
	taskType := p.Resource().TaskTypes[0]
	result := &admin.CreateTaskRequest{
		OutputPrefix:          "s3://bucket/" + t.Name() + "/" + taskType + "/0",
		TaskExecutionMetadata: &admin.TaskExecutionMetadata{Namespace: tasks},
		Template: &core.TaskTemplate{
			Type: taskType, Id: &core.Identifier{Name: "wf.count"}, Custom: &structpb.Struct{},
			Target: &core.TaskTemplate_Container{Container: &core.Container{Image: "task:1", Args: []string{"pyflyte-execute"}}},
		},
	}
	if pod == nil {
		return result
	}
	spec, err := structpb.NewStruct(pod)
	if err != nil {
		t.Fatal(err)
	}
	result.Template.Target = &core.TaskTemplate_K8SPod{K8SPod: &core.K8SPod{PodSpec: spec}}
	result.Template.Config = map[string]string{"primary_container_name": "main"}
	return result
}

// built is the resource that a plugin makes of a task, as the connector creates it.
func built(t *testing.T, p plugin.Plugin, custom map[string]any) *unstructured.Unstructured {
	t.Helper()
	settings, err := structpb.NewStruct(custom)
	if err != nil {
		t.Fatal(err)
	}
	container := corev1.Container{Name: "main", Image: "task:1", Args: []string{"pyflyte-execute"}}
	task := plugin.Task{
		Type: p.Resource().TaskTypes[0], Name: "count-abc", Namespace: tasks, Custom: settings, PrimaryContainer: "main",
		Pod: corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{container}, RestartPolicy: corev1.RestartPolicyNever}},
	}
	object, err := p.BuildResource(task)
	if err != nil {
		t.Fatal(err)
	}
	object.SetLabels(map[string]string{"flyteconnector.example.com/managed": "true"})
	return object
}

// free plays the garbage collector.
func free(t *testing.T, kind schema.GroupVersionResource) {
	t.Helper()
	client := cluster.Dynamic.Resource(kind).Namespace(tasks)
	list, err := client.List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range list.Items {
		freed := []byte(`{"metadata": {"finalizers": null}}`)
		if _, err := client.Patch(t.Context(), object.GetName(), types.MergePatchType, freed, metav1.PatchOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}
