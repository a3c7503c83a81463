// Which environment do the pod's processes get?

package pod

import (
	"maps"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"example.com/flyteconnector/gen/flyteidl/admin"
)

// executionID says who the task is; flytekit takes its presence for "I do not run on a laptop".
const executionID = "FLYTE_INTERNAL_EXECUTION_ID"

// environment is what Flyte adds to the pods that it builds itself, in its order (flyteplugins,
// flytek8s/k8s_resource_adds.go): who the task is, what the run brings (in Flyte 2 with RUN_NAME, ACTION_NAME, _U_RUN_BASE
// and _U_ORG_NAME, which a0 needs), what the platform adds. The name of the workflow is not in the request.
func environment(request *admin.CreateTaskRequest, options Options) []corev1.EnvVar {
	metadata, id := request.GetTaskExecutionMetadata(), request.GetTemplate().GetId()
	run := metadata.GetTaskExecutionId()
	execution := run.GetNodeExecutionId().GetExecutionId()
	env := []corev1.EnvVar{
		{Name: executionID, Value: execution.GetName()},
		{Name: "FLYTE_INTERNAL_EXECUTION_PROJECT", Value: execution.GetProject()},
		{Name: "FLYTE_INTERNAL_EXECUTION_DOMAIN", Value: execution.GetDomain()},
		{Name: "FLYTE_ATTEMPT_NUMBER", Value: strconv.FormatUint(uint64(run.GetRetryAttempt()), 10)},
		{Name: "FLYTE_INTERNAL_TASK_PROJECT", Value: id.GetProject()},
		{Name: "FLYTE_INTERNAL_TASK_DOMAIN", Value: id.GetDomain()},
		{Name: "FLYTE_INTERNAL_TASK_NAME", Value: id.GetName()},
		{Name: "FLYTE_INTERNAL_TASK_VERSION", Value: id.GetVersion()},
	}
	env = append(env, fromMap(metadata.GetEnvironmentVariables())...)
	return append(env, fromMap(options.Env)...)
}

// failOnError: without it pyflyte-execute ends with exit code 0 after an exception, and a task without outputs would have
// succeeded (measured with Flyte 1.16.8).
var failOnError = corev1.EnvVar{Name: "FLYTE_FAIL_ON_ERROR", Value: "true"}

// addEnvironment gives it to every container, as Flyte does. Flyte writes it after the container's own, and of two
// variables with one name Kubernetes takes the last; so who a task is cannot be set by the task. In a pod that the engine
// has finished all of that is there, and only what the engine does not know is added.
func addEnvironment(spec *corev1.PodSpec, finished bool, env []corev1.EnvVar) {
	for _, containers := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range containers {
			own := containers[i].Env
			if finished {
				own = slices.Concat(env, own)
			} else {
				own = slices.Concat(own, env)
			}
			containers[i].Env = lastWins(append(own, failOnError))
		}
	}
}

// fromMap sorts by name: a map has no order, and the same request must always give the same pod.
func fromMap(values map[string]string) []corev1.EnvVar {
	result := make([]corev1.EnvVar, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		result = append(result, corev1.EnvVar{Name: name, Value: values[name]})
	}
	return result
}

// lastWins keeps the last of the variables with the same name, where it stands.
func lastWins(env []corev1.EnvVar) []corev1.EnvVar {
	last := make(map[string]int, len(env))
	for i, variable := range env {
		last[variable.Name] = i
	}
	result := make([]corev1.EnvVar, 0, len(last))
	for i, variable := range env {
		if last[variable.Name] == i {
			result = append(result, variable)
		}
	}
	return result
}
