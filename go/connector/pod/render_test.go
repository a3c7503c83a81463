package pod

import (
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
)

func primitive(value *core.Primitive) *core.Literal {
	scalar := &core.Scalar{Value: &core.Scalar_Primitive{Primitive: value}}
	return &core.Literal{Value: &core.Literal_Scalar{Scalar: scalar}}
}

func text(value string) *core.Literal {
	return primitive(&core.Primitive{Value: &core.Primitive_StringValue{StringValue: value}})
}

// thirdAttempt is a request whose variables all have a value of their own.
func thirdAttempt(inputs map[string]*core.Literal) *admin.CreateTaskRequest {
	request := attemptOf("run1", "s3://b/m/run1/n0/data/2", 2)
	request.TaskExecutionMetadata.Namespace = "p-d"
	request.Inputs = &core.LiteralMap{Literals: inputs}
	return request
}

// everyKind has an input of each kind that has a text.
func everyKind() map[string]*core.Literal {
	return map[string]*core.Literal{
		"word":  text("{{.namespace}}"),
		"whole": primitive(&core.Primitive{Value: &core.Primitive_Integer{Integer: 7}}),
		"Case":  primitive(&core.Primitive{Value: &core.Primitive_FloatValue{FloatValue: 0.5}}),
		"yes":   primitive(&core.Primitive{Value: &core.Primitive_Boolean{Boolean: true}}),
		"when":  primitive(&core.Primitive{Value: &core.Primitive_Datetime{Datetime: timestamppb.New(time.Unix(0, 0))}}),
		"long":  primitive(&core.Primitive{Value: &core.Primitive_Duration{Duration: durationpb.New(90 * time.Second)}}),
		"list":  {Value: &core.Literal_Collection{Collection: &core.LiteralCollection{Literals: []*core.Literal{text("a"), text("b")}}}},
		"file": {Value: &core.Literal_Scalar{Scalar: &core.Scalar{Value: &core.Scalar_Blob{
			Blob: &core.Blob{Uri: "s3://b/file"}}}}},
	}
}

func TestEveryVariableOfAPodTemplateIsReplaced(t *testing.T) {
	cases := map[string]string{
		"{{.input}}":                      "s3://b/m/run1/n0/data/inputs.pb",
		"{{ .InputPrefix }}":              "s3://b/m/run1/n0/data",
		"{{.outputPrefix}}":               "s3://b/m/run1/n0/data/2",
		"--to={{ $OUTPUTPREFIX }}/x":      "--to=s3://b/m/run1/n0/data/2/x",
		"{{.rawOutputDataPrefix}}":        "s3://b/m/run1/n0/data/2",
		"{{.checkpointOutputPrefix}}":     "s3://b/m/run1/n0/data/2/_flytecheckpoints",
		"{{.prevCheckpointPrefix}}":       "s3://b/m/run1/n0/data/1/_flytecheckpoints",
		"{{.namespace}}":                  "p-d",
		"{{.perRetryUniqueKey}}":          "job_abc",
		"{{.inputs.word}}":                "{{.namespace}}", // a value is not rendered again
		"{{.inputs.whole}}{{.namespace}}": "7p-d",
		"{{.Inputs.Case}}":                "0.5",
		"{{.inputs.yes}}":                 "true",
		"{{.inputs.when}}":                "1970-01-01T00:00:00Z",
		"{{.inputs.long}}":                "1m30s",
		"{{.inputs.list}}":                "[a,b]",
		"{{.inputs.file}}":                "s3://b/file",
		"{{.my}} {{ user }} {{}}":         "{{.my}} {{ user }} {{}}", // the user's own
		"{{.runName}}":                    "{{.runName}}",            // no variable of Flyte 1
	}
	variables := variablesOf(thirdAttempt(everyKind()), "job-abc", Flyte1)
	for word, want := range cases {
		got, err := variables.render([]string{word}, "args")
		if err != nil || !slices.Equal(got, []string{want}) {
			t.Errorf("%s: got %q, %v; want %q", word, got, err, want)
		}
	}
}

