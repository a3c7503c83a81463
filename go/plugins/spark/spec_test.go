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

func TestWhatASparkTaskMayNotSay(t *testing.T) {
	cases := map[string]struct {
		custom map[string]any
		want   string
	}{
		"a key that the message does not have": {map[string]any{"executor": 4}, `unknown field "executor"`},
		"a text where a number belongs":        {map[string]any{"executors": "four"}, "executors"},
		"half an executor":                     {map[string]any{"executors": 1.5}, "executors"},
		"fewer executors than none":            {map[string]any{"executors": -1}, "executors = -1: must be between 1 and 10000"},
		"too many executors":                   {map[string]any{"executors": 10_001}, "executors = 10001: must be between 1 and 10000"},
		"negative retries":                     {map[string]any{"submissionRetries": -1}, "submissionRetries = -1: must be between 0 and 100"},
		"an application that vanishes early": {
			map[string]any{"ttlSecondsAfterFinished": 30}, "ttlSecondsAfterFinished = 30: must be between 120 and 2592000",
		},
		"a file of the operator's": {
			map[string]any{"mainApplicationFile": "file:///etc/passwd"}, `mainApplicationFile = "file:///etc/passwd": must be a path in the image`,
		},
		"a file of nobody's":               {map[string]any{"mainApplicationFile": "entrypoint.py"}, `= "entrypoint.py": must be a path`},
		"a number in sparkConf":            {map[string]any{"sparkConf": map[string]any{"spark.task.cpus": 2}}, "invalid value for string field value: 2"},
		"a key that Spark ignores":         {map[string]any{"sparkConf": map[string]any{"sql.x": "1"}}, `sparkConf["sql.x"] = "1": a key begins with "spark."`},
		"a pod template that is no object": {map[string]any{"driverPod": "main"}, "is not a larkspur.v1.Spark"},
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
