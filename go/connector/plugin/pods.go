package plugin

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// hopeless are the reasons for which a container waits until somebody changes something. ImagePullBackOff means that
// Kubernetes has tried twice at least.
var hopeless = map[string]bool{"ImagePullBackOff": true, "InvalidImageName": true, "CreateContainerConfigError": true}

// PendingPhase says why a pod that has not started yet has not: WaitingForResources if no node takes it, Initializing if
// it is on its way, and RetryableFailed if it cannot start as it is: Kubernetes would try for ever, so the resource has
// to be cleaned up then. The reason is Kubernetes' own text.
func PendingPhase(pod *corev1.Pod) PhaseInfo {
	for _, status := range append(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses...) {
		if waiting := status.State.Waiting; waiting != nil && waiting.Message != "" {
			info := PhaseInfo{Phase: Initializing, Reason: waiting.Reason + ": " + waiting.Message}
			if hopeless[waiting.Reason] {
				info.Phase, info.CleanupOnFailure = RetryableFailed, true
			}
			return info
		}
	}
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
			return PhaseInfo{Phase: WaitingForResources, Reason: condition.Reason + ": " + condition.Message}
		}
	}
	return PhaseInfo{Phase: Initializing, Reason: "the pod is starting"}
}

// FailureMessage says how the pod's first failed container ended: the reason, the exit code and its last words. It is
// empty if none failed.
func FailureMessage(pod *corev1.Pod) string {
	if end := failed(pod); end != nil {
		return strings.TrimSpace(fmt.Sprintf("%s, exit code %d\n%s", end.Reason, end.ExitCode, end.Message))
	}
	return ""
}

// FirstFailure returns the name and the FailureMessage of the pod that failed first, or the first of them in pods if that
// is not known. Pods of one name stand for each other: one that succeeded excuses the others. A pod that is being deleted
// failed because it was stopped. Where all are excused, the first that failed is named nevertheless; "" if none did.
func FirstFailure(pods []corev1.Pod, name func(*corev1.Pod) string) string {
	done := map[string]bool{}
	for _, pod := range pods {
		done[name(&pod)] = done[name(&pod)] || pod.Status.Phase == corev1.PodSucceeded
	}
	var first *corev1.Pod
	excused := func(pod *corev1.Pod) bool { return pod.DeletionTimestamp != nil || done[name(pod)] }
	for i := range pods {
		pod := &pods[i]
		switch {
		case failed(pod) == nil:
		case first == nil, excused(first) && !excused(pod):
			first = pod
		case !excused(pod) && before(failed(pod).FinishedAt.Time, failed(first).FinishedAt.Time):
			first = pod
		}
	}
	if first == nil {
		return ""
	}
	return name(first) + ": " + FailureMessage(first)
}

// before puts a time that nobody knows last.
func before(a, b time.Time) bool { return !a.IsZero() && (b.IsZero() || a.Before(b)) }

// failed returns the end of the pod's first failed container, or nil.
func failed(pod *corev1.Pod) *corev1.ContainerStateTerminated {
	for _, status := range append(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses...) {
		if end := status.State.Terminated; end != nil && end.ExitCode != 0 {
			return end
		}
	}
	return nil
}
