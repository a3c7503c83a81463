package pod

import (
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	corev1 "k8s.io/api/core/v1"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/plugin"
)

func finish(t *testing.T, request *admin.CreateTaskRequest) (plugin.Task, corev1.Container) {
	t.Helper()
	task, err := Finish(request, Options{Env: map[string]string{"FLYTE_AWS_ENDPOINT": "http://store"}})
	if err != nil {
		t.Fatalf("Finish: %v", err)
	}
	if len(task.Pod.Spec.Containers) != 1 {
		t.Fatalf("want one container, got %d", len(task.Pod.Spec.Containers))
	}
	return task.Task, task.Pod.Spec.Containers[0]
}

func env(container corev1.Container) map[string]string {
	result := map[string]string{}
	for _, variable := range container.Env {
		result[variable.Name] = variable.Value
	}
	return result
}

func TestEveryRealRequestBecomesATask(t *testing.T) {
	names := map[string]string{}
	for name, request := range real(t) {
		task, container := finish(t, request)
		if other, taken := names[task.Name]; taken {
			t.Errorf("%s and %s have the name %s", name, other, task.Name)
		}
		names[task.Name] = name
		values := env(container)
		if values["FLYTE_FAIL_ON_ERROR"] != "true" || values["FLYTE_INTERNAL_EXECUTION_ID"] == "" || values["FLYTE_AWS_ENDPOINT"] != "http://store" {
			t.Errorf("%s: environment is not complete: %v", name, values)
		}
		if container.Name != task.PrimaryContainer || container.TerminationMessagePolicy != corev1.TerminationMessageFallbackToLogsOnError ||
			task.Pod.Spec.RestartPolicy != corev1.RestartPolicyNever {
			t.Errorf("%s: policies are not set: %+v", name, task.Pod.Spec)
		}
		if task.Namespace != "flytesnacks-development" || task.Labels["execution-id"] == "" || task.Pod.Labels["execution-id"] == "" {
			t.Errorf("%s: namespace or labels are missing: %+v", name, task)
		}
		if got := task.Custom.GetFields()["replicas"].GetNumberValue(); got != 2 {
			t.Errorf("%s: want custom as it came, got %v", name, task.Custom)
		}
	}
}

func TestAContainerTarget(t *testing.T) {
	request := real(t)["container_target"]
	request.Template.Config = map[string]string{"queue": "nightly"}
	task, container := finish(t, request)
	if task.Config["queue"] != "nightly" {
		t.Errorf("want the template's config, got %v", task.Config)
	}
	if container.Args[0] != "pyflyte-fast-execute" || len(container.Command) != 0 || container.Image != "localhost/none:dev" {
		t.Errorf("want the command line as it was rendered, got %q %q", container.Command, container.Args)
	}
	if env(container)["E1"] != "v1" {
		t.Errorf("want the container's own variables, got %v", container.Env)
	}
	if cpu := container.Resources.Limits[corev1.ResourceCPU]; cpu.String() != "100m" {
		t.Errorf("want the CPU limit 100m, got %s", cpu.String())
	}
	if task.Attempt != 0 || task.Interruptible || task.Timeout != 0 {
		t.Errorf("want the first attempt, without limits, got %+v", task)
	}
}

func TestAPodTargetKeepsWhatFlyteHasSet(t *testing.T) {
	request := real(t)["k8s_pod_target_pod_template"]
	request.TaskExecutionMetadata.EnvironmentVariables = map[string]string{"E2": "loses", "NEW": "added"}
	task, container := finish(t, request)
	values := env(container)
	if values["E2"] != "v2" || values["NEW"] != "added" || values["FLYTE_INTERNAL_EXECUTION_WORKFLOW"] == "" {
		t.Errorf("want the pod's own values to win and the missing ones added, got %v", values)
	}
	if len(values) != len(container.Env) {
		t.Errorf("a variable is there twice: %v", container.Env)
	}
	if task.PrimaryContainer != "primary" || task.Pod.Labels["lab"] != "x" || task.Pod.Annotations["ann"] != "y" || task.Labels["lab"] != "" {
		t.Errorf("want the user's metadata on the pod and not on the resource, got %+v", task)
	}
	if task.Pod.Spec.NodeSelector["ns"] != "z" || task.Pod.Spec.Affinity == nil {
		t.Errorf("want the rest of the pod as it came, got %+v", task.Pod.Spec)
	}
}

