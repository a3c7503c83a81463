// What does a plugin get from a CreateTaskRequest?

// Package pod turns what Flyte sends into a plugin.Task: it decodes the template and finishes the pod.
//
// It imports no Kubernetes client and no gRPC server, so that a tool that only renders a resource compiles in seconds.
package pod

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"example.com/flyteconnector/attempt"
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/plugin"
)

// ErrRequest marks a request that no Flyte engine sends: a field that every task has is missing. All other errors of
// Finish are about what the user wrote.
var ErrRequest = errors.New("malformed request")

// Finish decodes a request of either engine (they have the same bytes; options.Engine tells them apart) into a task with
// a finished pod. Errors name the field; errors.Is(err, ErrRequest) tells a broken caller from a task that cannot run.
func Finish(request *admin.CreateTaskRequest, options Options) (attempt.Attempt, error) {
	if err := complete(request); err != nil {
		return attempt.Attempt{}, err
	}
	template, metadata := request.GetTemplate(), request.GetTaskExecutionMetadata()
	labels, annotations := sanitise(metadata.GetLabels(), metadata.GetAnnotations())
	inject, secrets, err := references(template.GetSecurityContext().GetSecrets())
	if err != nil {
		return attempt.Attempt{}, err
	}
	maps.Copy(labels, inject)
	maps.Copy(annotations, secrets)
	task := plugin.Task{
		Type:             template.GetType(),
		TypeVersion:      template.GetTaskTypeVersion(),
		Name:             Name(template.GetId().GetName(), request.GetOutputPrefix()),
		Namespace:        metadata.GetNamespace(),
		Labels:           labels,
		Annotations:      annotations,
		Custom:           template.GetCustom(),
		Config:           template.GetConfig(),
		PrimaryContainer: primaryContainer,
		Interruptible:    interruptible(template, metadata),
		Attempt:          metadata.GetTaskExecutionId().GetRetryAttempt(),
		OutputPrefix:     request.GetOutputPrefix(),
	}
	if timeout := template.GetMetadata().GetTimeout(); timeout != nil {
		if task.Timeout = timeout.AsDuration(); task.Timeout < 0 {
			return attempt.Attempt{}, fmt.Errorf("template.metadata.timeout: %s is negative", task.Timeout.Round(time.Second))
		}
	}
	err = finishPod(&task, request, options)
	outputs := template.GetInterface().GetOutputs().GetVariables()
	return attempt.Attempt{Task: task, DeclaresOutputs: len(outputs) > 0, Lineage: lineage(request)}, err
}

// complete refuses a request that lacks what every task has.
func complete(request *admin.CreateTaskRequest) error {
	fields := []struct {
		name    string
		present bool
	}{
		{"template", request.GetTemplate() != nil},
		{"template.type", request.GetTemplate().GetType() != ""},
		{"output_prefix", request.GetOutputPrefix() != ""},
		{"task_execution_metadata", request.GetTaskExecutionMetadata() != nil},
		{"task_execution_metadata.namespace", request.GetTaskExecutionMetadata().GetNamespace() != ""},
	}
	for _, field := range fields {
		if !field.present {
			return fmt.Errorf("%w: %s is missing", ErrRequest, field.name)
		}
	}
	return nil
}

// interruptible reads the label that FlytePropeller 1.16 writes, because it alone knows a node's override; both engines
// leave the field of the metadata at false. Flyte 2 has no such label: what the task says is all there is.
func interruptible(template *core.TaskTemplate, metadata *admin.TaskExecutionMetadata) bool {
	if label, ok := metadata.GetLabels()["interruptible"]; ok {
		return label == "true"
	}
	return metadata.GetInterruptible() || template.GetMetadata().GetInterruptible()
}
