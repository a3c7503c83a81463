package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/larkspur/plugins/job"
	"sigs.k8s.io/yaml"
)

func TestEveryFixtureBecomesAJob(t *testing.T) {
	paths, err := filepath.Glob(fixtures + "/job_*.json")
	if err != nil || len(paths) < 2 {
		t.Fatalf("fixtures %v, error %v", paths, err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) { spec(t, path) })
	}
}

func TestGoReadsWhatPythonWrote(t *testing.T) {
	got := spec(t, fixtures+"/job_maximal.json")
	want := map[string]any{
		"completions": 4.0, "parallelism": 2.0, "backoffLimitPerIndex": 1.0, "maxFailedIndexes": 3.0,
		"ttlSecondsAfterFinished": 3600.0, "completionMode": "Indexed",
	}
	for field, value := range want {
		if got[field] != value {
			t.Errorf("%s is %v, want %v", field, got[field], value)
		}
	}
	if got["successPolicy"] == nil {
		t.Error("doneWhen was lost on the way")
	}
}

func TestAPodOfTheUsersOwnArrivesWhole(t *testing.T) {
	text, err := yaml.Marshal(spec(t, fixtures+"/job_pod.json")["template"])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"name: main", "name: sidecar", "name: COLOUR", "key: gpu", "team: flights", "example.com/owner: flights",
		"nvidia.com/gpu: \"1\"", "inject-flyte-secrets: \"true\"", "name: LARKSPUR_WORKER_COUNT",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in the pod:\n%s", want, text)
		}
	}
}

func TestBothSidesSpellTheTaskTypeAlike(t *testing.T) {
	sent, served := template(t, fixtures+"/job_minimal.json").GetType(), job.Plugin{}.Resource().TaskTypes
	if !slices.Contains(served, sent) {
		t.Errorf("the SDK sends task type %q, and the plugin serves %q", sent, served)
	}
}

func TestPhaseOfAResourceAndItsPods(t *testing.T) {
	job, pod := "kind: Job, status: {active: 1}", "status: {phase: Running}, metadata: {name: a, namespace: ns}, "+
		"spec: {containers: [{name: primary}]}"
	inputs := map[string]string{
		"documents":         fmt.Sprintf("{%s}\n---\n{%s}", job, pod),
		"a List of kubectl": fmt.Sprintf("kind: List\nitems: [{%s}, {%s}]", job, pod),
		"and a List alone":  fmt.Sprintf("{%s}\n---\n{kind: List, items: [{%s}]}", job, pod),
	}
	for name, input := range inputs {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if err := run([]string{"phase"}, strings.NewReader(input), &out); err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"phase: Running", "https://logs.example.com/ns/a"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%s", want, out.String())
				}
			}
		})
	}
}
