package status

// How do the states of containers add up to a pod's phase and conditions?

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Compute returns the status. Conditions of the old status that belong to others are kept, and so are the times of
// conditions that did not change. A phase that is final stays.
func Compute(pod *corev1.Pod, state Pod, now time.Time) corev1.PodStatus {
	started := metav1.NewTime(state.StartTime)
	result := corev1.PodStatus{
		Phase: Phase(pod, state), HostIP: state.HostIP, HostIPs: []corev1.HostIP{{IP: state.HostIP}},
		PodIP: state.IP, PodIPs: []corev1.PodIP{{IP: state.IP}}, StartTime: &started,
		Reason: state.Reason, Message: state.Message, QOSClass: pod.Status.QOSClass,
		ObservedGeneration:    pod.Generation,
		InitContainerStatuses: containers(pod, pod.Spec.InitContainers, state),
		ContainerStatuses:     containers(pod, pod.Spec.Containers, state),
	}
	if old := pod.Status.Phase; old == corev1.PodSucceeded || old == corev1.PodFailed {
		result.Phase = old
	}
	result.Conditions = conditions(pod, state, result, metav1.NewTime(now))
	return result
}

func containers(pod *corev1.Pod, specs []corev1.Container, state Pod) []corev1.ContainerStatus {
	var all []corev1.ContainerStatus
	for _, spec := range specs {
		c := state.Containers[spec.Name]
		started := c.Started
		status := corev1.ContainerStatus{
			Name: spec.Name, Image: spec.Image, ContainerID: c.ID, RestartCount: c.Restarts,
			Ready: c.Ready, Started: &started,
			State: corev1.ContainerState{Waiting: c.Waiting, Running: c.Running, Terminated: c.Terminated},
		}
		if c.ID != "" {
			status.ImageID = spec.Image
		}
		if c.Waiting == nil && c.Running == nil && c.Terminated == nil {
			status.State.Waiting = &corev1.ContainerStateWaiting{Reason: notStarted(pod)}
		}
		status.LastTerminationState.Terminated = c.Last
		all = append(all, status)
	}
	return all
}

func notStarted(pod *corev1.Pod) string {
	if len(pod.Spec.InitContainers) > 0 {
		return "PodInitializing"
	}
	return "ContainerCreating"
}

func conditions(pod *corev1.Pod, state Pod, status corev1.PodStatus, now metav1.Time) []corev1.PodCondition {
	finished := status.Phase == corev1.PodSucceeded || status.Phase == corev1.PodFailed
	initialized := condition(corev1.PodInitialized, unfinishedInit(pod, state), "ContainersNotInitialized", "incomplete")
	unready := notReady(pod, state)
	ready := condition(corev1.ContainersReady, unready, "ContainersNotReady", "unready")
	if finished {
		if status.Phase == corev1.PodSucceeded {
			initialized = condition(corev1.PodInitialized, nil, "", "")
			initialized.Reason = "PodCompleted"
		}
		reason := "PodFailed"
		if status.Phase == corev1.PodSucceeded {
			reason = "PodCompleted"
		}
		ready = corev1.PodCondition{Type: corev1.ContainersReady, Status: corev1.ConditionFalse, Reason: reason}
	}
	podReady := ready
	podReady.Type = corev1.PodReady
	own := []corev1.PodCondition{
		{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}, initialized, ready, podReady,
	}
	return merge(pod.Status.Conditions, own, now)
}

func condition(kind corev1.PodConditionType, names []string, reason, adjective string) corev1.PodCondition {
	if len(names) == 0 {
		return corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue}
	}
	return corev1.PodCondition{Type: kind, Status: corev1.ConditionFalse, Reason: reason,
		Message: fmt.Sprintf("containers with %s status: [%s]", adjective, strings.Join(names, " "))}
}

func unfinishedInit(pod *corev1.Pod, state Pod) []string {
	var names []string
	for i := range pod.Spec.InitContainers {
		spec := &pod.Spec.InitContainers[i]
		c := state.Containers[spec.Name]
		if done := c.Terminated != nil && c.Terminated.ExitCode == 0; !done && !(IsSidecar(spec) && (c.Started || initialized(pod, state))) {
			names = append(names, spec.Name)
		}
	}
	return names
}

func notReady(pod *corev1.Pod, state Pod) []string {
	var names []string
	for _, spec := range pod.Spec.Containers {
		if !state.Containers[spec.Name].Ready {
			names = append(names, spec.Name)
		}
	}
	return names
}

// merge keeps the conditions that others own (DisruptionTarget, readiness gates) and the time of the last change.
func merge(old, own []corev1.PodCondition, now metav1.Time) []corev1.PodCondition {
	for i := range own {
		own[i].LastTransitionTime = now
		for _, before := range old {
			if before.Type == own[i].Type && before.Status == own[i].Status {
				own[i].LastTransitionTime = before.LastTransitionTime
			}
		}
	}
	for _, before := range old {
		mine := false
		for _, c := range own {
			mine = mine || c.Type == before.Type
		}
		if !mine {
			own = append(own, before)
		}
	}
	return own
}
