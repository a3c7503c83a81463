//go:build apitest

package apitest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"example.com/flyteconnector/gen/flyteidl/admin"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
)

func TestOneFaultIsBridged(t *testing.T) {
	faults := map[string]*Fault{
		"the connection breaks before":  {},
		"the answer is lost afterwards": {Committed: true},
		"too many requests":             {Status: http.StatusTooManyRequests},
		"internal error":                {Status: http.StatusInternalServerError},
		"unavailable":                   {Status: http.StatusServiceUnavailable},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			connector, proxy, namespace := startBehindProxy(t)
			proxy.Break(&Fault{Method: http.MethodPost, Times: 1, Status: fault.Status, Committed: fault.Committed})
			raw := connector.Create(t, request(namespace, "s3://b/a/0"))
			if found := all(t, namespace); len(found) != 1 {
				t.Fatalf("want one resource, got %d", len(found))
			}
			connector.WaitFor(t, noteType, raw, flyte.TaskExecution_QUEUED)
			proxy.Break(&Fault{Method: http.MethodDelete, Times: 1, Status: fault.Status, Committed: fault.Committed})
			connector.Delete(t, noteType, raw)
			if found := all(t, namespace); found[0].DeletionTimestamp == nil {
				t.Fatal("the resource is not being deleted")
			}
		})
	}
}

func TestAnOutageIsNoErrorOfGetTask(t *testing.T) {
	connector, proxy, namespace := startBehindProxy(t)
	raw := connector.Create(t, request(namespace, "s3://b/a/0"))
	write(t, all(t, namespace)[0], "running")
	connector.WaitFor(t, noteType, raw, flyte.TaskExecution_RUNNING)
	proxy.Break(&Fault{Times: -1})
	proxy.Cut()
	for range 10 {
		if answer := connector.Get(t, noteType, raw); answer.GetPhase() != flyte.TaskExecution_RUNNING {
			t.Fatalf("want RUNNING from the cache, got %s", answer.GetPhase())
		}
	}
	began := time.Now()
	category := &admin.TaskCategory{Name: noteType}
	_, err := connector.DeleteTask(t.Context(), &admin.DeleteTaskRequest{TaskCategory: category, ResourceMeta: raw})
	if took := time.Since(began); status.Code(err) != codes.Unavailable || took > 4*time.Second {
		t.Fatalf("want UNAVAILABLE after the inner deadline of 2 s, got %v after %s", err, took)
	}
	proxy.Break(nil)
	write(t, all(t, namespace)[0], "done")
	connector.WaitFor(t, noteType, raw, flyte.TaskExecution_SUCCEEDED)
}

func TestACreateThatTheCacheHasNotHeardOfIsNotLost(t *testing.T) {
	connector, proxy, namespace := startBehindProxy(t)
	proxy.Break(&Fault{Method: http.MethodGet, Times: -1})
	proxy.Cut()
	raw := connector.Create(t, request(namespace, "s3://b/a/0"))
	answer := connector.Get(t, noteType, raw)
	if answer.GetPhase() != flyte.TaskExecution_QUEUED || !strings.Contains(answer.GetMessage(), "waiting for the Kubernetes API") {
		t.Fatalf("want QUEUED, waiting for the API, got %s %q", answer.GetPhase(), answer.GetMessage())
	}
	proxy.Break(nil)
	Eventually(t, "the plugin is asked", func() bool { return connector.Get(t, noteType, raw).GetMessage() == "0 pods" })
}

func TestACreateThatComesTooLateIsUndone(t *testing.T) {
	connector, proxy, namespace := startBehindProxy(t)
	proxy.Break(&Fault{Method: http.MethodPost, Times: -1, Delay: 2500 * time.Millisecond})
	if _, err := connector.CreateTask(t.Context(), request(namespace, "s3://b/a/0")); status.Code(err) != codes.Unavailable {
		t.Fatalf("want UNAVAILABLE after the inner deadline of 2 s, got %v", err)
	}
	Eventually(t, "what came late is being deleted", func() bool {
		found := all(t, namespace)
		return len(found) == 1 && found[0].DeletionTimestamp != nil
	})
}
