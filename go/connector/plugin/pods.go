// Why has a pod not started?

package plugin

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// hopeless are the reasons for which a container waits until somebody changes something. ImagePullBackOff means that
// Kubernetes has tried twice at least.
var hopeless = map[string]bool{
	"ImagePullBackOff": true, "InvalidImageName": true, "ErrImageNeverPull": true, "CreateContainerConfigError": true,
}

// PendingPhase says why a pod that has not started yet has not: WaitingForResources if no node takes it, Initializing if
// it is on its way, and RetryableFailed if it cannot start as it is: Kubernetes would try for ever, so the resource has
// to be cleaned up then. The reason is Kubernetes' own text, with the names of the pod and of the container.
func PendingPhase(pod *corev1.Pod) PhaseInfo {
	info := PhaseInfo{Phase: Initializing, Reason: "the pod is starting"}
	for _, status := range containers(pod) {
		waiting := status.State.Waiting
		switch {
		case waiting == nil || info.CleanupOnFailure:
		case hopeless[waiting.Reason]: // which speaks for the pod, whichever container it is
			info = PhaseInfo{Phase: RetryableFailed, Reason: waitingFor(pod, status), CleanupOnFailure: true}
		case waiting.Message != "" && info.Reason == "the pod is starting":
			info.Reason = waitingFor(pod, status)
		}
	}
	if info.Reason != "the pod is starting" {
		return info
	}
	for _, condition := range pod.Status.Conditions {
		// Unschedulable, with the scheduler's text, or SchedulingGated: a queue has not let the pod in yet.
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
			return PhaseInfo{Phase: WaitingForResources, Reason: said(condition.Reason, condition.Message) + where(pod, "")}
		}
	}
	return info
}

// waitingFor is why one container waits. One that starts again and again says only that: its last end tells why.
func waitingFor(pod *corev1.Pod, status corev1.ContainerStatus) string {
	text := said(status.State.Waiting.Reason, status.State.Waiting.Message) + where(pod, status.Name)
	if last := status.LastTerminationState.Terminated; last != nil {
		text += "\nlast time: " + ended(last, "")
	}
	return text
}

func containers(pod *corev1.Pod) []corev1.ContainerStatus {
	return append(append([]corev1.ContainerStatus{}, pod.Status.InitContainerStatuses...), pod.Status.ContainerStatuses...)
}

// said joins Kubernetes' word and sentence for something; either may be missing.
func said(reason, message string) string { return strings.Trim(reason+": "+message, ": ") }

// where names a pod, and one of its containers.
func where(pod *corev1.Pod, container string) string {
	switch {
	case pod.Name == "":
		return ""
	case container == "":
		return " (pod " + pod.Name + ")"
	}
	return " (pod " + pod.Name + ", container " + container + ")"
}