func TestAVariableThatNobodyCanTellIsAnError(t *testing.T) {
	one := map[string]*core.Literal{"x": text("1"), "odd": {Value: &core.Literal_Map{}}}
	cases := map[string]struct {
		engine Engine
		inputs map[string]*core.Literal
		word   string
		want   string
	}{
		"the template's place":             {Flyte1, nil, "{{.taskTemplatePath}}", "args[1]: {{.taskTemplatePath}}: nobody can tell"},
		"an input that is not there":       {Flyte1, one, "{{.inputs.y}}", `args[1]: {{.inputs.y}}: the task has no input "y"`},
		"an input without a text":          {Flyte1, one, "{{.inputs.odd}}", "Literal_Map has no text"},
		"the inputs of Flyte 2":            {Flyte2, one, "{{.input}}", "Flyte 2 stores a run's inputs where only the engine knows"},
		"the folder of Flyte 2's inputs":   {Flyte2, one, "{{ .inputPrefix }}", "use a container task"},
		"the first of several is reported": {Flyte1, one, "{{.inputs.a}} {{.inputs.b}}", `no input "a"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := variablesOf(thirdAttempt(c.inputs), "n", c.engine).render([]string{"first", c.word}, "args")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestThePreviousCheckpoints(t *testing.T) {
	for name, c := range map[string]struct {
		prefix  string
		attempt uint32
		want    string
	}{
		"a first attempt has none":          {"s3://b/n0/data/0", 0, `""`},
		"Flyte 1 counts from 0":             {"s3://b/n0/data/1", 1, "s3://b/n0/data/0/_flytecheckpoints"},
		"a first attempt of Flyte 2":        {"s3://b/run/a0/1", 0, `""`},
		"Flyte 2 counts from 1":             {"s3://b/run/a0/10", 9, "s3://b/run/a0/9/_flytecheckpoints"},
		"a folder that counts no attempts":  {"s3://b/run/x", 1, `""`},
		"a number that cannot be a second ": {"s3://b/run/0", 1, `""`},
	} {
		if got := previousCheckpoints(c.prefix, c.attempt); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestWhatTheEngineHasRenderedStaysAsItIs(t *testing.T) {
	request := real(t)["container_target"]
	request.Template.GetContainer().Args = []string{"--text", "{{.outputPrefix}} {{.runName}}"} // an input's value
	if _, container := finish(t, request); container.Args[1] != "{{.outputPrefix}} {{.runName}}" {
		t.Errorf("want no second rendering, got %q", container.Args)
	}
	request.Template.GetContainer().Command = []string{"run", "{{.outputPrefix}}"} // which no engine renders
	if _, container := finish(t, request); container.Command[1] != request.OutputPrefix {
		t.Errorf("want the command rendered, got %q", container.Command)
	}
	request = real(t)["k8s_pod_target_pod_template"]
	primary := podSpec(request)["containers"].GetListValue().Values[0].GetStructValue()
	primary.Fields["args"] = value(t, []any{"{{.outputPrefix}}"})
	if _, container := finish(t, request); container.Args[0] != "{{.outputPrefix}}" {
		t.Errorf("want a finished pod as it is, got %q", container.Args)
	}
}

func TestEveryContainerOfAnUnfinishedPodIsRendered(t *testing.T) {
	request := real(t)["k8s_pod_target_pod_template"]
	podSpec(request)["containers"] = value(t, []any{
		map[string]any{"name": "side", "args": []any{"{{.namespace}}"}},
		map[string]any{"name": "primary", "command": []any{"{{.inputs.spec}}"}, "args": []any{"{{.outputPrefix}}"}},
	})
	podSpec(request)["initContainers"] = value(t, []any{map[string]any{"name": "init", "args": []any{"{{.input}}"}}})
	task, err := Finish(request, Options{})
	if err != nil {
		t.Fatal(err)
	}
	spec := task.Pod.Spec
	got := []string{spec.Containers[0].Args[0], spec.Containers[1].Command[0], spec.Containers[1].Args[0], spec.InitContainers[0].Args[0]}
	folder := strings.TrimSuffix(request.OutputPrefix, "/0")
	if want := []string{request.TaskExecutionMetadata.Namespace, `{"Run":6}`, request.OutputPrefix, folder + "/inputs.pb"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	podSpec(request)["initContainers"] = value(t, []any{map[string]any{"name": "init", "args": []any{"a", "{{.inputs.no}}"}}})
	if _, err := Finish(request, Options{}); err == nil || !strings.Contains(err.Error(), "template.k8s_pod.pod_spec.initContainers[0].args[1]") {
		t.Errorf("want the field named, got %v", err)
	}
}
