package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
	core2 "example.com/flyteconnector/gen/flyteidl2/core"
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
		"nothing in a list":   {[]string{"phase"}, "kind: List\nitems: []", "read the resource: there is none"},
		"two resources":       {[]string{"phase"}, "kind: Job\n---\nkind: Job", "read pod 0: it is a Job"},
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
