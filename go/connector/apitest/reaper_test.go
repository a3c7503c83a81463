//go:build apitest

package apitest

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/gen/flyteidl/admin"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/watch"
)

// try is an attempt of a task of an execution.
func try(namespace, execution, prefix string, attempt uint32) *admin.CreateTaskRequest {
	wanted := request(namespace, prefix)
	wanted.TaskExecutionMetadata.TaskExecutionId = &flyte.TaskExecutionIdentifier{
		TaskId:       wanted.GetTemplate().GetId(),
		RetryAttempt: attempt,
		NodeExecutionId: &flyte.NodeExecutionIdentifier{
			NodeId:      "n0",
			ExecutionId: &flyte.WorkflowExecutionIdentifier{Project: "p", Domain: "d", Name: execution},
		},
	}
	return wanted
}

// state finds a note by its output prefix: "" if it is gone, "ending" or "there".
func state(t *testing.T, namespace, prefix string) string {
	t.Helper()
	for _, note := range all(t, namespace) {
		if note.Annotations[core.OutputPrefixAnnotation] == prefix {
			return map[bool]string{true: "ending", false: "there"}[note.DeletionTimestamp != nil]
		}
	}
	return ""
}

// untouched returns a check that nothing but what it is told of has changed since.
func untouched(t *testing.T, namespace string) func(except ...string) {
	t.Helper()
	before := map[string]string{}
	list := func() []corev1.ConfigMap {
		found, err := cluster.Kube.CoreV1().ConfigMaps(namespace).List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return found.Items
	}
	for _, note := range list() {
		before[note.Name] = note.ResourceVersion
	}
	return func(except ...string) {
		t.Helper()
		after := map[string]string{}
		for _, note := range list() {
			after[note.Name] = note.ResourceVersion
			for _, prefix := range except {
				if note.Annotations[core.OutputPrefixAnnotation] == prefix {
					after[note.Name] = before[note.Name]
				}
			}
		}
		for name, version := range before {
			if after[name] != version {
				t.Errorf("%s was at resource version %s, and is at %q", name, version, after[name])
			}
		}
	}
}

// With Flyte 2, a delete that fails before a retry is only logged, and that attempt runs on.
func TestTheNextAttemptEndsTheOneBeforeThatFlyteHasLost(t *testing.T) {
	connector, namespace := start(t)
	elsewhere := cluster.Namespace(t)
	other := Connect(t, cluster.Identity(t, elsewhere, rules()), elsewhere, note{})
	other.Create(t, try(elsewhere, "e", "s3://b/e/n0/0", 0))
	for _, c := range []*admin.CreateTaskRequest{
		try(namespace, "e", "s3://b/e/n0/0", 0),
		try(namespace, "f", "s3://b/e/n0/00", 0),   // another execution in the same folder
		try(namespace, "e", "s3://b/e/n1/0", 0),    // another folder of the execution, as in a sub-workflow
		try(namespace, "e", "s3://b/e/n0/task", 0), // a folder that is no number, as in local runs
		try(namespace, "e", "s3://b/e/n0/2", 2),    // a later attempt
	} {
		connector.Create(t, c)
	}
	here, there := untouched(t, namespace), untouched(t, elsewhere)
	raw := connector.Create(t, try(namespace, "e", "s3://b/e/n0/1", 1))
	Eventually(t, "the first attempt is being deleted", func() bool { return state(t, namespace, "s3://b/e/n0/0") == "ending" })
	if phase := connector.Get(t, noteType, raw).GetPhase(); phase != flyte.TaskExecution_QUEUED {
		t.Errorf("want the second attempt QUEUED, got %s", phase)
	}
	here("s3://b/e/n0/0")
	there()
}

func TestAnAttemptThatComesAfterItsSuccessorIsSwept(t *testing.T) {
	namespace := cluster.Namespace(t)
	identity := cluster.Identity(t, namespace, rules())
	engine := Engine(t, identity, namespace, func(*core.Config, *watch.Config) {}, note{})
	for _, wanted := range []*admin.CreateTaskRequest{
		try(namespace, "e", "s3://b/e/n0/1", 1), try(namespace, "f", "s3://b/f/n0/0", 0), try(namespace, "e", "s3://b/e/n0/0", 0),
	} {
		if _, err := engine.Create(t.Context(), Attempt(t, wanted)); err != nil {
			t.Fatal(err)
		}
	}
	Eventually(t, "the late one is being deleted", func() bool { return state(t, namespace, "s3://b/e/n0/0") == "ending" })
	for _, kept := range []string{"s3://b/e/n0/1", "s3://b/f/n0/0"} {
		if got := state(t, namespace, kept); got != "there" {
			t.Errorf("want %s untouched, it is %q", kept, got)
		}
	}
}

func TestWhatHasFinishedIsSweptAfterAWhileAndNothingElse(t *testing.T) {
	namespace := cluster.Namespace(t)
	engine := Engine(t, cluster.Identity(t, namespace, rules()), namespace, func(c *core.Config, _ *watch.Config) {
		c.KeepFinished = 500 * time.Millisecond
	}, note{})
	for prefix, phase := range map[string]string{"s3://b/done/0": "done", "s3://b/running/0": "running", "s3://b/odd/0": "?"} {
		if _, err := engine.Create(t.Context(), Attempt(t, request(namespace, prefix, "phase", phase))); err != nil {
			t.Fatal(err)
		}
	}
	options := metav1.CreateOptions{}
	foreign := &corev1.ConfigMap{ // has the label and is finished, but no connector of this type made it
		ObjectMeta: metav1.ObjectMeta{Name: "foreign", Labels: map[string]string{core.ManagedLabel: "true"}},
		Data:       map[string]string{"phase": "done"},
	}
	if _, err := cluster.Kube.CoreV1().ConfigMaps(namespace).Create(t.Context(), foreign, options); err != nil {
		t.Fatal(err)
	}
	check := untouched(t, namespace)
	Eventually(t, "the finished one is being deleted", func() bool { return state(t, namespace, "s3://b/done/0") == "ending" })
	time.Sleep(time.Second)
	check("s3://b/done/0")
}
