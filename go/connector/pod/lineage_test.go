package pod

import (
	"testing"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
)

func attemptOf(execution, prefix string, retry uint32) *admin.CreateTaskRequest {
	return &admin.CreateTaskRequest{
		OutputPrefix: prefix,
		TaskExecutionMetadata: &admin.TaskExecutionMetadata{TaskExecutionId: &core.TaskExecutionIdentifier{
			RetryAttempt: retry,
			NodeExecutionId: &core.NodeExecutionIdentifier{
				NodeId: "n0", ExecutionId: &core.WorkflowExecutionIdentifier{Name: execution},
			},
		}},
	}
}

func TestLineage(t *testing.T) {
	first := attemptOf("e", "s3://b/e/n0/data/0", 0)
	if lineage(first) == "" || lineage(first) != lineage(attemptOf("e", "s3://b/e/n0/data/1", 1)) {
		t.Error("two attempts of one task have one lineage")
	}
	for name, other := range map[string]*admin.CreateTaskRequest{
		"the same node id in a sub-workflow": attemptOf("e", "s3://b/e/n1/data/0/n0/0", 0),
		"another execution":                  attemptOf("f", "s3://b/e/n0/data/0", 0),
	} {
		if lineage(other) == lineage(first) {
			t.Errorf("%s has the same lineage", name)
		}
	}
	for name, unknown := range map[string]*admin.CreateTaskRequest{
		"a local run, whose tasks share a folder": attemptOf("e", "/tmp/flyte/raw/3f2a", 0),
		"no execution": attemptOf("", "s3://b/e/n0/data/0", 0),
		"no folder":    attemptOf("e", "0", 0),
	} {
		if got := lineage(unknown); got != "" {
			t.Errorf("%s: want no lineage, got %s", name, got)
		}
	}
}

// Attempts that an older connector has made are reaped by this label: like names, it must never change.
func TestLineageNeverChanges(t *testing.T) {
	if got := lineage(attemptOf("e", "s3://b/e/n0/data/0", 0)); got != "3f1d26cbcd9df85a6c8486ba75770fe0" {
		t.Errorf("the lineage of an attempt changed: %s", got)
	}
}
