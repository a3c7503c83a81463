package main

import (
	"slices"
	"strings"
	"testing"

	"example.com/larkspur/plugins/spark"
	"sigs.k8s.io/yaml"
)

func TestEverySparkFixtureBecomesASparkApplication(t *testing.T) {
	minimal, maximal := spec(t, fixtures+"/spark_minimal.json"), spec(t, fixtures+"/spark_maximal.json")
	for name, got := range map[string]any{
		"the file that the driver runs":         minimal["mainApplicationFile"] == "local:///opt/venv/bin/entrypoint.py",
		"executors of a task that says nothing": minimal["executor"].(map[string]any)["instances"] == 2.0,
		"executors":                             maximal["executor"].(map[string]any)["instances"] == 8.0,
		"time to live":                          maximal["timeToLiveSeconds"] == 3600.0,
		"retries":                               maximal["restartPolicy"].(map[string]any)["onSubmissionFailureRetries"] == 3.0,
		"sparkConf":                             maximal["sparkConf"].(map[string]any)["spark.sql.shuffle.partitions"] == "64",
	} {
		if got != true {
			t.Errorf("%s did not arrive in\n%v\n%v", name, minimal, maximal)
		}
	}
	text, err := yaml.Marshal(maximal)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"role: boss", "name: OMP_NUM_THREADS", "terminationGracePeriodSeconds: 60", "name: GREETING", "- pyflyte-execute",
		"memory: 2194m", "coreRequest: 1500m", "activeDeadlineSeconds: 1830",
	} {
		if strings.Count(string(text), want) == 0 {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

func TestBothSidesSpellTheTaskTypeOfSparkAlike(t *testing.T) {
	sent, served := template(t, fixtures+"/spark_minimal.json").GetType(), spark.Plugin{}.Resource().TaskTypes
	if !slices.Contains(served, sent) {
		t.Errorf("the SDK sends task type %q, and the plugin serves %q", sent, served)
	}
}

func TestPhaseOfASparkApplication(t *testing.T) {
	input := "kind: SparkApplication\nmetadata: {name: a, namespace: ns}\nspec: {executor: {instances: 1}}\n" +
		"status: {applicationState: {state: RUNNING}, sparkApplicationId: spark-1}\n"
	var out strings.Builder
	if err := run([]string{"phase"}, strings.NewReader(input), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"phase: Running", "https://logs.example.com/ns/a-exec-1", "https://spark.example.com/ns/a"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestWhatNoPluginServesIsNamed(t *testing.T) {
	for input, want := range map[string]string{
		"kind: Deployment": `no plugin here has the kind "Deployment"`, "{}": `no plugin here has the kind ""`,
	} {
		if err := run([]string{"phase"}, strings.NewReader(input), &strings.Builder{}); err == nil || err.Error() != want {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
