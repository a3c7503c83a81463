package pod

import (
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
)

// unfinished makes the real pod target look as Flyte before 1.16.7 and Flyte 2 send it: as the user wrote it.
func unfinished(request *admin.CreateTaskRequest) {
	primary := request.Template.GetK8SPod().PodSpec.Fields["containers"].GetListValue().Values[0].GetStructValue()
	delete(primary.Fields, "env")
	primary.Fields["args"] = structpb.NewListValue(&structpb.ListValue{})
}

// podSpec is the user's pod template; its fields may be changed.
func podSpec(request *admin.CreateTaskRequest) map[string]*structpb.Value {
	return request.Template.GetK8SPod().PodSpec.Fields
}

func value(t *testing.T, plain any) *structpb.Value {
	t.Helper()
	result, err := structpb.NewValue(plain)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestTheNarrowestServiceAccountWins(t *testing.T) {
	steps := []struct {
		name, want string
		change     func(*admin.CreateTaskRequest)
	}{
		{"nobody names one", "", func(*admin.CreateTaskRequest) {}},
		{"the execution's identity", "identity", func(r *admin.CreateTaskRequest) {
			r.TaskExecutionMetadata.Identity = &core.Identity{K8SServiceAccount: "identity"}
		}},
		{"the execution's account", "execution", func(r *admin.CreateTaskRequest) {
			r.TaskExecutionMetadata.K8SServiceAccount = "execution"
		}},
		{"the task's account", "task", func(r *admin.CreateTaskRequest) {
			r.Template.SecurityContext = &core.SecurityContext{RunAs: &core.Identity{K8SServiceAccount: "task"}}
		}},
		{"the pod's account under its old name", "old", func(r *admin.CreateTaskRequest) {
			podSpec(r)["serviceAccount"] = structpb.NewStringValue("old")
		}},
		{"the pod's account", "pod", func(r *admin.CreateTaskRequest) {
			podSpec(r)["serviceAccountName"] = structpb.NewStringValue("pod")
		}},
	}
	request := real(t)["k8s_pod_target_pod_template"]
	for _, step := range steps { // each adds to those before it
		step.change(request)
		if task, _ := finish(t, request); task.Pod.Spec.ServiceAccountName != step.want {
			t.Errorf("%s: want %q, got %q", step.name, step.want, task.Pod.Spec.ServiceAccountName)
		}
	}
}

func TestLabelsOfTheTaskAreOnItsPod(t *testing.T) {
	for _, name := range []string{"container_target", "k8s_pod_target_pod_template"} {
		request := real(t)[name]
		request.Template.Metadata.Metadata = &core.K8SObjectMetadata{
			Labels: map[string]string{"team": "rain", "node-id": "mine"}, Annotations: map[string]string{"owner": "me"},
		}
		task, _ := finish(t, request)
		if task.Pod.Labels["team"] != "rain" || task.Pod.Annotations["owner"] != "me" || task.Pod.Labels["node-id"] == "mine" {
			t.Errorf("%s: want the task's labels on the pod, and Flyte's own unchanged, got %v", name, task.Pod.ObjectMeta)
		}
		if task.Labels["team"] != "" {
			t.Errorf("%s: want none of them on the resource, got %v", name, task.Labels)
		}
	}
}

func TestWhatTheUserSetsOnThePodStays(t *testing.T) {
	request := real(t)["k8s_pod_target_pod_template"]
	podSpec(request)["restartPolicy"] = structpb.NewStringValue("OnFailure")
	container := podSpec(request)["containers"].GetListValue().Values[0].GetStructValue()
	container.Fields["terminationMessagePolicy"] = structpb.NewStringValue("File")
	task, primary := finish(t, request)
	if task.Pod.Spec.RestartPolicy != corev1.RestartPolicyOnFailure || primary.TerminationMessagePolicy != corev1.TerminationMessageReadFile {
		t.Errorf("want the user's policies, got %q and %q", task.Pod.Spec.RestartPolicy, primary.TerminationMessagePolicy)
	}
}

func TestThePrimaryContainerHasTwoNamesInTheRequest(t *testing.T) {
	request := real(t)["k8s_pod_target_pod_template"]
	request.Template.Config = nil
	request.Template.GetK8SPod().PrimaryContainerName = "primary"
	if task, _ := finish(t, request); task.PrimaryContainer != "primary" {
		t.Errorf("want the pod's own word for it, got %q", task.PrimaryContainer)
	}
}

func TestInterruptible(t *testing.T) {
	yes := &core.TaskMetadata{InterruptibleValue: &core.TaskMetadata_Interruptible{Interruptible: true}}
	label := func(value string) map[string]string { return map[string]string{"interruptible": value} }
	cases := map[string]struct {
		template *core.TaskTemplate
		metadata *admin.TaskExecutionMetadata
		want     bool
	}{
		"nobody says so":                      {nil, nil, false},
		"the task says so, as in Flyte 2":     {&core.TaskTemplate{Metadata: yes}, nil, true},
		"the label of Flyte 1 says so":        {nil, &admin.TaskExecutionMetadata{Labels: label("true")}, true},
		"the label overrules the task":        {&core.TaskTemplate{Metadata: yes}, &admin.TaskExecutionMetadata{Labels: label("false")}, false},
		"an engine that fills the field does": {nil, &admin.TaskExecutionMetadata{Interruptible: true}, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := interruptible(c.template, c.metadata); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestNobodyElseWritesTheConnectorsMarks(t *testing.T) {
	const managed = "flyteconnector.example.com/managed"
	request := real(t)["k8s_pod_target_pod_template"]
	mark := map[string]string{managed: "false", "other.example.com/x": "stays"}
	request.TaskExecutionMetadata.Labels, request.TaskExecutionMetadata.Annotations = mark, mark
	request.Template.GetK8SPod().Metadata = &core.K8SObjectMetadata{Labels: mark, Annotations: mark}
	task, _ := finish(t, request)
	for where, values := range map[string]map[string]string{
		"labels": task.Labels, "annotations": task.Annotations, "the pod's labels": task.Pod.Labels, "the pod's annotations": task.Pod.Annotations,
	} {
		if _, there := values[managed]; there || values["other.example.com/x"] != "stays" {
			t.Errorf("%s: want all but the connector's own, got %v", where, values)
		}
	}
}
