//go:build apitest

package apitest

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/flyteconnector/core"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/pod"
)

func TestTheSameAttemptTenTimesIsOneResource(t *testing.T) {
	connector, namespace := start(t)
	first := connector.Create(t, request(namespace, "s3://b/a/0"))
	for range 9 {
		if again := connector.Create(t, request(namespace, "s3://b/a/0")); !bytes.Equal(first, again) {
			t.Fatalf("resource_meta changed from %s to %s", first, again)
		}
	}
	found := all(t, namespace)
	if len(found) != 1 || found[0].Annotations[core.OutputPrefixAnnotation] != "s3://b/a/0" || found[0].Labels["project"] != "p" {
		t.Fatalf("want one resource with the connector's annotation and Flyte's labels, got %+v", found)
	}
}

func TestTwentyCallsAtOnceOverTwoConnectorsAreOneResource(t *testing.T) {
	one, namespace := start(t)
	two := Connect(t, cluster.Identity(t, namespace, rules()), namespace, note{})
	answers := make([][]byte, 20)
	var running sync.WaitGroup
	for i := range answers {
		running.Go(func() {
			connector := []*Flyte{one, two}[i%2]
			answer, err := connector.CreateTask(t.Context(), request(namespace, "s3://b/a/0"))
			if err != nil {
				t.Errorf("call %d: %v", i, err)
			}
			answers[i] = answer.GetResourceMeta()
		})
	}
	running.Wait()
	for i, answer := range answers {
		if !bytes.Equal(answer, answers[0]) {
			t.Errorf("call %d got %s, call 0 got %s", i, answer, answers[0])
		}
	}
	if found := all(t, namespace); len(found) != 1 {
		t.Fatalf("want one resource, got %d", len(found))
	}
}

func TestAnotherAttemptIsAnotherResource(t *testing.T) {
	connector, namespace := start(t)
	connector.Create(t, request(namespace, "s3://b/a/0"))
	connector.Create(t, request(namespace, "s3://b/a/1"))
	if found := all(t, namespace); len(found) != 2 {
		t.Fatalf("want two resources, got %d", len(found))
	}
}

func TestAForeignResourceWithTheNameIsLeftAlone(t *testing.T) {
	connector, namespace := start(t)
	wanted := request(namespace, "s3://b/a/0")
	foreign := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{
		Name: pod.Name(wanted.GetTemplate().GetId().GetName(), wanted.GetOutputPrefix()),
	}}
	before, err := cluster.Kube.CoreV1().ConfigMaps(namespace).Create(t.Context(), foreign, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connector.CreateTask(t.Context(), wanted); status.Code(err) != codes.FailedPrecondition {
		t.Fatalf("want FAILED_PRECONDITION, got %v", err)
	}
	after, err := cluster.Kube.CoreV1().ConfigMaps(namespace).Get(t.Context(), before.Name, metav1.GetOptions{})
	if err != nil || after.ResourceVersion != before.ResourceVersion {
		t.Fatalf("the foreign resource changed: %v, %v", after, err)
	}
}

func TestAResourceThatIsBeingDeletedIsNotAdopted(t *testing.T) {
	connector, namespace := start(t)
	old := connector.Create(t, request(namespace, "s3://b/a/0"))
	connector.Delete(t, noteType, old) // foreground: without a garbage collector it stays, marked
	if _, err := connector.CreateTask(t.Context(), request(namespace, "s3://b/a/0")); status.Code(err) != codes.Unavailable {
		t.Fatalf("want UNAVAILABLE while the old one is there, got %v", err)
	}
	released := make(chan struct{})
	go func() { // plays the garbage collector
		defer close(released)
		time.Sleep(300 * time.Millisecond)
		release(t, all(t, namespace)[0])
	}()
	fresh := connector.Create(t, request(namespace, "s3://b/a/0"))
	<-released
	if bytes.Equal(old, fresh) {
		t.Fatal("the new resource has the old uid")
	}
	if phase := connector.Get(t, noteType, fresh).GetPhase(); phase != flyte.TaskExecution_QUEUED {
		t.Fatalf("want QUEUED for the new one, got %s", phase)
	}
}

func TestWhatCanNeverWorkIsAcceptedAndThenFails(t *testing.T) {
	connector, namespace := start(t)
	cases := map[string]struct{ field, value, want string }{
		"the plugin refuses":     {"refuse", "too many", "custom.refuse: too many"},
		"the API server refuses": {"not a key!", "x", "Invalid value"},
		"a text that is too big": {"big", strings.Repeat("x", 1<<20+1), "Too long"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			raw := connector.Create(t, request(namespace, "s3://b/"+name, c.field, c.value))
			answer := connector.Get(t, noteType, raw)
			if answer.GetPhase() != flyte.TaskExecution_FAILED || !strings.Contains(answer.GetMessage(), c.want) {
				t.Fatalf("want FAILED with %q, got %s %q", c.want, answer.GetPhase(), answer.GetMessage())
			}
			connector.Delete(t, noteType, raw)
		})
	}
	if found := all(t, namespace); len(found) != 0 {
		t.Fatalf("want no resource, got %d", len(found))
	}
}

// release plays the garbage collector: it takes away what holds a deleted resource.
func release(t *testing.T, object corev1.ConfigMap) {
	t.Helper()
	object.Finalizers = nil
	if _, err := cluster.Kube.CoreV1().ConfigMaps(object.Namespace).Update(t.Context(), &object, metav1.UpdateOptions{}); err != nil {
		t.Errorf("take the finalizers away: %v", err)
	}
}
