package job

import (
	"strings"
	"testing"

	"example.com/flyteconnector/plugin"
	"google.golang.org/protobuf/types/known/structpb"
)

func custom(t *testing.T, fields map[string]any) *structpb.Struct {
	t.Helper()
	result, err := structpb.NewStruct(fields)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestDefaults(t *testing.T) {
	spec, err := decode(plugin.Task{Type: TaskType})
	if err != nil {
		t.Fatal(err)
	}
	if spec.Completions != 1 || spec.Parallelism != 1 || spec.TtlSecondsAfterFinished != 600 {
		t.Errorf("a task that says nothing gives %v", spec)
	}
}

func TestParallelismFollowsCompletions(t *testing.T) {
	spec, err := decode(plugin.Task{Custom: custom(t, map[string]any{"completions": 4})})
	if err != nil || spec.Parallelism != 4 {
		t.Errorf("parallelism = %v, error %v; want all 4 workers at once", spec.GetParallelism(), err)
	}
}

// All that is refused, for every language: proto/fixtures/messages/job_refused.json, which ../wire_test.go reads.
func TestRefusals(t *testing.T) {
	cases := map[string]struct {
		custom map[string]any
		want   string
	}{
		"a key that the message does not have": {map[string]any{"completion": 4}, `unknown field "completion"`},
		"a text where a number belongs":        {map[string]any{"completions": "four"}, "completions"},
		"half a worker":                        {map[string]any{"completions": 1.5}, "completions"},
		"what breaks a rule":                   {map[string]any{"completions": 10_001}, "completions = 10001: must be between 1 and 10000"},
		"an unknown enum value":                {map[string]any{"doneWhen": "DONE_WHEN_NEVER"}, "doneWhen"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := decode(plugin.Task{Type: TaskType, Custom: custom(t, c.custom)})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant one with %q", err, c.want)
			}
		})
	}
}
