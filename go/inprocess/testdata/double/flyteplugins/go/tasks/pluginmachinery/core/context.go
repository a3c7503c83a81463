// What does Flyte tell a plugin about a task?

// Package core is a double of the interfaces that a k8s plugin of v1.16 sees, with the methods that the adapter calls.
package core

import (
	"context"

	v1 "k8s.io/api/core/v1"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/io"
)

// TaskType names a type of tasks, and a plugin.
type TaskType = string

// TaskReader reads the task's template.
type TaskReader interface {
	Read(ctx context.Context) (*core.TaskTemplate, error)
}

// TaskOverrides is what with_overrides said.
type TaskOverrides interface {
	GetResources() *v1.ResourceRequirements
	GetExtendedResources() *core.ExtendedResources
	GetContainerImage() string
	GetPodTemplate() *core.K8SPod
	GetConfig() *v1.ConfigMap
}

// TaskExecutionID names one attempt.
type TaskExecutionID interface {
	GetGeneratedName() string
	GetID() core.TaskExecutionIdentifier
}

// TaskExecutionMetadata is what belongs to the attempt.
type TaskExecutionMetadata interface {
	GetTaskExecutionID() TaskExecutionID
	GetNamespace() string
	GetLabels() map[string]string
	GetAnnotations() map[string]string
	GetK8sServiceAccount() string
	IsInterruptible() bool
	GetOverrides() TaskOverrides
	GetPlatformResources() *v1.ResourceRequirements
	GetEnvironmentVariables() map[string]string
	GetConsoleURL() string
}

// TaskExecutionContext is what BuildResource gets.
type TaskExecutionContext interface {
	TaskReader() TaskReader
	TaskExecutionMetadata() TaskExecutionMetadata
	InputReader() io.InputReader
	OutputWriter() io.OutputWriter
}

// PluginStateReader gives what the engine stored after the last round.
type PluginStateReader interface {
	Get(t interface{}) (stateVersion uint8, err error)
}
