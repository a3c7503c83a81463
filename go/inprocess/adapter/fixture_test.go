// What does a test need: a task, and a plugin?

package adapter

import (
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
	"example.com/flyteinprocess/adapter/flytetest"
)

func newTask() *flytetest.Task { return flytetest.New("sleep") }

// fake is a plugin that runs Jobs. What it answers is in the test's hands.
type fake struct {
	plugin.Unimplemented
	resource plugin.Resource
	build    func(plugin.Task) (*unstructured.Unstructured, error)
	phase    func(*unstructured.Unstructured, []corev1.Pod) (plugin.PhaseInfo, error)
}

func (f *fake) Resource() plugin.Resource {
	if f.resource.Kind == "" {
		return plugin.Resource{GroupVersionKind: batchv1.SchemeGroupVersion.WithKind("Job"), TaskTypes: []string{"sleep"}}
	}
	return f.resource
}

func (f *fake) BuildResource(task plugin.Task) (*unstructured.Unstructured, error) {
	if f.build != nil {
		return f.build(task)
	}
	job := &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: task.Name, Namespace: task.Namespace, Labels: task.Labels},
		Spec:       batchv1.JobSpec{Template: task.Pod},
	}
	return plugin.ToUnstructured(job, f.Resource().GroupVersionKind)
}

func (f *fake) GetTaskPhase(object *unstructured.Unstructured, pods []corev1.Pod) (plugin.PhaseInfo, error) {
	return f.phase(object, pods)
}

// behind puts plugins behind the adapter, without FlytePropeller's registry.
func behind(plugins ...plugin.Plugin) *served {
	entry, err := newEntry("test", func(Settings) []plugin.Plugin { return plugins }, nil)
	if err != nil {
		panic(err)
	}
	return entry.Plugin.(*served)
}
