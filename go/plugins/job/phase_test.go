package job

import (
	"reflect"
	"strings"
	"testing"

	"example.com/flyteconnector/plugin"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"
)

func pod(index string, status corev1.PodStatus) corev1.Pod {
	pod := corev1.Pod{Status: status}
	pod.Annotations = map[string]string{batchv1.JobCompletionIndexAnnotation: index}
	pod.Name, pod.Namespace, pod.UID = "count-"+index, "ns", "uid-1"
	pod.Spec.Containers = []corev1.Container{{Name: "main", Image: "task:1", Args: []string{"pyflyte-execute"}}}
	return pod
}

func waiting(reason, message string) corev1.PodStatus {
	state := corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
	return corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{Name: "main", State: state}}}
}

func ended(reason string, code int32, message string) corev1.PodStatus {
	end := &corev1.ContainerStateTerminated{Reason: reason, ExitCode: code, Message: message}
	state := corev1.ContainerState{Terminated: end}
	return corev1.PodStatus{Phase: corev1.PodFailed, ContainerStatuses: []corev1.ContainerStatus{{Name: "main", State: state}}}
}

func conditions(kind batchv1.JobConditionType, reason, message string) batchv1.JobStatus {
	return batchv1.JobStatus{Conditions: []batchv1.JobCondition{
		{Type: kind, Status: corev1.ConditionTrue, Reason: reason, Message: message},
	}}
}

var running = corev1.PodStatus{Phase: corev1.PodRunning}

var unschedulable = corev1.PodStatus{Phase: corev1.PodPending, Conditions: []corev1.PodCondition{
	{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "no node has 64 GPUs"},
}}

func TestGetTaskPhase(t *testing.T) {
	failed := conditions(batchv1.JobFailed, batchv1.JobReasonMaxFailedIndexesExceeded, "1 index failed")
	notYet := conditions(batchv1.JobFailureTarget, batchv1.JobReasonMaxFailedIndexesExceeded, "")
	notTrue := conditions(batchv1.JobComplete, "", "")
	notTrue.Conditions[0].Status = corev1.ConditionFalse
	cases := map[string]struct {
		status batchv1.JobStatus
		pods   []corev1.Pod
		phase  plugin.Phase
		reason string
	}{
		"a new Job is queued":             {phase: plugin.Queued, reason: "no worker has a pod yet"},
		"a pod that no node takes waits":  {pods: []corev1.Pod{pod("0", unschedulable)}, phase: plugin.WaitingForResources, reason: "worker 0: Unschedulable: no node has 64 GPUs"},
		"a pod that starts initialises":   {pods: []corev1.Pod{pod("0", waiting("ContainerCreating", ""))}, phase: plugin.Initializing, reason: "worker 0: the pod is starting"},
		"the first failed pull may pass":  {pods: []corev1.Pod{pod("0", waiting("ErrImagePull", "no such image"))}, phase: plugin.Initializing, reason: "ErrImagePull: no such image"},
		"an image that cannot be pulled":  {pods: []corev1.Pod{pod("0", running), pod("1", waiting("ImagePullBackOff", "no such image"))}, phase: plugin.RetryableFailed, reason: "worker 1: ImagePullBackOff"},
		"an image that cannot exist":      {pods: []corev1.Pod{pod("0", waiting("InvalidImageName", "bad name"))}, phase: plugin.RetryableFailed, reason: "InvalidImageName"},
		"one worker that runs is running": {pods: []corev1.Pod{pod("0", running), pod("1", unschedulable)}, phase: plugin.Running},
		"a finished worker is running":    {status: batchv1.JobStatus{Succeeded: 1}, phase: plugin.Running},
		"a false condition says nothing":  {status: notTrue, phase: plugin.Queued},
		"complete is success":             {status: conditions(batchv1.JobComplete, "", ""), phase: plugin.Succeeded},
		"pods are still being stopped":    {status: notYet, pods: []corev1.Pod{pod("0", running)}, phase: plugin.Running},
		"the worker says why it failed":   {status: failed, pods: []corev1.Pod{pod("0", running), pod("2", ended("Error", 1, "ValueError: no"))}, phase: plugin.RetryableFailed, reason: "worker 2: Error, exit code 1 (pod count-2, container main)\nValueError: no"},
		"the lowest failed worker speaks": {status: failed, pods: []corev1.Pod{pod("10", ended("Error", 2, "")), pod("9", ended("Error", 1, ""))}, phase: plugin.RetryableFailed, reason: "worker 9: Error, exit code 1"},
		"out of memory is named":          {status: failed, pods: []corev1.Pod{pod("0", ended("OOMKilled", 137, ""))}, phase: plugin.RetryableFailed, reason: "worker 0: OOMKilled, exit code 137"},
		"no pod left to ask":              {status: failed, phase: plugin.RetryableFailed, reason: "1 index failed"},
		"too late may be tried again":     {status: conditions(batchv1.JobFailed, batchv1.JobReasonDeadlineExceeded, "too late"), phase: plugin.RetryableFailed, reason: "too late"},
		"a failure policy is final":       {status: conditions(batchv1.JobFailed, batchv1.JobReasonPodFailurePolicy, "exit code 42"), phase: plugin.Failed, reason: "exit code 42"},
		"a reason that nobody knows":      {status: conditions(batchv1.JobFailed, "Eclipse", "dark"), phase: plugin.RetryableFailed, reason: "dark"},
		"suspended is queued":             {status: conditions(batchv1.JobSuspended, "JobSuspended", "by a queue"), phase: plugin.Queued, reason: "by a queue"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			info := phaseOf(t, Plugin{}, c.status, c.pods)
			if info.Phase != c.phase || !strings.Contains(info.Reason, c.reason) {
				t.Errorf("got %v (%q), want %v (%q)", info.Phase, info.Reason, c.phase, c.reason)
			}
		})
	}
}

