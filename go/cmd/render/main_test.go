package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
	core2 "example.com/flyteconnector/gen/flyteidl2/core"
	"example.com/larkspur/plugins/job"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"sigs.k8s.io/yaml"
)

// The fixtures are whole TaskTemplates that the SDK's tests write: what Python sends, Go must understand to the last key.
const fixtures = "../../../proto/fixtures"

var variable = regexp.MustCompile(`{{\.\w+}}`)

func template(t *testing.T, fixture string) *core.TaskTemplate {
	t.Helper()
	text, err := os.ReadFile(fixture)
	if err != nil {
		t.Fatal(err)
	}
	template := &core.TaskTemplate{}
	if !strings.Contains(fixture, "flyte2") {
		if err := protojson.Unmarshal(text, template); err != nil { // strict: unknown keys are errors
			t.Fatal(err)
		}
		return template
	}
	sent := &core2.TaskTemplate{}
	if err := protojson.Unmarshal(text, sent); err != nil {
		t.Fatal(err)
	}
	wire, err := proto.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	if err := proto.Unmarshal(wire, template); err != nil { // as the connector reads Flyte 2
		t.Fatal(err)
	}
	return template
}

func request(t *testing.T, fixture string) string {
	t.Helper()
	template := template(t, fixture)
	for i, word := range template.GetContainer().GetArgs() {
		template.GetContainer().Args[i] = variable.ReplaceAllString(word, "s3://bucket/f1/n0/data/0") // as the engine does
	}
	sent, err := protojson.Marshal(&admin.CreateTaskRequest{
		Template:              template,
		OutputPrefix:          "s3://bucket/f1/n0/data/0",
		TaskExecutionMetadata: &admin.TaskExecutionMetadata{Namespace: "flytesnacks-development"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(sent)
}

func spec(t *testing.T, fixture string) map[string]any {
	t.Helper()
	var out strings.Builder
	if err := run([]string{"resource"}, strings.NewReader(request(t, fixture)), &out); err != nil {
		t.Fatal(err)
	}
	var job map[string]any
	if err := yaml.Unmarshal([]byte(out.String()), &job); err != nil {
		t.Fatal(err)
	}
	return job["spec"].(map[string]any)
}

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
	input := "kind: Job\nstatus: {active: 1}\n---\nstatus: {phase: Running}\nmetadata: {name: a, namespace: ns}\n" +
		"spec: {containers: [{name: primary}]}\n"
	var out strings.Builder
	if err := run([]string{"phase"}, strings.NewReader(input), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"phase: Running", "https://logs.example.com/ns/a"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestErrorsSayWhatWasRead(t *testing.T) {
	cases := map[string]struct {
		args        []string
		input, want string
	}{
		"no mode":             {nil, "", "usage: render resource"},
		"an unknown mode":     {[]string{"resources"}, "", `"resources": usage`},
		"no request":          {[]string{"resource"}, "{", "read a CreateTaskRequest"},
		"a request of no use": {[]string{"resource"}, "{}", "template is missing"},
		"no resource":         {[]string{"phase"}, "a: b: c", "read the resource"},
		"a pod with a typo":   {[]string{"phase"}, "kind: Job\n---\nstatsu: {}", "read pod 0"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := run(c.args, strings.NewReader(c.input), &strings.Builder{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant one with %q", err, c.want)
			}
		})
	}
}
