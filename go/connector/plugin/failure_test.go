package plugin

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func exit(container string, code int32, reason, message string) corev1.ContainerStatus {
	ended := &corev1.ContainerStateTerminated{ExitCode: code, Reason: reason, Message: message}
	return corev1.ContainerStatus{Name: container, State: corev1.ContainerState{Terminated: ended}}
}

// over is the status of a failed pod. reason and message are the node's; a pod that failed by itself has none.
func over(reason, message string, statuses ...corev1.ContainerStatus) corev1.PodStatus {
	return corev1.PodStatus{Phase: corev1.PodFailed, Reason: reason, Message: message, ContainerStatuses: statuses}
}

func disrupted(status corev1.PodStatus, reason, message string, at int64) corev1.PodStatus {
	status.Conditions = append(status.Conditions, corev1.PodCondition{
		Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: reason, Message: message, LastTransitionTime: metav1.Unix(at, 0),
	})
	return status
}

type failureCase struct {
	status     corev1.PodStatus
	want       string
	disruption bool
}

func TestFailureMessageOfAPodThatFailedByItself(t *testing.T) {
	failure(t, map[string]failureCase{
		"a container that runs has not failed": {of(corev1.ContainerStatus{}), "", false},
		"a good end is no failure":             {over("", "", exit("main", 0, "Completed", "bye")), "", false},
		"the last words follow the reason": {over("", "", exit("proxy", 0, "Completed", ""), exit("main", 1, "Error", "boom\n")),
			"Error, exit code 1 (pod a, container main)\nboom", false},
		"no last words, no empty line": {over("", "", exit("main", 137, "OOMKilled", "")),
			"OOMKilled, exit code 137 (pod a, container main)", false},
		"the task's own container speaks": {over("", "", exit("proxy", 143, "Error", "stopped"), exit("task", 1, "Error", "boom")),
			"Error, exit code 1 (pod a, container task)\nboom", false},
	})
}

func TestFailureMessageOfAPodThatTheClusterEnded(t *testing.T) {
	killed := exit("main", 137, "Error", "")
	failure(t, map[string]failureCase{
		"evicted, with no container left": {over("Evicted", "The node was low on resource: memory."),
			"Evicted: The node was low on resource: memory. (pod a)", true},
		"evicted, and the container was killed": {disrupted(over("Evicted", "The node was low on resource: memory.", exit("main", 137, "Error", "step 7")), "TerminationByKubelet", "", 1),
			"Evicted: The node was low on resource: memory. (pod a, container main)\nstep 7", true},
		"preempted": {disrupted(over("", "", exit("main", 143, "Error", "")), "PreemptionByScheduler", "default-scheduler: preempting", 1),
			"PreemptionByScheduler: default-scheduler: preempting (pod a, container main)", true},
		"its node is gone": {disrupted(over("", "", exit("main", 137, "ContainerStatusUnknown", "")), "DeletionByPodGC", "PodGC: node no longer exists", 1),
			"DeletionByPodGC: PodGC: node no longer exists (pod a, container main)", true},
		"its node is lost":      {over("NodeLost", "Node n which was running pod a is unresponsive"), "NodeLost: Node n which was running pod a is unresponsive (pod a)", true},
		"its node shuts down":   {over("Terminated", "Pod was terminated in response to imminent node shutdown."), "Terminated: Pod was terminated in response to imminent node shutdown. (pod a)", true},
		"no room after all":     {over("OutOfcpu", "Node didn't have enough resource: cpu"), "OutOfcpu: Node didn't have enough resource: cpu (pod a)", true},
		"a device is missing":   {over("UnexpectedAdmissionError", "Allocate failed"), "UnexpectedAdmissionError: Allocate failed (pod a)", true},
		"the node's labels":     {over("NodeAffinity", "Pod was rejected"), "NodeAffinity: Pod was rejected (pod a)", true},
		"its own deadline":      {over("DeadlineExceeded", "Pod was active on the node longer than the specified deadline", killed), "DeadlineExceeded: Pod was active on the node longer than the specified deadline (pod a, container main)", false},
		"what no node may give": {over("SysctlForbidden", "forbidden sysctl"), "SysctlForbidden: forbidden sysctl (pod a)", false},
	})
}

