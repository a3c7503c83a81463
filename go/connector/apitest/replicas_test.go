//go:build apitest

package apitest

import (
	"bytes"
	"context"
	"net/http"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	flyte "example.com/flyteconnector/gen/flyteidl/core"
)

func TestThreeConnectorsAreAsGoodAsOne(t *testing.T) {
	a, namespace := start(t)
	b := Connect(t, cluster.Identity(t, namespace, rules()), namespace, note{})
	raw := a.Create(t, request(namespace, "s3://b/a/0", "phase", "running"))
	b.WaitFor(t, noteType, raw, flyte.TaskExecution_RUNNING)
	c := Connect(t, cluster.Identity(t, namespace, rules()), namespace, note{}) // as after an upgrade
	c.WaitFor(t, noteType, raw, flyte.TaskExecution_RUNNING)
	c.Delete(t, noteType, raw)
	for _, connector := range []*Flyte{a, b, c} {
		connector.WaitFor(t, noteType, raw, flyte.TaskExecution_RETRYABLE_FAILED)
	}
}

// The first connector ends between what the API server has done and its answer.
func TestACreateWhoseConnectorDiedIsTheNextOnes(t *testing.T) {
	one, proxy, namespace := startBehindProxy(t)
	proxy.Break(&Fault{Method: http.MethodPost, Times: -1, Committed: true})
	hungUp, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go func() {
		Eventually(t, "the resource is there", func() bool { return len(all(t, namespace)) == 1 })
		cancel()
	}()
	if _, err := one.CreateTask(hungUp, request(namespace, "s3://b/a/0")); status.Code(err) != codes.Canceled {
		t.Fatalf("want CANCELLED, got %v", err)
	}
	two := Connect(t, cluster.Identity(t, namespace, rules()), namespace, note{})
	first, second := two.Create(t, request(namespace, "s3://b/a/0")), two.Create(t, request(namespace, "s3://b/a/0"))
	if found := all(t, namespace); len(found) != 1 || !bytes.Equal(first, second) || !bytes.Contains(first, []byte(found[0].UID)) {
		t.Errorf("want one resource and the same meta twice, got %d, %s, %s", len(found), first, second)
	}
}

func TestACreateThatIsRepeatedAfterTheEndStartsNothing(t *testing.T) {
	connector, namespace := start(t)
	raw := connector.Create(t, request(namespace, "s3://b/a/0"))
	write(t, all(t, namespace)[0], "done")
	connector.WaitFor(t, noteType, raw, flyte.TaskExecution_SUCCEEDED)
	check := untouched(t, namespace)
	if again := connector.Create(t, request(namespace, "s3://b/a/0")); !bytes.Equal(raw, again) {
		t.Errorf("want %s again, got %s", raw, again)
	}
	if phase := connector.Get(t, noteType, raw).GetPhase(); phase != flyte.TaskExecution_SUCCEEDED {
		t.Errorf("want SUCCEEDED, got %s", phase)
	}
	check()
}

// The undo of a late create has sent its DELETE when the same create comes again.
func TestARepeatedCreateWaitsForADeleteThatIsOnItsWay(t *testing.T) {
	namespace := cluster.Namespace(t)
	proxy := NewProxy(t, cluster.Identity(t, namespace, rules()))
	options := Options(t, proxy.Config, namespace)
	options.Deadline = 6 * time.Second // the second call waits for the delete, looks again, and waits for the name
	connector := ConnectWith(t, options, note{})
	proxy.Break(
		&Fault{Method: http.MethodPost, Times: -1, Committed: true},
		&Fault{Method: http.MethodDelete, Times: 1, Delay: time.Second},
	)
	if _, err := connector.CreateTask(t.Context(), request(namespace, "s3://b/a/0")); status.Code(err) != codes.Unavailable {
		t.Fatalf("want UNAVAILABLE, got %v", err)
	}
	time.Sleep(300 * time.Millisecond) // the DELETE has been sent
	old := all(t, namespace)[0]
	proxy.Break()
	released := make(chan struct{})
	go func() { // plays the garbage collector
		defer close(released)
		Eventually(t, "the old resource is being deleted", func() bool { return state(t, namespace, "s3://b/a/0") == "ending" })
		release(t, all(t, namespace)[0])
	}()
	raw := connector.Create(t, request(namespace, "s3://b/a/0"))
	<-released
	fresh := all(t, namespace)
	if len(fresh) != 1 || fresh[0].UID == old.UID || fresh[0].DeletionTimestamp != nil || !bytes.Contains(raw, []byte(fresh[0].UID)) {
		t.Errorf("want a new resource that stays, got %+v and %s", fresh, raw)
	}
}

func TestAResourceThatAFinalizerHoldsEndsAtOnceForFlyte(t *testing.T) {
	connector, namespace := start(t)
	raw := connector.Create(t, request(namespace, "s3://b/a/0", "phase", "running"))
	held := all(t, namespace)[0]
	held.Finalizers = []string{"example.com/never"}
	if _, err := cluster.Kube.CoreV1().ConfigMaps(namespace).Update(t.Context(), &held, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		connector.Delete(t, noteType, raw)
	}
	connector.WaitFor(t, noteType, raw, flyte.TaskExecution_RETRYABLE_FAILED)
	if got := state(t, namespace, "s3://b/a/0"); got != "ending" {
		t.Errorf("want it held, it is %q", got)
	}
}
