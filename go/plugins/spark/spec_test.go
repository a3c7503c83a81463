package spark

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

func TestDefaultsOfSpark(t *testing.T) {
	spec, err := decode(plugin.Task{Type: TaskType})
	if err != nil {
		t.Fatal(err)
	}
	if spec.Executors != 2 || spec.TtlSecondsAfterFinished != 600 || spec.SubmissionRetries != 0 ||
		spec.MainApplicationFile != "local:///opt/venv/bin/entrypoint.py" {
		t.Errorf("a task that says nothing gives %v", spec)
	}
}

// All that is refused, for every language: proto/fixtures/messages/spark_refused.json, which ../wire_test.go reads.
func TestWhatASparkTaskMayNotSay(t *testing.T) {
	cases := map[string]struct {
		custom map[string]any
		want   string
	}{
		"a key that the message does not have": {map[string]any{"executor": 4}, `unknown field "executor"`},
		"half an executor":                     {map[string]any{"executors": 1.5}, "executors"},
		"what breaks a rule":                   {map[string]any{"executors": -1}, "executors = -1: must be between 1 and 10000"},
		"what the connector's policy refuses":  {map[string]any{"sparkConf": map[string]any{"spark.master": "local"}}, "is refused: the operator decides"},
		"a number in sparkConf":                {map[string]any{"sparkConf": map[string]any{"spark.task.cpus": 2}}, "invalid value for string field value: 2"},
		"a pod template that is no object":     {map[string]any{"driverPod": "main"}, "is not a larkspur.v1.Spark"},
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