func failure(t *testing.T, cases map[string]failureCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			pod := named("a", c.status)
			pod.Annotations = map[string]string{DefaultContainer: "task"}
			if got := FailureMessage(pod); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := Disruption(pod) != ""; got != c.disruption {
				t.Errorf("disrupted: %v, want %v (%q)", got, c.disruption, Disruption(pod))
			}
		})
	}
}

func TestADisruptionIsNoneBeforeThePodEnds(t *testing.T) {
	running := named("a", disrupted(corev1.PodStatus{Phase: corev1.PodRunning}, "EvictionByEvictionAPI", "", 1))
	if got := Disruption(running); got != "" {
		t.Errorf("the pod still runs and may yet succeed, got %q", got)
	}
	running.DeletionTimestamp = &metav1.Time{Time: time.Unix(2, 0)}
	if got := FailureMessage(running); got != "EvictionByEvictionAPI (pod a)" {
		t.Errorf("operators count a pod that is being evicted as failed, got %q", got)
	}
	running.Status.Phase = corev1.PodSucceeded
	if got := Disruption(running) + FailureMessage(running); got != "" {
		t.Errorf("it was done before, got %q", got)
	}
}

func at(name string, status corev1.PodStatus, finished int64) corev1.Pod {
	if finished > 0 {
		status.ContainerStatuses[0].State.Terminated.FinishedAt = metav1.Unix(finished, 0)
	}
	return *named(name, status)
}

func TestFirstFailure(t *testing.T) {
	failed := func(name string, code int32, finished int64) corev1.Pod {
		return at(name, over("", "", exit("c", code, "Error", "")), finished)
	}
	deleted := func(pod corev1.Pod) corev1.Pod {
		pod.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)}
		return pod
	}
	stopped := deleted(failed("a", 143, 1))
	good := *named("a", corev1.PodStatus{Phase: corev1.PodSucceeded})
	preempted := deleted(at("b", disrupted(over("", "", exit("c", 143, "Error", "")), "PreemptionByScheduler", "", 3), 9))
	rejected := over("OutOfcpu", "")
	rejected.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, LastTransitionTime: metav1.Unix(2, 0)}}
	cases := map[string]struct {
		pods []corev1.Pod
		want string
	}{
		"no pod has failed":                        {[]corev1.Pod{good}, ""},
		"the earlier end counts, not the order":    {[]corev1.Pod{failed("a", 1, 7), failed("b", 2, 5)}, "b: Error, exit code 2 (pod b, container c)"},
		"the order counts where the time is equal": {[]corev1.Pod{failed("a", 1, 5), failed("b", 2, 5)}, "a: Error, exit code 1 (pod a, container c)"},
		"a time that nobody knows comes last":      {[]corev1.Pod{failed("a", 1, 0), failed("b", 2, 5)}, "b: Error, exit code 2 (pod b, container c)"},
		"a pod that was stopped is not to blame":   {[]corev1.Pod{stopped, failed("b", 2, 5)}, "b: Error, exit code 2 (pod b, container c)"},
		"a failure that was made good is none":     {[]corev1.Pod{failed("a", 1, 3), failed("b", 2, 5), good}, "b: Error, exit code 2 (pod b, container c)"},
		"somebody is named if all are excused":     {[]corev1.Pod{stopped, good}, "a: Error, exit code 143 (pod a, container c)"},
		"a pod that was preempted is to blame":     {[]corev1.Pod{stopped, preempted, failed("d", 1, 5)}, "b: PreemptionByScheduler (pod b, container c)"},
		"a pod that no node took is to blame":      {[]corev1.Pod{failed("a", 1, 5), at("b", rejected, 0)}, "b: OutOfcpu (pod b)"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := FirstFailure(c.pods, func(pod *corev1.Pod) string { return pod.Name }); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
