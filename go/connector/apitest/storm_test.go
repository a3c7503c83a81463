//go:build apitest

package apitest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/flyteconnector/gen/flyteidl/admin"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
)

// storms are faults that do not end within a call. Kubernetes' own client sits out a Retry-After until Flyte has hung up.
var storms = map[string]*Fault{
	"no connection":                  {},
	"the answer is lost each time":   {Committed: true},
	"too many requests":              {Status: http.StatusTooManyRequests},
	"too many requests, with a when": {Status: http.StatusTooManyRequests, RetryAfter: "1"},
	"internal errors":                {Status: http.StatusInternalServerError},
	"unavailable":                    {Status: http.StatusServiceUnavailable},
	"unavailable, with a when":       {Status: http.StatusServiceUnavailable, RetryAfter: "1"},
}

// ask calls GetTask a number of times, more often than Flyte would forgive errors, and wants the phase each time.
func ask(t *testing.T, connector *Flyte, raw []byte, want flyte.TaskExecution_Phase) {
	t.Helper()
	for range 7 {
		if answer := connector.Get(t, noteType, raw); answer.GetPhase() != want {
			t.Fatalf("want %s, got %s %q", want, answer.GetPhase(), answer.GetMessage())
		}
	}
}

func TestAStormCostsOneHonestErrorAndNothingIsLeft(t *testing.T) {
	for name := range storms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connector, proxy, namespace := startBehindProxy(t)
			raw := connector.Create(t, request(namespace, "s3://b/before/0", "phase", "running"))
			connector.WaitFor(t, noteType, raw, flyte.TaskExecution_RUNNING)
			storm := func(method string) *Fault {
				fault := storms[name]
				return &Fault{Method: method, Times: -1, Status: fault.Status, RetryAfter: fault.RetryAfter, Committed: fault.Committed}
			}
			proxy.Break(storm(http.MethodPost), storm(http.MethodDelete))
			began := time.Now()
			_, err := connector.CreateTask(t.Context(), request(namespace, "s3://b/a/0"))
			if status.Code(err) != codes.Unavailable {
				t.Errorf("CreateTask: want UNAVAILABLE, got %v", err)
			}
			category := &admin.TaskCategory{Name: noteType}
			_, err = connector.DeleteTask(t.Context(), &admin.DeleteTaskRequest{TaskCategory: category, ResourceMeta: raw})
			if status.Code(err) != codes.Unavailable && !(err == nil && storms[name].Committed) {
				t.Errorf("DeleteTask: want UNAVAILABLE, got %v", err)
			}
			if took := time.Since(began); took > 9*time.Second {
				t.Errorf("two calls with 2 s each took %s", took)
			}
			proxy.Break()
			Eventually(t, "what the create left behind is gone or ending", func() bool {
				return state(t, namespace, "s3://b/a/0") != "there"
			})
			connector.Delete(t, noteType, raw)
			if got := state(t, namespace, "s3://b/before/0"); got != "ending" {
				t.Errorf("want it being deleted, it is %q", got)
			}
		})
	}
}

// FlytePropeller forgives five errors in a task's whole life, however many answers come between.
func TestSixOutagesInATasksLifeAreNoErrorOfGetTask(t *testing.T) {
	connector, proxy, namespace := startBehindProxy(t)
	running := connector.Create(t, request(namespace, "s3://b/running/0", "phase", "running"))
	connector.WaitFor(t, noteType, running, flyte.TaskExecution_RUNNING)
	for range 6 {
		proxy.Break(&Fault{Times: -1})
		proxy.Cut()
		ask(t, connector, running, flyte.TaskExecution_RUNNING)
		proxy.Break()
		ask(t, connector, running, flyte.TaskExecution_RUNNING)
	}
	write(t, all(t, namespace)[0], "done")
	connector.WaitFor(t, noteType, running, flyte.TaskExecution_SUCCEEDED)
}

func TestAWatchThatIsBehindCostsNothingButTime(t *testing.T) {
	connector, proxy, namespace := startBehindProxy(t)
	raw := connector.Create(t, request(namespace, "s3://b/a/0", "phase", "running"))
	connector.WaitFor(t, noteType, raw, flyte.TaskExecution_RUNNING)
	proxy.Break(&Fault{Method: http.MethodGet, Times: -1})
	proxy.Cut()
	gone := all(t, namespace)[0]
	if err := cluster.Kube.CoreV1().ConfigMaps(namespace).Delete(t.Context(), gone.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	ask(t, connector, raw, flyte.TaskExecution_RUNNING)
	proxy.Break()
	answer := connector.WaitFor(t, noteType, raw, flyte.TaskExecution_RETRYABLE_FAILED)
	if !strings.Contains(answer.GetMessage(), "does not exist any more") {
		t.Errorf("want the reason, got %q", answer.GetMessage())
	}
	connector.Delete(t, noteType, raw)
}

func TestAPollCostsNoCallToTheAPIServer(t *testing.T) {
	connector, proxy, namespace := startBehindProxy(t)
	raw := connector.Create(t, request(namespace, "s3://b/a/0", "phase", "running"))
	connector.WaitFor(t, noteType, raw, flyte.TaskExecution_RUNNING)
	proxy.Break(&Fault{Method: "none"}) // and no watch is renewed so soon
	before := proxy.Calls()
	for range 20 {
		ask(t, connector, raw, flyte.TaskExecution_RUNNING)
	}
	if calls := proxy.Calls() - before; calls != 0 {
		t.Errorf("want no call for 140 polls, got %d", calls)
	}
}
