package pod

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation"
)

func TestNames(t *testing.T) {
	for task, readable := range map[string]string{
		"module.my_task":               "my-task",
		"a.b.Train":                    "train",
		"":                             "task",
		"日本語":                          "task",
		"nul\x00in\nit":                "nul-in-it",
		"9lives":                       "lives",
		"-_-":                          "task",
		"m." + strings.Repeat("x", 99): strings.Repeat("x", 35),
	} {
		name := Name(task, "s3://bucket/a/0")
		if !strings.HasPrefix(name, readable+"-") || len(name) != len(readable)+1+hashLength {
			t.Errorf("task %q: want %q and a hash, got %q", task, readable, name)
		}
		if problems := validation.IsDNS1035Label(name); len(problems) > 0 || len(name) > maxName {
			t.Errorf("task %q: %q is not a name: %v", task, name, problems)
		}
		if Name(task, "s3://bucket/a/1") == name {
			t.Errorf("task %q: the next attempt has the same name", task)
		}
	}
}

// An upgrade mid-flight must not create a second resource: the new connector has to find what the old one made. So none of
// these may ever change, whatever becomes of the code.
func TestNamesNeverChange(t *testing.T) {
	const flyte1 = "s3://my-s3-bucket/metadata/propeller/flytesnacks-development-"
	for _, vector := range []struct{ task, prefix, name string }{
		{"wf.job", "s3://bucket/a/0", "job-2zlilgepgh42"},
		{"wf.job", flyte1 + "h1/n0/data/0", "job-xftmqicfsbvg"},
		{"wf.job_r", flyte1 + "r1/n0/data/2", "job-r-3arze2ihfa6j"},
		{"wf.job", flyte1 + "sub1/n2/data/0/n0/0", "job-qxswiwz3txs6"},
		{"env.train", "s3://flyte-data/3f/flytesnacks/development/rabc/a0/1", "train-ep5lmgxetqsk"},
		{"日本語", "gs://b/x/0", "task-tlkegzdeyq3s"},
		{"m.AVeryLongName_thatGoesOnAndOnAndOn_andOnUntilItIsTooLong", "/tmp/flyte/raw/3f2a",
			"averylongname-thatgoesonandonandon-rsoqbd6xvr7s"},
		{"", "", "task-4oymiquy7qob"},
	} {
		if got := Name(vector.task, vector.prefix); got != vector.name {
			t.Errorf("the name of %q at %q changed from %s to %s", vector.task, vector.prefix, vector.name, got)
		}
	}
}
