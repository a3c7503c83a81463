// Which environment does the user's process get?

package pod

import (
	"maps"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
)

// environment is what Flyte adds to the pods that it builds itself, in its order (flyteplugins,
// flytek8s/k8s_resource_adds.go), and FLYTE_FAIL_ON_ERROR: without it pyflyte-execute ends with exit code 0 after an
// exception, and a task without outputs would have succeeded.
func environment(template *core.TaskTemplate, metadata *admin.TaskExecutionMetadata, options Options) []corev1.EnvVar {
	run := metadata.GetTaskExecutionId()
	execution, id := run.GetNodeExecutionId().GetExecutionId(), template.GetId()
	env := []corev1.EnvVar{
		{Name: "FLYTE_FAIL_ON_ERROR", Value: "true"},
		{Name: "FLYTE_INTERNAL_EXECUTION_ID", Value: execution.GetName()},
		{Name: "FLYTE_INTERNAL_EXECUTION_PROJECT", Value: execution.GetProject()},
		{Name: "FLYTE_INTERNAL_EXECUTION_DOMAIN", Value: execution.GetDomain()},
		{Name: "FLYTE_ATTEMPT_NUMBER", Value: strconv.FormatUint(uint64(run.GetRetryAttempt()), 10)},
		{Name: "FLYTE_INTERNAL_TASK_PROJECT", Value: id.GetProject()},
		{Name: "FLYTE_INTERNAL_TASK_DOMAIN", Value: id.GetDomain()},
		{Name: "FLYTE_INTERNAL_TASK_NAME", Value: id.GetName()},
		{Name: "FLYTE_INTERNAL_TASK_VERSION", Value: id.GetVersion()},
	}
	env = append(env, fromMap(options.Env)...)
	return append(env, fromMap(metadata.GetEnvironmentVariables())...)
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
