package spark

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/flyteconnector/plugin"
	connectorpod "example.com/flyteconnector/pod"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// task is one as the connector hands it over, with two containers.
func task(t *testing.T, fields map[string]any) plugin.Task {
	t.Helper()
	task := plugin.Task{
		Type: TaskType, Name: "count-delays-4f1c2a", Namespace: "flytesnacks-development",
		Labels:           map[string]string{"execution-id": "f1"},
		Annotations:      map[string]string{"team": "flights"},
		PrimaryContainer: "main",
		OutputPrefix:     "s3://bucket/f1/n0/data/0",
	}
	task.Pod.Labels = map[string]string{"execution-id": "f1"}
	task.Pod.Annotations = map[string]string{plugin.DefaultContainer: "main"}
	task.Pod.Spec.RestartPolicy = corev1.RestartPolicyNever
	task.Pod.Spec.ServiceAccountName = "runner"
	task.Pod.Spec.Tolerations = []corev1.Toleration{{Key: "gpu", Operator: corev1.TolerationOpExists}}
	task.Pod.Spec.Containers = []corev1.Container{
		{Name: "proxy", Image: "proxy:1", Args: []string{"--serve"}},
		{Name: "main", Image: "task:1", Args: []string{"pyflyte-execute", "--inputs", "s3://bucket/inputs.pb"},
			Env: []corev1.EnvVar{{Name: "FLYTE_FAIL_ON_ERROR", Value: "true"}},
			Resources: corev1.ResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1500m"), corev1.ResourceMemory: resource.MustParse("2Gi")},
				Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("3Gi"), "nvidia.com/gpu": resource.MustParse("1")},
			}},
	}
	if fields != nil {
		task.Custom = custom(t, fields)
	}
	return task
}

func build(t *testing.T, p Plugin, task plugin.Task) *unstructured.Unstructured {
	t.Helper()
	resource, err := p.BuildResource(task)
	if err != nil {
		t.Fatal(err)
	}
	return resource
}

// everything is a task that says all that it can say, and plugin one with all of its settings.
func everything(t *testing.T) plugin.Task {
	task := task(t, map[string]any{
		"sparkConf": map[string]any{"spark.sql.shuffle.partitions": "64", "spark.eventLog.enabled": "false", "spark.executor.cores": "4"},
		"executors": 8, "submissionRetries": 3, "ttlSecondsAfterFinished": 3600, "mainApplicationFile": "local:///usr/local/bin/entrypoint.py",
		"driverPod": map[string]any{"metadata": map[string]any{"labels": map[string]any{"role": "boss"}}, "spec": map[string]any{
			"containers": []any{map[string]any{"name": "main", "resources": map[string]any{"limits": map[string]any{"nvidia.com/gpu": nil}}}},
		}},
		"executorPod": map[string]any{"spec": map[string]any{
			"priorityClassName": "batch", "terminationGracePeriodSeconds": 60,
			"containers": []any{
				map[string]any{"name": "main", "image": "task:1-gpu", "env": []any{map[string]any{"name": "OMP_NUM_THREADS", "value": "1"}}},
				map[string]any{"name": "proxy", "$patch": "delete"},
			},
		}},
	})
	task.Interruptible, task.Timeout = true, 90*time.Second+500*time.Millisecond
	return task
}

var settings = Plugin{
	Conf:           map[string]string{"spark.eventLog.enabled": "true", "spark.eventLog.dir": "s3a://history", "spark.driver.memory": "9g"},
	ServiceAccount: "spark",
	Interruptible: map[string]any{"spec": map[string]any{
		"nodeSelector": map[string]any{"spot": "true"}, "tolerations": []any{map[string]any{"key": "spot", "operator": "Exists"}},
	}},
}

func TestTheSparkApplicationIsTheGoldenOne(t *testing.T) {
	plain := task(t, nil)
	plain.Pod.Spec.Containers = plain.Pod.Spec.Containers[1:]
	plain.Pod.Spec.Containers[0].Resources = corev1.ResourceRequirements{}
	plain.Pod.Spec.ServiceAccountName = ""
	interruptible := task(t, nil)
	interruptible.Interruptible = true
	cases := map[string]plugin.Task{
		"nothing_said": plain, "with_resources": task(t, nil), "interruptible": interruptible, "everything": everything(t),
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := yaml.Marshal(build(t, settings, c).Object)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, "testdata/"+name+".yaml", string(got))
		})
	}
}

func compare(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v; go test -update writes it", err)
	}
	if got != string(want) {
		t.Errorf("differs from %s (go test -update rewrites it):\n%s", golden, got)
	}
}

func TestASparkTaskIsLeftAlone(t *testing.T) {
	given, same := everything(t), everything(t)
	build(t, settings, given)
	before, _ := yaml.Marshal(same.Pod)
	if after, _ := yaml.Marshal(given.Pod); string(after) != string(before) {
		t.Errorf("the task's own pod is now\n%s", after)
	}
}

func TestABadSpecBecomesNoApplication(t *testing.T) {
	if _, err := (Plugin{}).BuildResource(task(t, map[string]any{"executors": -1})); err == nil {
		t.Error("an application with -1 executors was built")
	}
}

// The operator calls the driver's pod <name>-driver, and cuts the names of its Services; Spark calls executors <prefix>-exec-N.
func TestTheLongestNameLeavesRoomForThoseOfPods(t *testing.T) {
	name := connectorpod.Name("wf."+strings.Repeat("a", 100), "s3://bucket/f1/n0/data/0")
	given := task(t, nil)
	given.Name = name
	prefix, _, _ := unstructured.NestedString(build(t, Plugin{}, given).Object, "spec", "sparkConf", "spark.kubernetes.executor.podNamePrefix")
	for _, derived := range []string{name + "-driver", prefix + "-exec-99999"} {
		if wrong := validation.IsDNS1123Label(derived); len(name) != 48 || len(wrong) > 0 {
			t.Errorf("%s (from a name of %d characters) is no host name: %v", derived, len(name), wrong)
		}
	}
	if wrong := validation.IsDNS1035Label(name); len(wrong) > 0 {
		t.Errorf("the operator's webhook refuses the name %s: %v", name, wrong)
	}
}
