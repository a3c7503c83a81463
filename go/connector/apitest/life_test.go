//go:build apitest

package apitest

import (
	"bytes"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/flyteconnector/gen/flyteidl/admin"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
)

func TestPhasesComeFromTheResourceAndItsPods(t *testing.T) {
	connector, namespace := start(t)
	raw := connector.Create(t, request(namespace, "s3://b/a/0"))
	if answer := connector.Get(t, noteType, raw); answer.GetPhase() != flyte.TaskExecution_QUEUED {
		t.Fatalf("want QUEUED at once after the create, got %s %q", answer.GetPhase(), answer.GetMessage())
	}
	note := all(t, namespace)[0]
	worker := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "worker", Labels: map[string]string{"note": note.Name}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}, ServiceAccountName: "default"},
	}
	// Without controllers nobody makes the namespace's default account.
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	if _, err := cluster.Kube.CoreV1().ServiceAccounts(namespace).Create(t.Context(), account, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := cluster.Kube.CoreV1().Pods(namespace).Create(t.Context(), worker, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	write(t, note, "running")
	Eventually(t, "the pod is counted", func() bool {
		answer := connector.Get(t, noteType, raw)
		return answer.GetPhase() == flyte.TaskExecution_RUNNING && answer.GetCustomInfo().GetFields()["pods"].GetNumberValue() == 1
	})
	link := connector.Get(t, noteType, raw).GetLogLinks()[0]
	if link.GetName() != "log" || link.GetUri() != "https://logs/"+note.Name || link.GetMessageFormat() != flyte.TaskLog_JSON || !link.GetShowWhilePending() {
		t.Errorf("want the plugin's link, visible from the start, got %v", link)
	}
	for _, unreadable := range []string{"nobody knows this", "crash"} {
		write(t, all(t, namespace)[0], unreadable)
		Eventually(t, "an unreadable state is RUNNING with a reason", func() bool {
			answer := connector.Get(t, noteType, raw)
			return answer.GetPhase() == flyte.TaskExecution_RUNNING && answer.GetMessage() != ""
		})
	}
	write(t, all(t, namespace)[0], "done")
	if answer := connector.WaitFor(t, noteType, raw, flyte.TaskExecution_SUCCEEDED); answer.GetOutputs() != nil {
		t.Errorf("want no outputs, so that Flyte reads outputs.pb, got %v", answer.GetOutputs())
	}
}

func TestDeletedTwiceIsFine(t *testing.T) {
	for _, phase := range []string{"running", "done"} {
		t.Run(phase, func(t *testing.T) {
			connector, namespace := start(t)
			raw := connector.Create(t, request(namespace, "s3://b/a/0"))
			write(t, all(t, namespace)[0], phase)
			connector.Delete(t, noteType, raw)
			connector.Delete(t, noteType, raw)
			marked := all(t, namespace)[0]
			if marked.DeletionTimestamp == nil || len(marked.Finalizers) != 1 || marked.Finalizers[0] != metav1.FinalizerDeleteDependents {
				t.Fatalf("want a foreground deletion, which takes the pods along, got %v %v", marked.DeletionTimestamp, marked.Finalizers)
			}
			release(t, marked)
			connector.Delete(t, noteType, raw)
			connector.WaitFor(t, noteType, raw, flyte.TaskExecution_RETRYABLE_FAILED)
			if found := all(t, namespace); len(found) != 0 {
				t.Fatalf("want no resource, got %d", len(found))
			}
		})
	}
}

func TestAFinishedResourceThatIsBeingDeletedKeepsItsPhase(t *testing.T) {
	connector, namespace := start(t)
	raw := connector.Create(t, request(namespace, "s3://b/a/0"))
	write(t, all(t, namespace)[0], "done")
	connector.WaitFor(t, noteType, raw, flyte.TaskExecution_SUCCEEDED)
	connector.Delete(t, noteType, raw)
	if answer := connector.Get(t, noteType, raw); answer.GetPhase() != flyte.TaskExecution_SUCCEEDED {
		t.Fatalf("want SUCCEEDED, got %s", answer.GetPhase())
	}
}

func TestAResourceThatSomebodyElseDeletedMayBeTriedAgain(t *testing.T) {
	connector, namespace := start(t)
	raw := connector.Create(t, request(namespace, "s3://b/a/0"))
	old := all(t, namespace)[0]
	if err := cluster.Kube.CoreV1().ConfigMaps(namespace).Delete(t.Context(), old.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	answer := connector.WaitFor(t, noteType, raw, flyte.TaskExecution_RETRYABLE_FAILED)
	if !strings.Contains(answer.GetMessage(), old.Name) || !strings.Contains(answer.GetMessage(), "does not exist any more") {
		t.Errorf("want a reason with the resource's name, got %q", answer.GetMessage())
	}
	// The same name again, as if by hand: it is another resource, and not the task's.
	old.ResourceVersion, old.UID = "", ""
	again, err := cluster.Kube.CoreV1().ConfigMaps(namespace).Create(t.Context(), &old, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if answer := connector.Get(t, noteType, raw); answer.GetPhase() != flyte.TaskExecution_RETRYABLE_FAILED {
		t.Errorf("want RETRYABLE_FAILED with another uid, got %s", answer.GetPhase())
	}
	connector.Delete(t, noteType, raw)
	after := all(t, namespace)
	if len(after) != 1 || after[0].ResourceVersion != again.ResourceVersion {
		t.Fatalf("want the other resource untouched, got %+v", after)
	}
}

func TestMetaFromElsewhereIsRefused(t *testing.T) {
	connector, namespace := start(t)
	good := connector.Create(t, request(namespace, "s3://b/a/0"))
	other := bytes.Replace(good, []byte("ConfigMap.v1"), []byte("Secret.v1"), 1)
	for name, raw := range map[string][]byte{
		"empty": nil, "not JSON": []byte("\x00"), "no name": []byte(`{"v":1}`), "a later version": []byte(`{"v":2}`), "another kind": other,
	} {
		category := &admin.TaskCategory{Name: noteType}
		_, err := connector.GetTask(t.Context(), &admin.GetTaskRequest{TaskCategory: category, ResourceMeta: raw})
		if status.Code(err) != codes.InvalidArgument {
			t.Errorf("GetTask, %s: want INVALID_ARGUMENT, got %v", name, err)
		}
		_, err = connector.DeleteTask(t.Context(), &admin.DeleteTaskRequest{TaskCategory: category, ResourceMeta: raw})
		if status.Code(err) != codes.InvalidArgument {
			t.Errorf("DeleteTask, %s: want INVALID_ARGUMENT, got %v", name, err)
		}
	}
	if found := all(t, namespace); len(found) != 1 || found[0].DeletionTimestamp != nil {
		t.Fatalf("want the resource untouched, got %+v", found)
	}
}
