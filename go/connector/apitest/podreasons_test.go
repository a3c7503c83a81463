//go:build apitest

package apitest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	flyte "example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/plugin"
)

// podNote is a note whose phase comes from its pods alone, in the words of package plugin.
type podNote struct{ note }

func (podNote) GetTaskPhase(_ *unstructured.Unstructured, pods []corev1.Pod) (plugin.PhaseInfo, error) {
	name := func(pod *corev1.Pod) string { return pod.Name }
	if reason := plugin.FirstFailure(pods, name); reason != "" {
		info := plugin.PhaseInfo{Phase: plugin.Failed, Reason: reason}
		for i := range pods {
			if plugin.Disruption(&pods[i]) != "" {
				info.Phase = plugin.RetryableFailed
			}
		}
		return info, nil
	}
	for i := range pods {
		if pods[i].Status.Phase == corev1.PodPending {
			return plugin.PendingPhase(&pods[i]), nil
		}
	}
	return plugin.PhaseInfo{Phase: plugin.Queued, Reason: fmt.Sprintf("%d pods", len(pods))}, nil
}

// podOf makes a pod for the only note. There is no scheduler and no kubelet: the test writes the status.
func podOf(t *testing.T, namespace string) *corev1.Pod {
	t.Helper()
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	if _, err := cluster.Kube.CoreV1().ServiceAccounts(namespace).Create(t.Context(), account, metav1.CreateOptions{}); err != nil {
		t.Fatalf("create the namespace's default account: %v", err)
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "worker", Labels: map[string]string{"note": all(t, namespace)[0].Name}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "example/image:1"}}},
	}
	pod, err := cluster.Kube.CoreV1().Pods(namespace).Create(t.Context(), pod, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("create a pod: %v", err)
	}
	return pod
}

func kubelet(phase corev1.PodPhase, state corev1.ContainerState) corev1.PodStatus {
	return corev1.PodStatus{Phase: phase, ContainerStatuses: []corev1.ContainerStatus{{Name: "main", State: state}}}
}

type saying struct {
	status corev1.PodStatus
	phase  flyte.TaskExecution_Phase
	want   string
}

func sayings() map[string]saying {
	waiting := func(reason, message string) corev1.PodStatus {
		return kubelet(corev1.PodPending, corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}})
	}
	ended := func(reason string, code int32) corev1.PodStatus {
		return kubelet(corev1.PodFailed, corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: reason, ExitCode: code}})
	}
	marked := func(status corev1.PodStatus, kind corev1.PodConditionType, is corev1.ConditionStatus, reason, message string) corev1.PodStatus {
		status.Conditions = append(status.Conditions, corev1.PodCondition{
			Type: kind, Status: is, Reason: reason, Message: message, LastTransitionTime: metav1.NewTime(time.Unix(1, 0)),
		})
		return status
	}
	evicted := corev1.PodStatus{Phase: corev1.PodFailed, Reason: "Evicted", Message: "The node was low on resource: memory."}
	return map[string]saying{
		"no node takes it": {marked(corev1.PodStatus{Phase: corev1.PodPending}, corev1.PodScheduled, corev1.ConditionFalse, "Unschedulable", "0/3 nodes are available"),
			flyte.TaskExecution_WAITING_FOR_RESOURCES, "Unschedulable: 0/3 nodes are available (pod worker)"},
		"the image cannot be pulled": {waiting("ImagePullBackOff", "no such image"),
			flyte.TaskExecution_RETRYABLE_FAILED, "ImagePullBackOff: no such image (pod worker, container main)"},
		"a secret is missing": {waiting("CreateContainerConfigError", "secret not found"),
			flyte.TaskExecution_RETRYABLE_FAILED, "CreateContainerConfigError: secret not found (pod worker, container main)"},
		"out of memory": {ended("OOMKilled", 137), flyte.TaskExecution_FAILED, "OOMKilled, exit code 137 (pod worker, container main)"},
		"evicted":       {evicted, flyte.TaskExecution_RETRYABLE_FAILED, "Evicted: The node was low on resource: memory. (pod worker)"},
		"preempted": {marked(ended("Error", 143), corev1.DisruptionTarget, corev1.ConditionTrue, "PreemptionByScheduler", "for another pod"),
			flyte.TaskExecution_RETRYABLE_FAILED, "PreemptionByScheduler: for another pod (pod worker, container main)"},
	}
}

func TestWhatKubernetesSaysAboutAPodReachesTheUser(t *testing.T) {
	for name, c := range sayings() {
		t.Run(name, func(t *testing.T) {
			namespace := cluster.Namespace(t)
			connector := Connect(t, cluster.Identity(t, namespace, rules()), namespace, podNote{})
			raw := connector.Create(t, request(namespace, "s3://b/a/0"))
			pod := podOf(t, namespace)
			pod.Status = c.status
			if _, err := cluster.Kube.CoreV1().Pods(namespace).UpdateStatus(t.Context(), pod, metav1.UpdateOptions{}); err != nil {
				t.Fatalf("play the kubelet: %v", err)
			}
			if answer := connector.WaitFor(t, noteType, raw, c.phase); !strings.Contains(answer.GetMessage(), c.want) {
				t.Errorf("got %q, want %q", answer.GetMessage(), c.want)
			}
		})
	}
}

// A preempted or drained pod is deleted, and its operator may say only after that that it has failed.
func TestTheReasonOutlivesThePod(t *testing.T) {
	namespace := cluster.Namespace(t)
	connector := Connect(t, cluster.Identity(t, namespace, rules()), namespace, podNote{})
	raw := connector.Create(t, request(namespace, "s3://b/a/0"))
	pod := podOf(t, namespace)
	pod.Status = kubelet(corev1.PodRunning, corev1.ContainerState{Running: &corev1.ContainerStateRunning{}})
	pod.Status.Conditions = []corev1.PodCondition{{
		Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: "EvictionByEvictionAPI", Message: "the node is drained",
	}}
	pods := cluster.Kube.CoreV1().Pods(namespace)
	if _, err := pods.UpdateStatus(t.Context(), pod, metav1.UpdateOptions{}); err != nil {
		t.Fatalf("play the eviction: %v", err)
	}
	binding := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: pod.Name}, Target: corev1.ObjectReference{Kind: "Node", Name: "n"}}
	if err := pods.Bind(t.Context(), binding, metav1.CreateOptions{}); err != nil {
		t.Fatalf("play the scheduler: %v", err)
	}
	if err := pods.Delete(t.Context(), pod.Name, metav1.DeleteOptions{}); err != nil { // which asks the kubelet first
		t.Fatal(err)
	}
	now := int64(0)
	if err := pods.Delete(t.Context(), pod.Name, metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil { // plays the kubelet
		t.Fatal(err)
	}
	Eventually(t, "the pod is gone", func() bool {
		left, err := pods.List(t.Context(), metav1.ListOptions{})
		return err == nil && len(left.Items) == 0
	})
	answer := connector.WaitFor(t, noteType, raw, flyte.TaskExecution_RETRYABLE_FAILED) // asked for the first time
	if want := "EvictionByEvictionAPI: the node is drained (pod worker)"; !strings.Contains(answer.GetMessage(), want) {
		t.Errorf("got %s %q, want %q", answer.GetPhase(), answer.GetMessage(), want)
	}
}
