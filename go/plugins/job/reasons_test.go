package job

import (
	"testing"

	"example.com/flyteconnector/plugin"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// What Kubernetes says about a pod is what Flyte's user has to read. The pods are as the scheduler, the kubelet and the
// Job controller of Kubernetes 1.34 leave them.

func ofNode(reason, message string) corev1.PodStatus {
	return corev1.PodStatus{Phase: corev1.PodFailed, Reason: reason, Message: message}
}

// target marks a pod that the cluster is about to end, or has ended.
func target(status corev1.PodStatus, reason, message string) corev1.PodStatus {
	status.Conditions = []corev1.PodCondition{{
		Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: reason, Message: message, LastTransitionTime: metav1.Unix(1, 0),
	}}
	return status
}

func TestTheReasonOfAWorkerThatDoesNotStart(t *testing.T) {
	gated := unschedulable
	gated.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse,
		Reason: "SchedulingGated", Message: "Scheduling is blocked due to non-empty scheduling gates"}}
	cases := map[string]struct {
		status corev1.PodStatus
		phase  plugin.Phase
		reason string
	}{
		"no node has room":              {unschedulable, plugin.WaitingForResources, "worker 1: Unschedulable: no node has 64 GPUs (pod count-1)"},
		"a queue holds it back":         {gated, plugin.WaitingForResources, "worker 1: SchedulingGated: Scheduling is blocked due to non-empty scheduling gates (pod count-1)"},
		"the first pull failed":         {waiting("ErrImagePull", "not found"), plugin.Initializing, "worker 1: ErrImagePull: not found (pod count-1, container main)"},
		"the image cannot be pulled":    {waiting("ImagePullBackOff", "not found"), plugin.RetryableFailed, "worker 1: ImagePullBackOff: not found (pod count-1, container main)"},
		"a secret is missing":           {waiting("CreateContainerConfigError", `secret "a" not found`), plugin.RetryableFailed, `worker 1: CreateContainerConfigError: secret "a" not found (pod count-1, container main)`},
		"a sidecar starts in vain":      {waiting("CrashLoopBackOff", "back-off 10s"), plugin.Initializing, "worker 1: CrashLoopBackOff: back-off 10s (pod count-1, container main)"},
		"the container is not there":    {waiting("CreateContainerError", "no command"), plugin.Initializing, "worker 1: CreateContainerError: no command (pod count-1, container main)"},
		"nobody may pull another image": {waiting("ErrImageNeverPull", "not present"), plugin.RetryableFailed, "worker 1: ErrImageNeverPull: not present (pod count-1, container main)"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			info := phaseOf(t, Plugin{}, batchv1.JobStatus{}, []corev1.Pod{pod("1", c.status)})
			if info.Phase != c.phase || info.Reason != c.reason {
				t.Errorf("got %v (%q), want %v (%q)", info.Phase, info.Reason, c.phase, c.reason)
			}
		})
	}
}

// A Job counts every pod that ends without success, whoever ended it: with no retries of its own (backoffLimitPerIndex 0)
// it fails at once, and its other pods are deleted. An eviction or a preemption may go better next time.
func TestTheReasonOfAWorkerThatFailed(t *testing.T) {
	const low = "The node was low on resource: memory."
	cases := map[string]struct {
		status corev1.PodStatus
		reason string
	}{
		"out of memory":          {ended("OOMKilled", 137, ""), "worker 1: OOMKilled, exit code 137 (pod count-1, container main)"},
		"the user's error":       {ended("Error", 1, "ValueError: no"), "worker 1: Error, exit code 1 (pod count-1, container main)\nValueError: no"},
		"evicted by the kubelet": {target(ofNode("Evicted", low), "TerminationByKubelet", low), "worker 1: Evicted: " + low + " (pod count-1)"},
		"preempted": {target(ended("Error", 143, ""), "PreemptionByScheduler", "default-scheduler: preempting to accommodate a higher priority pod"),
			"worker 1: PreemptionByScheduler: default-scheduler: preempting to accommodate a higher priority pod (pod count-1, container main)"},
		"its node was drained": {target(ended("Error", 143, ""), "EvictionByEvictionAPI", "Eviction API: evicting"),
			"worker 1: EvictionByEvictionAPI: Eviction API: evicting (pod count-1, container main)"},
		"its node was tainted": {target(ended("Error", 143, ""), "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint"),
			"worker 1: DeletionByTaintManager: Taint manager: deleting due to NoExecute taint (pod count-1, container main)"},
		"its node is gone": {target(ended("ContainerStatusUnknown", 137, ""), "DeletionByPodGC", "PodGC: node no longer exists"),
			"worker 1: DeletionByPodGC: PodGC: node no longer exists (pod count-1, container main)"},
		"its node shuts down":            {ofNode("Terminated", "Pod was terminated in response to imminent node shutdown."), "worker 1: Terminated: Pod was terminated in response to imminent node shutdown. (pod count-1)"},
		"its node is lost":               {ofNode("NodeLost", "Node n is unresponsive"), "worker 1: NodeLost: Node n is unresponsive (pod count-1)"},
		"the node had no room after all": {ofNode("OutOfcpu", "Node didn't have enough resource: cpu"), "worker 1: OutOfcpu: Node didn't have enough resource: cpu (pod count-1)"},
		"a device could not be had":      {ofNode("UnexpectedAdmissionError", "Allocate failed"), "worker 1: UnexpectedAdmissionError: Allocate failed (pod count-1)"},
		"the node does not fit":          {ofNode("NodeAffinity", "Pod was rejected"), "worker 1: NodeAffinity: Pod was rejected (pod count-1)"},
		"the pod's own deadline":         {ofNode("DeadlineExceeded", "Pod was active on the node longer than the specified deadline"), "worker 1: DeadlineExceeded: Pod was active on the node longer than the specified deadline (pod count-1)"},
	}
	stopped := pod("0", ended("Error", 143, "")) // by the Job, because worker 1 had failed
	stopped.DeletionTimestamp = &metav1.Time{}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			failed := conditions(batchv1.JobFailed, batchv1.JobReasonMaxFailedIndexesExceeded, "1 index failed")
			info := phaseOf(t, Plugin{}, failed, []corev1.Pod{stopped, pod("1", c.status)})
			if info.Phase != plugin.RetryableFailed || info.Reason != c.reason {
				t.Errorf("got %v (%q), want RetryableFailed (%q)", info.Phase, info.Reason, c.reason)
			}
		})
	}
}

// The Job controller takes a pod that is being deleted for a failed one, while its processes are still being stopped.
func TestAPreemptedWorkerIsToBlameBeforeItHasEnded(t *testing.T) {
	leaving := pod("1", target(running, "PreemptionByScheduler", "preempting"))
	leaving.DeletionTimestamp = &metav1.Time{}
	failed := conditions(batchv1.JobFailed, batchv1.JobReasonFailedIndexes, "1 index failed")
	info := phaseOf(t, Plugin{}, failed, []corev1.Pod{pod("0", running), leaving})
	if want := "worker 1: PreemptionByScheduler: preempting (pod count-1)"; info.Reason != want {
		t.Errorf("got %q, want %q", info.Reason, want)
	}
	if before := phaseOf(t, Plugin{}, batchv1.JobStatus{}, []corev1.Pod{leaving}); before.Phase != plugin.Running {
		t.Errorf("as long as the Job has not failed, it runs; got %v (%q)", before.Phase, before.Reason)
	}
}
