package pod

import (
	"slices"
	"strings"
	"testing"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
)

// ofFlyte2 is what the executor of Flyte 2 sends for a function task, as far as the pod is concerned: arguments rendered
// but for three variables, labels and variables of the run (read at main of 2026-08; the prefix as it was measured).
func ofFlyte2(entrypoint ...string) *admin.CreateTaskRequest {
	rest := []string{"--inputs", "s3://b/uploads/in/inputs.pb", "--run-name", "{{.runName}}", "--name", "{{ .ActionName }}",
		"--run-start-time", "{{.runStartTime}}", "mod", "{{.outputPrefix}}"}
	return &admin.CreateTaskRequest{
		OutputPrefix: "s3://flyte-data/3f/flytesnacks/development/r1/a0/1",
		Inputs:       &core.LiteralMap{Literals: map[string]*core.Literal{"x": text("1")}},
		Template: &core.TaskTemplate{
			Type: "tt", Id: &core.Identifier{Project: "flytesnacks", Domain: "development", Name: "env.train", Version: "v"},
			Target: &core.TaskTemplate_Container{Container: &core.Container{Image: "i", Args: slices.Concat(entrypoint, rest)}},
		},
		TaskExecutionMetadata: &admin.TaskExecutionMetadata{
			Namespace: "flyte",
			Labels:    map[string]string{"flyte.org/managed": "true", "organization": "flyte", "inject-flyte-secrets": "true"},
			Annotations: map[string]string{
				"flyte.secrets/s0": "nnsxsoraejwxsx2lmv3secq",
			},
			EnvironmentVariables: map[string]string{
				"RUN_NAME": "r1", "ACTION_NAME": "a0", "_U_RUN_BASE": "s3://flyte-data/flytesnacks/development/r1", "_U_ORG_NAME": "local",
			},
			TaskExecutionId: &core.TaskExecutionIdentifier{NodeExecutionId: &core.NodeExecutionIdentifier{
				NodeId: "a0", ExecutionId: &core.WorkflowExecutionIdentifier{Project: "flytesnacks", Domain: "development", Name: "r1"},
			}},
		},
	}
}

func TestARunOfFlyte2(t *testing.T) {
	nested := map[string]string{"_U_EP_OVERRIDE": "flyte:8090", "_U_INSECURE": "true", "_U_USE_ACTIONS": "1"}
	task, err := Finish(ofFlyte2("flyteconnector-a0"), Options{Engine: Flyte2, Env: nested})
	if err != nil {
		t.Fatal(err)
	}
	container := task.Pod.Spec.Containers[0]
	want := []string{"flyteconnector-a0", "--inputs", "s3://b/uploads/in/inputs.pb", "--run-name", "r1", "--name", "a0",
		"--run-start-time", "1970-01-01T00:00:00+00:00", "mod", "{{.outputPrefix}}"}
	if !slices.Equal(container.Args, want) {
		t.Errorf("got %q, want %q", container.Args, want)
	}
	values := env(container)
	for name, want := range map[string]string{
		"RUN_NAME": "r1", "ACTION_NAME": "a0", "_U_RUN_BASE": "s3://flyte-data/flytesnacks/development/r1", "_U_ORG_NAME": "local",
		"FLYTE_INTERNAL_EXECUTION_PROJECT": "flytesnacks", "FLYTE_INTERNAL_EXECUTION_DOMAIN": "development",
		"_U_EP_OVERRIDE": "flyte:8090", "_U_INSECURE": "true", "_U_USE_ACTIONS": "1",
	} {
		if values[name] != want {
			t.Errorf("%s: got %q, want %q", name, values[name], want)
		}
	}
	for _, labels := range []map[string]string{task.Labels, task.Pod.Labels} {
		if labels["flyte.org/managed"] != "true" || labels["organization"] != "flyte" || labels["inject-flyte-secrets"] != "true" {
			t.Errorf("want Flyte's labels on the resource and on the pod, got %v", labels)
		}
	}
	if task.Pod.Annotations["flyte.secrets/s0"] != "nnsxsoraejwxsx2lmv3secq" {
		t.Errorf("want the secrets that Flyte names, got %v", task.Pod.Annotations)
	}
}

func TestAnEntrypointThatNeverFailsIsRefused(t *testing.T) {
	cases := map[string]struct {
		request *admin.CreateTaskRequest
		options Options
		refused bool
	}{
		"a0 alone":                     {ofFlyte2("a0"), Options{Engine: Flyte2}, true},
		"a0 by its path":               {ofFlyte2("/opt/venv/bin/a0"), Options{Engine: Flyte2}, true},
		"a0, but the errors are read":  {ofFlyte2("a0"), Options{Engine: Flyte2, ReadsErrors: true}, false},
		"the wrapper":                  {ofFlyte2("flyteconnector-a0"), Options{Engine: Flyte2}, false},
		"somebody's own a0 in Flyte 1": {ofFlyte2("a0"), Options{}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Finish(c.request, c.options)
			if (err != nil) != c.refused {
				t.Fatalf("refused: %v, want %v", err, c.refused)
			}
			if c.refused && (!strings.Contains(err.Error(), "flyteconnector-a0") || !strings.Contains(err.Error(), "--read-outputs")) {
				t.Errorf("want both ways out named, got %q", err)
			}
		})
	}
	inCommand := ofFlyte2()
	inCommand.Template.GetContainer().Command = []string{"a0"}
	if _, err := Finish(inCommand, Options{Engine: Flyte2}); err == nil {
		t.Error("want a0 as the command refused, too")
	}
	noCommand := ofFlyte2()
	noCommand.Template.GetContainer().Args = nil
	if _, err := Finish(noCommand, Options{Engine: Flyte2}); err != nil {
		t.Errorf("want an image with a command of its own to run, got %v", err)
	}
}

func TestAPodTemplateOfFlyte2(t *testing.T) {
	request := ofFlyte2()
	forged := map[string]any{"name": executionID, "value": "forged"}
	container := map[string]any{"name": "main", "image": "i", "args": []any{"{{.runName}}", "{{.outputPrefix}}", "{{.inputs.x}}"},
		"env": []any{forged}}
	spec := value(t, map[string]any{"containers": []any{container}}).GetStructValue()
	request.Template.Target = &core.TaskTemplate_K8SPod{K8SPod: &core.K8SPod{PodSpec: spec}}
	request.Template.Config = map[string]string{"primary_container_name": "main"}
	task, err := Finish(request, Options{Engine: Flyte2})
	if err != nil {
		t.Fatal(err)
	}
	if values := env(task.Pod.Spec.Containers[0]); values[executionID] != "r1" {
		t.Errorf("want what Flyte says to win over what the user writes, got %v", values)
	}
	if got, want := task.Pod.Spec.Containers[0].Args, []string{"r1", request.OutputPrefix, "1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	spec.Fields["containers"].GetListValue().Values[0].GetStructValue().Fields["args"] = value(t, []any{"{{.input}}"})
	if _, err := Finish(request, Options{Engine: Flyte2}); err == nil || !strings.Contains(err.Error(), "only the engine knows") {
		t.Errorf("want the place of the inputs refused, got %v", err)
	}
	request.Inputs = nil
	if _, err := Finish(request, Options{Engine: Flyte2}); err != nil {
		t.Errorf("want a task without inputs to need no place for them, got %v", err)
	}
}
