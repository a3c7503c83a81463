package spark

import (
	"slices"
	"strings"
	"testing"

	"example.com/flyteconnector/plugin"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// template reads the pod of a role back from the resource.
func template(t *testing.T, app *unstructured.Unstructured, r role) corev1.PodTemplateSpec {
	t.Helper()
	content, _, err := unstructured.NestedMap(app.Object, "spec", r.name, "template")
	if err != nil {
		t.Fatal(err)
	}
	var pod corev1.PodTemplateSpec
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(content, &pod); err != nil {
		t.Fatal(err)
	}
	return pod
}

func TestBothPodsAreTheTasksAndKnowTheirRole(t *testing.T) {
	app := build(t, Plugin{ServiceAccount: "spark"}, task(t, nil))
	for _, r := range []role{driver, executor} {
		pod := template(t, app, r)
		main := container(&pod, r.container)
		if main == nil || main.Args != nil || container(&pod, "proxy") == nil {
			t.Fatalf("%s: want %s without arguments, and the sidecar: %+v", r.name, r.container, pod.Spec.Containers)
		}
		launched := corev1.EnvVar{Name: LaunchVariable, Value: r.name}
		if !slices.Contains(main.Env, launched) || !slices.Contains(main.Env, corev1.EnvVar{Name: "FLYTE_FAIL_ON_ERROR", Value: "true"}) {
			t.Errorf("%s: the environment is %v", r.name, main.Env)
		}
		if pod.Annotations[plugin.DefaultContainer] != r.container || pod.Spec.ServiceAccountName != "runner" {
			t.Errorf("%s: annotations %v, service account %q", r.name, pod.Annotations, pod.Spec.ServiceAccountName)
		}
	}
}

func TestOnlyExecutorsGoWhereMachinesCanBeTakenAway(t *testing.T) {
	given := task(t, nil)
	given.Interruptible = true
	app := build(t, settings, given)
	spot := func(pod corev1.PodTemplateSpec) bool { return pod.Spec.NodeSelector["spot"] == "true" }
	if spot(template(t, app, driver)) || !spot(template(t, app, executor)) || spot(template(t, build(t, settings, task(t, nil)), executor)) {
		t.Error("want spot nodes for the executors of an interruptible task, and for nothing else")
	}
	if tolerations := template(t, app, executor).Spec.Tolerations; len(tolerations) != 2 {
		t.Errorf("want the task's toleration and that of spot nodes: %v", tolerations)
	}
}

func TestTemplatesThatCannotWork(t *testing.T) {
	main := func(fields map[string]any) map[string]any {
		fields["name"] = "main"
		return map[string]any{"spec": map[string]any{"containers": []any{fields}}}
	}
	cases := map[string]struct {
		field   string
		overlay map[string]any
		want    string
	}{
		"a typing error":              {"driverPod", map[string]any{"spec": map[string]any{"tolerationz": []any{}}}, `driverPod: unknown field "spec.tolerationz"`},
		"a typing error far down":     {"executorPod", main(map[string]any{"imagePullPolice": "Always"}), `executorPod: unknown field "spec.containers[`},
		"a pod instead of a template": {"driverPod", map[string]any{"containers": []any{}}, "driverPod: must be an object with metadata, spec or both"},
		"a text for a number":         {"executorPod", map[string]any{"spec": map[string]any{"priority": "high"}}, "executorPod: "},
		"a list for an object":        {"driverPod", map[string]any{"spec": []any{}}, "driverPod: "},
		"the task is deleted":         {"driverPod", main(map[string]any{"$patch": "delete"}), `driverPod: container "main" is gone, and it runs the task`},
		"too little memory": {"executorPod", main(map[string]any{"resources": map[string]any{"limits": map[string]any{"memory": "512Mi"}}}),
			"memory of the executor = 512Mi"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Plugin{}.BuildResource(task(t, map[string]any{c.field: c.overlay}))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v\nwant one that begins with %q", err, c.want)
			}
		})
	}
}

func TestAnImageOrAPolicyOfTheUsersOwnReachesSpark(t *testing.T) {
	given := task(t, map[string]any{"executorPod": map[string]any{"spec": map[string]any{
		"containers": []any{map[string]any{"name": "main", "image": "other:2"}}}}})
	given.Pod.Spec.Containers[1].ImagePullPolicy = corev1.PullAlways
	app := build(t, Plugin{}, given)
	for path, want := range map[string]string{"driver.image": "task:1", "executor.image": "other:2", "imagePullPolicy": "Always"} {
		if got := at(t, app, append([]string{"spec"}, strings.Split(path, ".")...)...); got != want {
			t.Errorf("%s = %v, want %s: Spark overwrites what the template says", path, got, want)
		}
	}
}
