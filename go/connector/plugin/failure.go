// How did a pod end, and whose fault was it?

package plugin

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// ownFault are the reasons for which a node ends or refuses a pod because of what the pod itself asks for. All others are
// about the node: Evicted, OutOfcpu, UnexpectedAdmissionError, NodeAffinity, NodeLost, Terminated (a node shuts down), …
// (read in Kubernetes, pkg/kubelet).
var ownFault = map[string]bool{
	"DeadlineExceeded": true, "SysctlForbidden": true, "PodOSNotSupported": true, "PodOSSelectorNodeLabelDoesNotMatch": true,
}

// Disruption says why the cluster has ended a pod that did nothing wrong: eviction, preemption, a lost node, a node that
// would not take it after all. It is "" for a pod that ended by itself or was simply deleted. What a disruption ended is
// worth another attempt, whatever the operator says.
func Disruption(pod *corev1.Pod) string {
	switch end := pod.Status.Reason; {
	case pod.Status.Phase == corev1.PodSucceeded:
		return ""
	case pod.Status.Phase == corev1.PodFailed && end != "" && !ownFault[end]:
		return said(end, pod.Status.Message)
	}
	// The condition comes first and the end of the pod follows; until then the pod runs.
	if target := disruptionTarget(pod); target != nil && (pod.Status.Phase == corev1.PodFailed || pod.DeletionTimestamp != nil) {
		return said(target.Reason, target.Message)
	}
	return ""
}

// FailureMessage says how the pod ended: the cluster's reason if the cluster ended it, else the reason and the exit code
// of the container that failed; then the container's last words. It is empty if the pod has not failed.
func FailureMessage(pod *corev1.Pod) string {
	name, end := failed(pod)
	text := Disruption(pod)
	if text == "" && pod.Status.Phase == corev1.PodFailed {
		text = said(pod.Status.Reason, pod.Status.Message)
	}
	switch {
	case text == "" && end == nil:
		return ""
	case text == "":
		return ended(end, where(pod, name))
	case end == nil:
		return text + where(pod, "")
	}
	return strings.TrimSpace(text + where(pod, name) + "\n" + end.Message)
}

// FirstFailure returns the name and the FailureMessage of the pod that failed first, or the first of them in pods if that
// is not known. Pods of one name stand for each other: one that succeeded excuses the others. A pod that is being deleted
// failed because it was stopped, unless a disruption stopped it. Where all are excused, the first that failed is named
// nevertheless; "" if none did.
func FirstFailure(pods []corev1.Pod, name func(*corev1.Pod) string) string {
	done := map[string]bool{}
	for _, pod := range pods {
		done[name(&pod)] = done[name(&pod)] || pod.Status.Phase == corev1.PodSucceeded
	}
	var first *corev1.Pod
	excused := func(pod *corev1.Pod) bool {
		return done[name(pod)] || pod.DeletionTimestamp != nil && Disruption(pod) == ""
	}
	for i := range pods {
		pod := &pods[i]
		switch {
		case FailureMessage(pod) == "":
		case first == nil, excused(first) && !excused(pod):
			first = pod
		case !excused(pod) && before(failedAt(pod), failedAt(first)):
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

// failedAt is when the pod's end began: a disruption comes before what its processes make of it. A pod that a node refused
// has had no process; its conditions changed when it was refused.
func failedAt(pod *corev1.Pod) (at time.Time) {
	if target := disruptionTarget(pod); target != nil && Disruption(pod) != "" {
		return target.LastTransitionTime.Time
	}
	if _, end := failed(pod); end != nil {
		return end.FinishedAt.Time
	}
	for _, condition := range pod.Status.Conditions {
		if condition.LastTransitionTime.After(at) {
			at = condition.LastTransitionTime.Time
		}
	}
	return at
}

func disruptionTarget(pod *corev1.Pod) *corev1.PodCondition {
	for i := range pod.Status.Conditions {
		if c := &pod.Status.Conditions[i]; c.Type == corev1.DisruptionTarget && c.Status == corev1.ConditionTrue {
			return c
		}
	}
	return nil
}

// failed returns the pod's failed container: the one that runs the task if it is among them, else the first.
func failed(pod *corev1.Pod) (name string, end *corev1.ContainerStateTerminated) {
	for _, status := range containers(pod) {
		ended := status.State.Terminated
		if ended == nil || ended.ExitCode == 0 {
			continue
		}
		if end == nil || status.Name == pod.Annotations[DefaultContainer] {
			name, end = status.Name, ended
		}
	}
	return name, end
}

// ended is the reason, the exit code, where it was, and the last words.
func ended(end *corev1.ContainerStateTerminated, where string) string {
	return strings.TrimSpace(fmt.Sprintf("%s, exit code %d%s\n%s", end.Reason, end.ExitCode, where, end.Message))
}
