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
		"9lives":                       "lives",
		"-_-":                          "task",
		"m." + strings.Repeat("x", 99): strings.Repeat("x", 39),
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
	// Resources of running tasks are found by this name after an upgrade: it must never change.
	if got := Name("wf.job", "s3://bucket/a/0"); got != "job-2zlilgepgh42" {
		t.Errorf("the name of an attempt changed: %s", got)
	}
}
