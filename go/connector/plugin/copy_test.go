package plugin

import (
	"reflect"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestACopyForgetsWhatIsIgnoredAndNothingElse(t *testing.T) {
	object := &unstructured.Unstructured{Object: map[string]any{
		"metadata": map[string]any{"name": "a", "managedFields": []any{map[string]any{"manager": "x"}}},
		"spec": map[string]any{
			"template": map[string]any{"spec": "long"}, "completions": int64(2),
			"groups": []any{map[string]any{"name": "a", "template": "long"}, map[string]any{"template": "long"}, "odd"},
		},
		"status": map[string]any{"active": int64(1)},
	}}
	Resource{Ignored: []string{"spec.template", "spec.nothing.below", "spec.groups.template"}}.Forget(object)
	groups, _, _ := unstructured.NestedSlice(object.Object, "spec", "groups")
	if want := []any{map[string]any{"name": "a"}, map[string]any{}, "odd"}; !reflect.DeepEqual(groups, want) {
		t.Errorf("the items of the list are %v, want %v", groups, want)
	}
	_, template, _ := unstructured.NestedFieldNoCopy(object.Object, "spec", "template")
	completions, _, _ := unstructured.NestedInt64(object.Object, "spec", "completions")
	active, _, _ := unstructured.NestedInt64(object.Object, "status", "active")
	if template || len(object.GetManagedFields()) > 0 || completions != 2 || active != 1 || object.GetName() != "a" {
		t.Errorf("the copy is %v", object.Object)
	}
}

func TestWhatTheConnectorReadsItselfCannotBeIgnored(t *testing.T) {
	for _, path := range []string{"metadata.labels", "status", "status.conditions", "kind", "", "spec..template", "spec."} {
		if err := (Resource{Ignored: []string{path}}).CheckIgnored(); err == nil || !strings.Contains(err.Error(), `"`+path+`"`) {
			t.Errorf("%q: error %v; want one that names the path", path, err)
		}
	}
	if err := (Resource{Ignored: []string{"spec", "spec.a.b"}}).CheckIgnored(); err != nil {
		t.Errorf("paths below spec: %v", err)
	}
}

func TestAPodKeepsWhatSaysHowFarItIs(t *testing.T) {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		Name: "p", Labels: map[string]string{"a": "b"}, Annotations: map[string]string{"c": "d"},
		ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "x"}},
	}}
	pod.Spec.NodeName = "node-1"
	pod.Spec.Containers = []corev1.Container{{Name: "main", Image: "task:1", Args: []string{"long"}}}
	always := corev1.ContainerRestartPolicyAlways
	pod.Spec.InitContainers = []corev1.Container{{Name: "side", RestartPolicy: &always, Image: "s"}}
	pod.Spec.Volumes = []corev1.Volume{{Name: "v"}}
	end := &corev1.ContainerStateTerminated{Reason: "OOMKilled", ExitCode: 137}
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name: "main", State: corev1.ContainerState{Terminated: end}, VolumeMounts: []corev1.VolumeMountStatus{{Name: "v"}},
	}}
	got := Forget(pod)
	main, side := got.Spec.Containers[0], got.Spec.InitContainers[0]
	switch {
	case got.Name != "p" || got.Labels["a"] != "b" || got.Annotations["c"] != "d" || got.Spec.NodeName != "node-1":
		t.Errorf("name, labels, annotations or node are lost: %v", got)
	case main.Name != "main" || main.Image != "" || main.Args != nil || got.Spec.Volumes != nil || got.ManagedFields != nil:
		t.Errorf("the copy has more than it needs: %v", got)
	case side.RestartPolicy == nil || FailureMessage(got) != "OOMKilled, exit code 137 (pod p, container main)":
		t.Errorf("the copy does not say how the containers are: %v", got)
	case pod.Status.ContainerStatuses[0].VolumeMounts == nil || pod.Spec.Containers[0].Image != "task:1":
		t.Error("the pod itself was changed")
	}
}
