package plugin

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func named(name string, status corev1.PodStatus) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}, Status: status}
}

func waits(container, reason, message string) corev1.ContainerStatus {
	state := corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
	return corev1.ContainerStatus{Name: container, State: state}
}

func of(statuses ...corev1.ContainerStatus) corev1.PodStatus {
	return corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: statuses}
}

func unscheduled(reason, message string) corev1.PodStatus {
	return corev1.PodStatus{Phase: corev1.PodPending, Conditions: []corev1.PodCondition{
		{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: reason, Message: message},
	}}
}

type pendingCase struct {
	status corev1.PodStatus
	phase  Phase
	reason string
}

func TestPendingPhaseOfAPodThatWaitsForANode(t *testing.T) {
	scheduled := of(waits("main", "ContainerCreating", ""))
	scheduled.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}}
	pending(t, map[string]pendingCase{
		"a pod without a status is starting": {corev1.PodStatus{}, Initializing, "the pod is starting"},
		"a pod on a node is starting":        {scheduled, Initializing, "the pod is starting"},
		"no node takes it, in the scheduler's words": {unscheduled("Unschedulable", "0/3 nodes are available: 3 Insufficient cpu."),
			WaitingForResources, "Unschedulable: 0/3 nodes are available: 3 Insufficient cpu. (pod a)"},
		"a queue has not let it in yet": {unscheduled("SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates"),
			WaitingForResources, "SchedulingGated: Scheduling is blocked due to non-empty scheduling gates (pod a)"},
	})
}

func TestPendingPhaseOfAPodThatWaitsForAContainer(t *testing.T) {
	initFails := of(waits("main", "PodInitializing", ""))
	initFails.InitContainerStatuses = []corev1.ContainerStatus{waits("fetch", "CreateContainerConfigError", `secret "a" not found`)}
	again := waits("proxy", "CrashLoopBackOff", "back-off 10s restarting failed container")
	again.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{Reason: "Error", ExitCode: 2, Message: "no route"}
	pending(t, map[string]pendingCase{
		"a first failed pull may pass": {of(waits("main", "ErrImagePull", "not found")),
			Initializing, "ErrImagePull: not found (pod a, container main)"},
		"a second one does not": {of(waits("main", "ImagePullBackOff", "not found")),
			RetryableFailed, "ImagePullBackOff: not found (pod a, container main)"},
		"a name that is none":           {of(waits("main", "InvalidImageName", "a b")), RetryableFailed, "InvalidImageName: a b (pod a, container main)"},
		"an image that nobody may pull": {of(waits("main", "ErrImageNeverPull", "")), RetryableFailed, "ErrImageNeverPull (pod a, container main)"},
		"an init container speaks first": {initFails, RetryableFailed,
			`CreateContainerConfigError: secret "a" not found (pod a, container fetch)`},
		"the container without hope speaks for the pod": {of(waits("proxy", "ErrImagePull", "busy"), waits("main", "InvalidImageName", "a b")),
			RetryableFailed, "InvalidImageName: a b (pod a, container main)"},
		"the first of two without hope": {of(waits("proxy", "ImagePullBackOff", "x"), waits("main", "InvalidImageName", "y")),
			RetryableFailed, "ImagePullBackOff: x (pod a, container proxy)"},
		"a sidecar that starts again and again": {of(again), Initializing,
			"CrashLoopBackOff: back-off 10s restarting failed container (pod a, container proxy)\nlast time: Error, exit code 2\nno route"},
	})
}

func pending(t *testing.T, cases map[string]pendingCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := PendingPhase(named("a", c.status))
			if got.Phase != c.phase || got.Reason != c.reason {
				t.Errorf("got %v (%q), want %v (%q)", got.Phase, got.Reason, c.phase, c.reason)
			}
			if got.CleanupOnFailure != got.Phase.Terminal() {
				t.Errorf("cleanup %v, and the pod would try for ever only in a final phase", got.CleanupOnFailure)
			}
		})
	}
}