// Their pods are gone, and the Job has not counted all of them yet.
func TestWorkersThatAreStoppedHaveBeenRunning(t *testing.T) {
	stopping := conditions(batchv1.JobFailureTarget, batchv1.JobReasonDeadlineExceeded, "")
	stopping.Terminating = ptr.To(int32(1))
	if info := phaseOf(t, Plugin{}, stopping, nil); info.Phase != plugin.Running {
		t.Errorf("got %v (%q), want Running", info.Phase, info.Reason)
	}
}

func TestTheWorkerToBlame(t *testing.T) {
	failed := conditions(batchv1.JobFailed, batchv1.JobReasonFailedIndexes, "1 index failed")
	at := func(index string, code int32, finished int64) corev1.Pod {
		pod := pod(index, ended("Error", code, ""))
		pod.Status.ContainerStatuses[0].State.Terminated.FinishedAt = metav1.Unix(finished, 0)
		return pod
	}
	stopped := at("0", 143, 3)
	stopped.DeletionTimestamp = &metav1.Time{}
	succeeded := corev1.PodStatus{Phase: corev1.PodSucceeded}
	cases := map[string]struct {
		pods   []corev1.Pod
		reason string
	}{
		"it failed first, whatever its index":     {[]corev1.Pod{at("0", 1, 9), at("2", 2, 5)}, "worker 2: Error, exit code 2 (pod count-2, container main)"},
		"the lower index, if at the same time":    {[]corev1.Pod{at("10", 1, 5), at("2", 2, 5)}, "worker 2: Error, exit code 2 (pod count-2, container main)"},
		"it was not stopped by Kubernetes":        {[]corev1.Pod{stopped, at("2", 2, 5)}, "worker 2: Error, exit code 2 (pod count-2, container main)"},
		"it did not succeed at its second try":    {[]corev1.Pod{at("0", 1, 1), pod("0", succeeded), at("2", 2, 5)}, "worker 2: Error, exit code 2 (pod count-2, container main)"},
		"if all are excused, it is named however": {[]corev1.Pod{stopped}, "worker 0: Error, exit code 143 (pod count-0, container main)"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if info := phaseOf(t, Plugin{}, failed, c.pods); info.Reason != c.reason {
				t.Errorf("got %q, want %q", info.Reason, c.reason)
			}
		})
	}
}

func TestWhereWorker0AloneDecides(t *testing.T) {
	stuck := waiting("ImagePullBackOff", "no such image")
	cases := map[string]struct {
		pods    []corev1.Pod
		phase   plugin.Phase
		cleanup bool
	}{
		"another worker that cannot start is no end": {[]corev1.Pod{pod("0", running), pod("1", stuck)}, plugin.Running, false},
		"nor before worker 0 has begun":              {[]corev1.Pod{pod("0", unschedulable), pod("1", stuck)}, plugin.Initializing, false},
		"worker 0 that cannot start is the end":      {[]corev1.Pod{pod("0", stuck), pod("1", running)}, plugin.RetryableFailed, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			job := &batchv1.Job{}
			job.Spec.SuccessPolicy = &batchv1.SuccessPolicy{}
			info := phaseOfJob(t, Plugin{}, job, c.pods)
			if info.Phase != c.phase || info.CleanupOnFailure != c.cleanup {
				t.Errorf("got %v, cleanup %v; want %v, %v", info.Phase, info.CleanupOnFailure, c.phase, c.cleanup)
			}
		})
	}
}

func TestOnlyAJobThatWouldGoOnIsCleanedUp(t *testing.T) {
	stuck := phaseOf(t, Plugin{}, batchv1.JobStatus{}, []corev1.Pod{pod("0", waiting("ImagePullBackOff", "no"))})
	failed := phaseOf(t, Plugin{}, conditions(batchv1.JobFailed, "", ""), []corev1.Pod{pod("0", ended("Error", 1, ""))})
	if !stuck.CleanupOnFailure || failed.CleanupOnFailure {
		t.Errorf("stuck: %v, failed: %v; want only the stuck one to be deleted", stuck.CleanupOnFailure, failed.CleanupOnFailure)
	}
}

func TestInfoCountsWorkers(t *testing.T) {
	info := phaseOf(t, Plugin{}, batchv1.JobStatus{Active: 3, Succeeded: 1}, nil)
	if info.Info["active"] != int32(3) || info.Info["succeeded"] != int32(1) {
		t.Errorf("info is %v", info.Info)
	}
}

func phaseOf(t *testing.T, p Plugin, status batchv1.JobStatus, pods []corev1.Pod) plugin.PhaseInfo {
	t.Helper()
	return phaseOfJob(t, p, &batchv1.Job{Status: status}, pods)
}

// phaseOfJob asks twice: with the Job and its pods as they are, and with what the connector keeps of them.
func phaseOfJob(t *testing.T, p Plugin, job *batchv1.Job, pods []corev1.Pod) plugin.PhaseInfo {
	t.Helper()
	job.Spec.Template = task(t, nil).Pod
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(job)
	if err != nil {
		t.Fatal(err)
	}
	resource := &unstructured.Unstructured{Object: content}
	info, err := p.GetTaskPhase(resource, pods)
	if err != nil {
		t.Fatal(err)
	}
	p.Resource().Forget(resource)
	kept := make([]corev1.Pod, 0, len(pods))
	for _, pod := range pods {
		kept = append(kept, *plugin.Forget(&pod))
	}
	if again, err := p.GetTaskPhase(resource, kept); err != nil || !reflect.DeepEqual(again, info) {
		t.Errorf("%+v (error %v) without what Resource().Ignored names, and %+v with it", again, err, info)
	}
	return info
}