func TestAttemptTimeoutAndWhatTheExecutionBrings(t *testing.T) {
	requests := real(t)
	if task, _ := finish(t, requests["retries2_third_attempt"]); task.Attempt != 2 {
		t.Errorf("want attempt 2, got %d", task.Attempt)
	}
	if task, _ := finish(t, requests["node_with_overrides"]); !task.Interruptible {
		t.Error("want the label interruptible to count")
	}
	request := requests["execution_with_labels_annotations_env_serviceaccount_rawprefix"]
	request.Template.Metadata.Timeout = durationpb.New(90 * time.Second)
	task, container := finish(t, request)
	if task.Timeout != 90*time.Second || task.Pod.Spec.ServiceAccountName != "runner" || env(container)["X_ENV"] != "1" || task.Annotations["an.example/k"] != "v" {
		t.Errorf("want timeout, account, environment and annotations of the execution, got %+v", task)
	}
}

type refusedCase struct {
	from   *admin.CreateTaskRequest
	change func(*admin.CreateTaskRequest)
	want   string
}

func TestABrokenRequestIsTheCallersFault(t *testing.T) {
	good := real(t)["container_target"]
	refused(t, true, map[string]refusedCase{
		"no template":      {good, func(r *admin.CreateTaskRequest) { r.Template = nil }, "template is missing"},
		"no type":          {good, func(r *admin.CreateTaskRequest) { r.Template.Type = "" }, "template.type is missing"},
		"no output prefix": {good, func(r *admin.CreateTaskRequest) { r.OutputPrefix = "" }, "output_prefix is missing"},
		"no metadata":      {good, func(r *admin.CreateTaskRequest) { r.TaskExecutionMetadata = nil }, "task_execution_metadata is missing"},
		"no namespace": {good, func(r *admin.CreateTaskRequest) { r.TaskExecutionMetadata.Namespace = "" },
			"task_execution_metadata.namespace is missing"},
	})
}

func TestRefusedWithTheNameOfTheField(t *testing.T) {
	good := real(t)["container_target"]
	pod := real(t)["k8s_pod_target_pod_template"]
	refused(t, false, map[string]refusedCase{
		"no target":  {good, func(r *admin.CreateTaskRequest) { r.Template.Target = nil }, "template.target"},
		"no image":   {good, func(r *admin.CreateTaskRequest) { r.Template.GetContainer().Image = "" }, "template.container.image"},
		"no primary": {pod, func(r *admin.CreateTaskRequest) { r.Template.Config = nil }, "primary_container_name"},
		"another primary": {pod, func(r *admin.CreateTaskRequest) { r.Template.Config["primary_container_name"] = "x" },
			`has no "x"`},
		"an odd quantity": {good, func(r *admin.CreateTaskRequest) { r.Template.GetContainer().Resources.Requests[1].Value = "2 GB" },
			`template.container.resources.requests[1]: MEMORY "2 GB"`},
		"a negative timeout": {good, func(r *admin.CreateTaskRequest) { r.Template.Metadata.Timeout = durationpb.New(-time.Second) },
			"template.metadata.timeout"},
		"a PodTemplate of the cluster": {good, func(r *admin.CreateTaskRequest) { r.Template.Metadata.PodTemplateName = "big" },
			"template.metadata.pod_template_name: big"},
		"inputs and outputs as files": {good, func(r *admin.CreateTaskRequest) {
			r.Template.GetContainer().DataConfig = &core.DataLoadingConfig{Enabled: true}
		}, "template.container.data_config"},
		"the same in a pod": {pod, func(r *admin.CreateTaskRequest) {
			unfinished(r)
			r.Template.GetK8SPod().DataConfig = &core.DataLoadingConfig{Enabled: true}
		}, "template.k8s_pod.data_config"},
	})
}

func refused(t *testing.T, caller bool, cases map[string]refusedCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			request := proto.Clone(c.from).(*admin.CreateTaskRequest)
			c.change(request)
			_, err := Finish(request, Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, ErrRequest) != caller {
				t.Fatalf("want an error with %q (caller's fault: %v), got %v", c.want, caller, err)
			}
		})
	}
}
