package plugin

import (
	"fmt"
	"strings"

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
	for _, status := range append(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses...) {
		if end := status.State.Terminated; end != nil && end.ExitCode != 0 {
			return strings.TrimSpace(fmt.Sprintf("%s, exit code %d\n%s", end.Reason, end.ExitCode, end.Message))
		}
	}
	return ""
}
