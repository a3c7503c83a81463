package status

// How far is the pod as a whole?

import corev1 "k8s.io/api/core/v1"

// Phase follows the kubelet: Pending until every init container is done and a container has started; Running while any
// container runs or will run again; then Failed if one failed, else Succeeded.
func Phase(pod *corev1.Pod, state Pod) corev1.PodPhase {
	if state.Final {
		return finalPhase(pod, state)
	}
	if phase := initPhase(pod, state); phase != "" {
		return phase
	}
	active, failed, untouched := false, false, false
	for i := range pod.Spec.Containers {
		spec := &pod.Spec.Containers[i]
		c := state.Containers[spec.Name]
		ended := c.Terminated
		if ended == nil && c.Waiting != nil {
			ended = c.Last // waits for its restart
		}
		switch {
		case c.Running != nil:
			active = true
		case ended == nil:
			untouched = true
		case Restarts(Policy(pod, spec, false), ended.ExitCode):
			active = true
		case ended.ExitCode != 0:
			failed = true
		}
	}
	switch {
	case untouched:
		return corev1.PodPending
	case active:
		return corev1.PodRunning
	case failed:
		return corev1.PodFailed
	}
	return corev1.PodSucceeded
}

// initPhase is the phase while init containers decide it; "" when they are done.
func initPhase(pod *corev1.Pod, state Pod) corev1.PodPhase {
	for i := range pod.Spec.InitContainers {
		spec := &pod.Spec.InitContainers[i]
		c := state.Containers[spec.Name]
		switch {
		case IsSidecar(spec) && (c.Started || initialized(pod, state)):
		case c.Terminated != nil && c.Terminated.ExitCode == 0:
		case c.Terminated != nil && !Restarts(Policy(pod, spec, true), c.Terminated.ExitCode):
			return corev1.PodFailed
		default:
			return corev1.PodPending
		}
	}
	return ""
}

// initialized: a container has been started, so all init containers were done; a sidecar may have ended since.
func initialized(pod *corev1.Pod, state Pod) bool {
	for _, spec := range pod.Spec.Containers {
		if state.Containers[spec.Name].ID != "" {
			return true
		}
	}
	return false
}

// finalPhase: nothing starts any more, so what has not succeeded by now has failed.
func finalPhase(pod *corev1.Pod, state Pod) corev1.PodPhase {
	if state.Reason != "" {
		return corev1.PodFailed
	}
	for _, spec := range pod.Spec.Containers {
		c := state.Containers[spec.Name]
		if c.Running != nil {
			return corev1.PodRunning
		}
		if c.Terminated == nil || c.Terminated.ExitCode != 0 {
			return corev1.PodFailed
		}
	}
	return corev1.PodSucceeded
}
