// Package status answers: what does the API say about a pod whose containers are in these states?
package status

import (
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/localcluster/process"
)

// Container is what the node knows about one container. The zero value has not been started.
type Container struct {
	Waiting    *corev1.ContainerStateWaiting
	Running    *corev1.ContainerStateRunning
	Terminated *corev1.ContainerStateTerminated
	Last       *corev1.ContainerStateTerminated // of the run before
	ID         string
	Restarts   int32
	Started    bool // the startup probe has succeeded, or there is none
	Ready      bool // the readiness probe succeeds, or there is none
}

// Pod is what the node knows about one pod.
type Pod struct {
	IP, HostIP string
	StartTime  time.Time
	Containers map[string]Container // by name, init containers too
	// Reason and Message are set when the node itself ends the pod; it has then failed.
	Reason, Message string
	// Final: no container will be started any more, because the pod is being deleted or is over.
	Final bool
}

// Ended describes the end of a container's process.
func Ended(exit process.Exit, started time.Time, oom bool, id, message string) *corev1.ContainerStateTerminated {
	ended := &corev1.ContainerStateTerminated{
		ExitCode: int32(exit.Code), Reason: "Error", Message: message, ContainerID: id,
		StartedAt: metav1.NewTime(started), FinishedAt: metav1.NewTime(exit.At),
	}
	switch {
	case oom:
		ended.Reason, ended.ExitCode = "OOMKilled", 128+int32(syscall.SIGKILL)
	case exit.Code == 0:
		ended.Reason = "Completed"
	}
	return ended
}

// Restarts says whether a container that ended like this runs again.
func Restarts(policy corev1.RestartPolicy, exitCode int32) bool {
	return policy == corev1.RestartPolicyAlways || (policy == corev1.RestartPolicyOnFailure && exitCode != 0)
}

// Policy is the restart policy of one container: its own, or for an init container of a pod that restarts for ever
// "OnFailure", since it need not succeed twice.
func Policy(pod *corev1.Pod, container *corev1.Container, init bool) corev1.RestartPolicy {
	switch {
	case container.RestartPolicy != nil:
		return corev1.RestartPolicy(*container.RestartPolicy)
	case init && pod.Spec.RestartPolicy == corev1.RestartPolicyAlways:
		return corev1.RestartPolicyOnFailure
	}
	return pod.Spec.RestartPolicy
}

// IsSidecar: an init container that keeps running beside the others.
func IsSidecar(container *corev1.Container) bool {
	return container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

// Backoff is how long a container waits before its nth restart, counted from 0: at once, then 10 s, doubled each time
// up to five minutes, as the kubelet does.
func Backoff(restart int) time.Duration {
	if restart == 0 {
		return 0
	}
	return min(10*time.Second<<min(restart-1, 6), 5*time.Minute)
}
