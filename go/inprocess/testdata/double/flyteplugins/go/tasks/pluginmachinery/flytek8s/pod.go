// Package flytek8s is a double of what makes a pod of a task.
package flytek8s

import (
	"context"
	"errors"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
)

// ToK8sPodSpec returns pod, metadata and the name of the primary container. Like the real one, it leaves the task's labels
// and annotations to the caller.
func ToK8sPodSpec(ctx context.Context, tCtx core.TaskExecutionContext) (*v1.PodSpec, *metav1.ObjectMeta, string, error) {
	template, err := tCtx.TaskReader().Read(ctx)
	if err != nil {
		return nil, nil, "", err
	}
	container := template.GetContainer()
	if container == nil {
		return nil, nil, "", errors.New("invalid TaskSpecification, unable to determine Pod configuration")
	}
	name := tCtx.TaskExecutionMetadata().GetTaskExecutionID().GetGeneratedName()
	return &v1.PodSpec{
		RestartPolicy:      v1.RestartPolicyNever,
		ServiceAccountName: tCtx.TaskExecutionMetadata().GetK8sServiceAccount(),
		Containers:         []v1.Container{{Name: name, Image: container.Image, Args: container.Args}},
	}, &metav1.ObjectMeta{Labels: map[string]string{}, Annotations: map[string]string{}}, name, nil
}
