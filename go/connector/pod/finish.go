// What does a plugin get from a CreateTaskRequest?

// Package pod turns what Flyte sends into a plugin.Task: it decodes the template and finishes the pod.
//
// It imports no Kubernetes client and no gRPC server, so that a tool that only renders a resource compiles in seconds.
package pod

import (
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/flyteconnector/attempt"
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/plugin"
)

// ErrRequest marks a request that no Flyte engine sends: a field that every task has is missing. All other errors of
// Finish are about what the user wrote.
var ErrRequest = errors.New("malformed request")

// Options is what the platform adds to every task.
type Options struct {
	// Env is what FlytePropeller calls default-env-vars, for example FLYTE_AWS_ENDPOINT: the engine adds these to the
	// pods that it builds, so a connector that builds a pod has to know them too. May be nil.
	Env map[string]string
	// Engine is who sends the requests. An adapter sets it: the two engines' requests have the same bytes.
	Engine Engine
	// ReadsErrors says that the core reads the error.pb that a task leaves in the object store. Without it, a process that
	// reports its failures there alone is refused.
	ReadsErrors bool
}

// Engine is the kind of Flyte that a request comes from.
type Engine int

const (
	// Flyte1 is FlytePropeller.
	Flyte1 Engine = iota
	// Flyte2 is the executor of Flyte 2.
	Flyte2
)

// Finish decodes a request of Flyte 1 (a request of Flyte 2 has the same bytes) into a task with a finished pod.
// Errors name the field; errors.Is(err, ErrRequest) tells a broken caller from a task that cannot run.
func Finish(request *admin.CreateTaskRequest, options Options) (attempt.Attempt, error) {
	if err := complete(request); err != nil {
		return attempt.Attempt{}, err
	}
	template, metadata := request.GetTemplate(), request.GetTaskExecutionMetadata()
	labels, annotations := sanitise(metadata.GetLabels(), metadata.GetAnnotations())
	task := plugin.Task{
		Type:             template.GetType(),
		Name:             Name(template.GetId().GetName(), request.GetOutputPrefix()),
		Namespace:        metadata.GetNamespace(),
		Labels:           labels,
		Annotations:      annotations,
		Custom:           template.GetCustom(),
		PrimaryContainer: primaryContainer,
		Interruptible:    interruptible(metadata),
		Attempt:          metadata.GetTaskExecutionId().GetRetryAttempt(),
		OutputPrefix:     request.GetOutputPrefix(),
	}
	if timeout := template.GetMetadata().GetTimeout(); timeout != nil {
		if task.Timeout = timeout.AsDuration(); task.Timeout < 0 {
			return attempt.Attempt{}, fmt.Errorf("template.metadata.timeout: %s is negative", task.Timeout.Round(time.Second))
		}
	}
	err := finishPod(&task, template, metadata, options)
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

// finishPod makes the pod from either target and adds to both what belongs to every pod of Flyte.
func finishPod(
	task *plugin.Task, template *core.TaskTemplate, metadata *admin.TaskExecutionMetadata, options Options,
) error {
	if secrets := template.GetSecurityContext().GetSecrets(); len(secrets) > 0 {
		return fmt.Errorf("template.security_context.secrets[0] (group %q, key %q): this connector passes no secrets on; "+
			"let the container read a Kubernetes Secret (secretKeyRef in a pod template)",
			secrets[0].GetGroup(), secrets[0].GetKey())
	}
	var err error
	switch target := template.GetTarget().(type) {
	case *core.TaskTemplate_Container:
		task.Pod, err = fromContainer(target.Container, template.GetExtendedResources())
	case *core.TaskTemplate_K8SPod:
		task.PrimaryContainer = template.GetConfig()["primary_container_name"]
		task.Pod, err = fromPod(target.K8SPod, task.PrimaryContainer)
	default:
		err = errors.New("template.target: neither container nor k8s_pod is set, so there is nothing to run")
	}
	if err != nil {
		return err
	}
	addPolicies(task, template, metadata, environment(template, metadata, options))
	return nil
}

// addPolicies fills what Flyte's own pod plugin fills, and overwrites nothing that is there already.
func addPolicies(
	task *plugin.Task, template *core.TaskTemplate, metadata *admin.TaskExecutionMetadata, env []corev1.EnvVar,
) {
	// Flyte's labels win over the user's, because monitoring selects by them.
	task.Pod.ObjectMeta = metav1.ObjectMeta{
		Labels:      union(task.Pod.Labels, task.Labels),
		Annotations: union(task.Pod.Annotations, task.Annotations),
	}
	metav1.SetMetaDataAnnotation(&task.Pod.ObjectMeta, plugin.DefaultContainer, task.PrimaryContainer)
	spec := &task.Pod.Spec
	if spec.RestartPolicy == "" {
		spec.RestartPolicy = corev1.RestartPolicyNever
	}
	if spec.ServiceAccountName == "" {
		spec.ServiceAccountName = template.GetSecurityContext().GetRunAs().GetK8SServiceAccount()
	}
	if spec.ServiceAccountName == "" {
		spec.ServiceAccountName = metadata.GetK8SServiceAccount()
	}
	for i := range spec.Containers {
		container := &spec.Containers[i]
		if container.Name != task.PrimaryContainer {
			continue
		}
		container.Env = lastWins(append(env, container.Env...))
		if container.TerminationMessagePolicy == "" {
			// The end of the log, where a traceback is, becomes the reason that Flyte's user sees.
			container.TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError
		}
	}
}

// interruptible reads the label that FlytePropeller 1.16 writes; it leaves metadata.interruptible at false.
func interruptible(metadata *admin.TaskExecutionMetadata) bool {
	if label, ok := metadata.GetLabels()["interruptible"]; ok {
		return label == "true"
	}
	return metadata.GetInterruptible()
}
