package pod

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"example.com/flyteconnector/gen/flyteidl/core"
)

func names(env []corev1.EnvVar) []string {
	var result []string
	for _, variable := range env {
		result = append(result, variable.Name)
	}
	return result
}

var whoItIs = []string{
	"FLYTE_INTERNAL_EXECUTION_ID", "FLYTE_INTERNAL_EXECUTION_PROJECT", "FLYTE_INTERNAL_EXECUTION_DOMAIN", "FLYTE_ATTEMPT_NUMBER",
	"FLYTE_INTERNAL_TASK_PROJECT", "FLYTE_INTERNAL_TASK_DOMAIN", "FLYTE_INTERNAL_TASK_NAME", "FLYTE_INTERNAL_TASK_VERSION",
}

func TestTheOrderIsFlytes(t *testing.T) {
	request := real(t)["container_target"]
	request.TaskExecutionMetadata.EnvironmentVariables = map[string]string{"B_RUN": "1", "A_RUN": "1", "SHARED": "run"}
	request.Template.GetContainer().Env = append(request.Template.GetContainer().Env,
		&core.KeyValuePair{Key: "FLYTE_INTERNAL_EXECUTION_ID", Value: "forged"},
		&core.KeyValuePair{Key: "FLYTE_FAIL_ON_ERROR", Value: "false"}, &core.KeyValuePair{Key: "SHARED", Value: "task"})
	task, err := Finish(request, Options{Env: map[string]string{"PLATFORM": "1", "SHARED": "platform"}})
	if err != nil {
		t.Fatal(err)
	}
	got := task.Pod.Spec.Containers[0]
	want := slices.Concat([]string{"E1"}, whoItIs, []string{"A_RUN", "B_RUN", "PLATFORM", "SHARED", "FLYTE_FAIL_ON_ERROR"})
	if !slices.Equal(names(got.Env), want) {
		t.Errorf("got %q, want %q", names(got.Env), want)
	}
	values := env(got)
	if values[executionID] != "h1" || values["FLYTE_FAIL_ON_ERROR"] != "true" || values["SHARED"] != "platform" || values["FLYTE_INTERNAL_TASK_NAME"] != "wf.job" {
		t.Errorf("want what the platform says to win over the task's own, got %v", values)
	}
}

func TestAFinishedPodKeepsTheEnginesVariables(t *testing.T) {
	request := real(t)["k8s_pod_target_pod_template"]
	request.TaskExecutionMetadata.EnvironmentVariables = map[string]string{"E2": "loses"}
	before := podSpec(request)["containers"].GetListValue().Values[0].GetStructValue().Fields["env"].GetListValue()
	_, container := finish(t, request)
	own := []string{"E2", "PT", "FLYTE_INTERNAL_EXECUTION_WORKFLOW"}
	want := slices.Concat([]string{"FLYTE_AWS_ENDPOINT"}, own, whoItIs, []string{"FLYTE_FAIL_ON_ERROR"})
	if !slices.Equal(names(container.Env), want) || len(before.Values) != len(own)+len(whoItIs) {
		t.Errorf("want the engine's variables as they were and only two more, got %q", names(container.Env))
	}
	if env(container)["E2"] != "v2" {
		t.Errorf("want the engine's value, got %v", container.Env)
	}
}

func TestEveryContainerOfAPodKnowsTheTask(t *testing.T) {
	request := real(t)["k8s_pod_target_pod_template"]
	secret := map[string]any{"name": "S", "valueFrom": map[string]any{"secretKeyRef": map[string]any{"name": "s", "key": "k"}}}
	podSpec(request)["containers"] = value(t, []any{map[string]any{"name": "side"}, map[string]any{"name": "primary", "env": []any{secret}}})
	podSpec(request)["initContainers"] = value(t, []any{map[string]any{"name": "init"}})
	task, err := Finish(request, Options{Engine: Flyte2, Env: map[string]string{"P": "1"}})
	if err != nil {
		t.Fatal(err)
	}
	spec := task.Pod.Spec
	for _, container := range append(spec.InitContainers, spec.Containers...) {
		if values := env(container); values[executionID] != "pod1" || values["P"] != "1" || len(values) != len(container.Env) {
			t.Errorf("%s: environment is not complete: %v", container.Name, container.Env)
		}
	}
	if from := spec.Containers[1].Env[0].ValueFrom; from == nil || from.SecretKeyRef.Name != "s" {
		t.Errorf("want a reference to stay a reference, got %+v", spec.Containers[1].Env[0])
	}
}
