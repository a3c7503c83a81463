//go:build apitest

package apitest

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"example.com/flyteconnector/core"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/watch"
)

// limited is the metadata of a task with a timeout.
func limited(timeout time.Duration) *flyte.TaskMetadata {
	return &flyte.TaskMetadata{Timeout: durationpb.New(timeout)}
}

// Flyte 2 sends the timeout and leaves it at that.
func TestATaskThatRunsTooLongFailsAndIsDeleted(t *testing.T) {
	connector, namespace := start(t)
	short, long := request(namespace, "s3://b/short/0", "phase", "running"), request(namespace, "s3://b/long/0", "phase", "running")
	short.Template.Metadata = limited(time.Second)
	long.Template.Metadata = limited(time.Hour)
	raw, other := connector.Create(t, short), connector.Create(t, long)
	connector.WaitFor(t, noteType, raw, flyte.TaskExecution_RUNNING)
	answer := connector.WaitFor(t, noteType, raw, flyte.TaskExecution_RETRYABLE_FAILED)
	if answer.GetMessage() != "timeout of 1s is over" || len(answer.GetLogLinks()) != 1 {
		t.Errorf("want the timeout as the reason and the link to the log, got %v", answer)
	}
	Eventually(t, "it is being deleted", func() bool { return state(t, namespace, "s3://b/short/0") == "ending" })
	if answer := connector.Get(t, noteType, raw); answer.GetMessage() != "timeout of 1s is over" {
		t.Errorf("want the same reason while it is being deleted, got %v", answer)
	}
	if phase := connector.Get(t, noteType, other).GetPhase(); phase != flyte.TaskExecution_RUNNING {
		t.Errorf("want the other one RUNNING, got %s", phase)
	}
}

func TestATimeoutThatNobodyAsksAboutIsSweptTwoMinutesLater(t *testing.T) {
	for name, c := range map[string]struct {
		later time.Duration
		want  string
	}{"a minute later": {time.Minute, "there"}, "three minutes later": {3 * time.Minute, "ending"}} {
		t.Run(name, func(t *testing.T) {
			namespace := cluster.Namespace(t)
			engine := Engine(t, cluster.Identity(t, namespace, rules()), namespace, func(config *core.Config, _ *watch.Config) {
				now := config.Now
				config.Now = func() time.Time { return now().Add(c.later) }
			}, note{})
			wanted := request(namespace, "s3://b/a/0", "phase", "running")
			wanted.Template.Metadata = limited(time.Second)
			if _, err := engine.Create(t.Context(), Attempt(t, wanted)); err != nil {
				t.Fatal(err)
			}
			if c.want == "ending" {
				Eventually(t, "it is being deleted", func() bool { return state(t, namespace, "s3://b/a/0") == "ending" })
				return
			}
			time.Sleep(time.Second) // ten sweeps
			if got := state(t, namespace, "s3://b/a/0"); got != "there" {
				t.Errorf("want it left to Flyte's own call, it is %q", got)
			}
		})
	}
}
