package job

import (
	"flag"
	"os"
	"testing"
	"time"

	"example.com/flyteconnector/plugin"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

func task(t *testing.T, fields map[string]any) plugin.Task {
	task := plugin.Task{
		Type: TaskType, Name: "count-delays-4f1c2a", Namespace: "flytesnacks-development",
		Labels:           map[string]string{"execution-id": "f1"},
		PrimaryContainer: "main",
		OutputPrefix:     "s3://bucket/f1/n0/data/0",
	}
	task.Pod.Labels = task.Labels
	task.Pod.Spec.RestartPolicy = corev1.RestartPolicyNever
	task.Pod.Spec.Containers = []corev1.Container{
		{Name: "proxy", Image: "proxy:1"},
		{Name: "main", Image: "task:1", Args: []string{"pyflyte-execute"}, Env: []corev1.EnvVar{{Name: "A", Value: "1"}}},
	}
	if fields != nil {
		task.Custom = custom(t, fields)
	}
	return task
}

func TestBuildResource(t *testing.T) {
	withTimeout := task(t, nil)
	withTimeout.Timeout = 90*time.Second + 500*time.Millisecond
	cases := map[string]plugin.Task{
		"one_worker":      task(t, nil),
		"four_workers":    task(t, map[string]any{"completions": 4, "parallelism": 2, "maxFailedIndexes": 1}),
		"first_worker":    task(t, map[string]any{"completions": 2, "doneWhen": "DONE_WHEN_FIRST_WORKER"}),
		"with_timeout":    withTimeout,
		"patient_workers": task(t, map[string]any{"completions": 2, "backoffLimitPerIndex": 3, "ttlSecondsAfterFinished": 3600}),
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			resource, err := Plugin{}.BuildResource(c)
			if err != nil {
				t.Fatal(err)
			}
			got, err := yaml.Marshal(resource.Object)
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

func TestBuildResourceLeavesTheTaskAlone(t *testing.T) {
	task := task(t, map[string]any{"completions": 2})
	if _, err := (Plugin{}).BuildResource(task); err != nil {
		t.Fatal(err)
	}
	if n := len(task.Pod.Spec.Containers[1].Env); n != 1 {
		t.Errorf("the task's own pod has %d environment variables now, not 1", n)
	}
}

func TestBuildResourceRefusesABadSpec(t *testing.T) {
	if _, err := (Plugin{}).BuildResource(task(t, map[string]any{"completions": -1})); err == nil {
		t.Error("a Job with -1 workers was built")
	}
}
