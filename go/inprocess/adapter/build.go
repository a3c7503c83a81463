// Which resource does FlytePropeller create?

package adapter

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/flytek8s"
	k8sconfig "github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/flytek8s/config"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"example.com/flyteconnector/plugin"
)

// BuildResource asks the plugin for the resource. An error is the user's, and final: FlytePropeller fails the task at once,
// with the text and the code FailedToBuildResource, retries or not (measured with 1.16.8).
func (s *served) BuildResource(ctx context.Context, tCtx core.TaskExecutionContext) (client.Object, error) {
	task, err := taskOf(ctx, tCtx)
	if err != nil {
		return nil, err
	}
	p, err := s.serving(task.Type)
	if err != nil {
		return nil, err
	}
	object, err := build(p, task)
	if err != nil {
		return nil, err
	}
	if object, err = plain(object); err != nil {
		return nil, err
	}
	return object, s.check(object, task)
}

// taskOf collects what a plugin wants to know. The pod is the one that Flyte itself would start for the task.
func taskOf(ctx context.Context, tCtx core.TaskExecutionContext) (plugin.Task, error) {
	template, err := tCtx.TaskReader().Read(ctx)
	if err != nil {
		return plugin.Task{}, fmt.Errorf("read the task's template: %w", err)
	}
	spec, podMeta, primary, err := flytek8s.ToK8sPodSpec(ctx, tCtx)
	if err != nil {
		return plugin.Task{}, err
	}
	metadata, defaults := tCtx.TaskExecutionMetadata(), k8sconfig.GetK8sPluginConfig()
	task := plugin.Task{
		Type:             template.GetType(),
		Name:             nameOf(metadata),
		Namespace:        metadata.GetNamespace(),
		Labels:           union(metadata.GetLabels()),
		Annotations:      union(metadata.GetAnnotations()),
		Custom:           template.GetCustom(),
		Config:           template.GetConfig(),
		PrimaryContainer: primary,
		Interruptible:    metadata.IsInterruptible(),
		Attempt:          metadata.GetTaskExecutionID().GetID().RetryAttempt,
		OutputPrefix:     tCtx.OutputWriter().GetOutputPrefixPath().String(),
	}
	if timeout := template.GetMetadata().GetTimeout(); timeout != nil {
		task.Timeout = timeout.AsDuration()
	}
	// Flyte puts its labels and annotations on the resource, and nobody puts them on the resource's pods (measured with
	// 1.16.8). Among them are those by which secrets are injected.
	wanted := template.GetMetadata().GetMetadata()
	task.Pod = corev1.PodTemplateSpec{Spec: *spec, ObjectMeta: metav1.ObjectMeta{
		Labels:      union(defaults.DefaultLabels, podMeta.Labels, wanted.GetLabels(), task.Labels),
		Annotations: union(defaults.DefaultAnnotations, podMeta.Annotations, wanted.GetAnnotations(), task.Annotations),
	}}
	metav1.SetMetaDataAnnotation(&task.Pod.ObjectMeta, plugin.DefaultContainer, primary)
	keepLastWords(task.Pod.Spec.Containers, primary)
	return task, nil
}

// keepLastWords makes the end of the task's log, where a traceback is, the reason that Flyte's user sees.
func keepLastWords(containers []corev1.Container, primary string) {
	for i := range containers {
		if container := &containers[i]; container.Name == primary && container.TerminationMessagePolicy == "" {
			container.TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError
		}
	}
}

// build calls the plugin. A panic is an error with a text: FlytePropeller would try it eleven times and then show the
// user a Go stack (measured with 1.16.8).
func build(p plugin.Plugin, task plugin.Task) (object *unstructured.Unstructured, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("plugin for task type %q crashed in BuildResource: %v", task.Type, problem)
		}
	}()
	object, err = p.BuildResource(task)
	if err == nil && object == nil {
		err = errors.New("BuildResource returned no object and no error")
	}
	return object, err
}

// plain makes every value one that JSON has. FlytePropeller copies the object, and the copy panics on a Go int (read in
// apimachinery 0.34.1, runtime.DeepCopyJSONValue).
func plain(object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	raw, err := object.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("BuildResource returned a %s that has no JSON form: %w", object.GetKind(), err)
	}
	result := &unstructured.Unstructured{}
	if err := result.UnmarshalJSON(raw); err != nil {
		return nil, fmt.Errorf("BuildResource returned a %s that Kubernetes cannot read: %w", object.GetKind(), err)
	}
	return result, nil
}

// check refuses what the manager would silently change, and adds what makes an abort reach the pods.
func (s *served) check(object *unstructured.Unstructured, task plugin.Task) error {
	wrong := func(field, got, want string) error {
		return fmt.Errorf("BuildResource for task type %q set %s %q; it must be %q", task.Type, field, got, want)
	}
	switch {
	case object.GroupVersionKind() != s.kind:
		return wrong("kind", object.GroupVersionKind().String(), s.kind.String())
	case object.GetName() != task.Name:
		return wrong("metadata.name", object.GetName(), task.Name)
	case object.GetNamespace() != task.Namespace:
		return wrong("metadata.namespace", object.GetNamespace(), task.Namespace)
	}
	deleteWithPods(object)
	return nil
}

// union merges maps; the last one wins. It never returns nil.
func union(all ...map[string]string) map[string]string {
	result := map[string]string{}
	for _, each := range all {
		maps.Copy(result, each)
	}
	return result
}
