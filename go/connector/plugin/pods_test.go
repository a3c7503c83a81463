package plugin

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestPendingPhase(t *testing.T) {
	waiting := func(reason, message string) corev1.PodStatus {
		state := corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
		return corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{State: state}}}
	}
	unschedulable := corev1.PodStatus{Conditions: []corev1.PodCondition{
		{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "0/3 nodes"},
	}}
	initFails := waiting("", "")
	initFails.InitContainerStatuses = waiting("CreateContainerConfigError", `secret "a" not found`).ContainerStatuses
	cases := map[string]struct {
		status corev1.PodStatus
		phase  Phase
		reason string
	}{
		"a pod without a status is starting": {corev1.PodStatus{}, Initializing, "the pod is starting"},
		"no node takes it":                   {unschedulable, WaitingForResources, "Unschedulable: 0/3 nodes"},
		"a first failed pull may pass":       {waiting("ErrImagePull", "not found"), Initializing, "ErrImagePull: not found"},
		"a second one does not":              {waiting("ImagePullBackOff", "not found"), RetryableFailed, "ImagePullBackOff: not found"},
		"a name that is none":                {waiting("InvalidImageName", "a b"), RetryableFailed, "InvalidImageName: a b"},
		"an init container speaks first":     {initFails, RetryableFailed, `CreateContainerConfigError: secret "a" not found`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := PendingPhase(&corev1.Pod{Status: c.status})
			if got.Phase != c.phase || got.Reason != c.reason {
				t.Errorf("got %v (%q), want %v (%q)", got.Phase, got.Reason, c.phase, c.reason)
			}
			if got.CleanupOnFailure != got.Phase.Terminal() {
				t.Errorf("cleanup %v, and the pod would try for ever only in a final phase", got.CleanupOnFailure)
			}
		})
	}
}

func TestFailureMessage(t *testing.T) {
	end := func(code int32, reason, message string) corev1.ContainerStatus {
		ended := &corev1.ContainerStateTerminated{ExitCode: code, Reason: reason, Message: message}
		return corev1.ContainerStatus{State: corev1.ContainerState{Terminated: ended}}
	}
	cases := map[string]struct {
		statuses []corev1.ContainerStatus
		want     string
	}{
		"a container that runs has not failed": {[]corev1.ContainerStatus{{}}, ""},
		"a good end is no failure":             {[]corev1.ContainerStatus{end(0, "Completed", "bye")}, ""},
		"the last words follow the reason":     {[]corev1.ContainerStatus{end(0, "Completed", ""), end(1, "Error", "boom\n")}, "Error, exit code 1\nboom"},
		"no last words, no empty line":         {[]corev1.ContainerStatus{end(137, "OOMKilled", "")}, "OOMKilled, exit code 137"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			pod := &corev1.Pod{Status: corev1.PodStatus{ContainerStatuses: c.statuses}}
			if got := FailureMessage(pod); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestFirstFailure(t *testing.T) {
	pod := func(name string, code int32, finished int64) corev1.Pod {
		end := &corev1.ContainerStateTerminated{ExitCode: code, Reason: "Error"}
		if finished > 0 {
			end.FinishedAt = metav1.Unix(finished, 0)
		}
		state := corev1.ContainerState{Terminated: end}
		pod := corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodFailed, ContainerStatuses: []corev1.ContainerStatus{{State: state}}}}
		pod.Name = name
		return pod
	}
	stopped := pod("a", 143, 1)
	stopped.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)}
	good := pod("a", 0, 9)
	good.Status.Phase = corev1.PodSucceeded
	cases := map[string]struct {
		pods []corev1.Pod
		want string
	}{
		"no pod has failed":                        {[]corev1.Pod{good}, ""},
		"the earlier end counts, not the order":    {[]corev1.Pod{pod("a", 1, 7), pod("b", 2, 5)}, "b: Error, exit code 2"},
		"the order counts where the time is equal": {[]corev1.Pod{pod("a", 1, 5), pod("b", 2, 5)}, "a: Error, exit code 1"},
		"a time that nobody knows comes last":      {[]corev1.Pod{pod("a", 1, 0), pod("b", 2, 5)}, "b: Error, exit code 2"},
		"a pod that was stopped is not to blame":   {[]corev1.Pod{stopped, pod("b", 2, 5)}, "b: Error, exit code 2"},
		"a failure that was made good is none":     {[]corev1.Pod{pod("a", 1, 3), pod("b", 2, 5), good}, "b: Error, exit code 2"},
		"somebody is named if all are excused":     {[]corev1.Pod{stopped, good}, "a: Error, exit code 143"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := FirstFailure(c.pods, func(pod *corev1.Pod) string { return pod.Name }); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
