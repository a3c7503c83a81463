// %% Phase: how far is the task?
//
// Flyte asks this again and again. The answer is read from the resource alone, and from its pods where the resource is
// silent: a Job whose image does not exist looks like a Job that is about to start.

package job

import (
	"cmp"
	"slices"

	"example.com/flyteconnector/plugin"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
)

// %% The end is a table
//
// A Job that has failed says why in one word. The table says what Flyte should do then: RetryableFailed starts another
// attempt if the user asked for retries, Failed does not. A word that is not in the table counts as retryable. A deadline
// is retryable because Flyte's own timeout is: it is for each attempt. A failure policy is not: somebody wrote it to say so.

// TODO(phases): List every final state that your operator reports.
var failures = map[string]plugin.Phase{
	batchv1.JobReasonBackoffLimitExceeded:     plugin.RetryableFailed,
	batchv1.JobReasonFailedIndexes:            plugin.RetryableFailed,
	batchv1.JobReasonMaxFailedIndexesExceeded: plugin.RetryableFailed,
	batchv1.JobReasonDeadlineExceeded:         plugin.RetryableFailed,
	batchv1.JobReasonPodFailurePolicy:         plugin.Failed,
}

// %% From the Job's conditions
//
// Only ``Complete`` and ``Failed`` are the end. ``SuccessCriteriaMet`` and ``FailureTarget`` come earlier, while pods still
// run; a plugin that takes them for the end reports a success whose outputs are not written yet.

// GetTaskPhase reads how far the Job is.
// TODO(phases): Read the conditions, or the state, that your operator writes.
func (p Plugin) GetTaskPhase(resource *unstructured.Unstructured, pods []corev1.Pod) (plugin.PhaseInfo, error) {
	job, err := plugin.FromUnstructured[batchv1.Job](resource)
	if err != nil {
		return plugin.PhaseInfo{}, err
	}
	info := progress(job, pods)
	for _, condition := range job.Status.Conditions {
		if condition.Status != corev1.ConditionTrue {
			continue
		}
		switch condition.Type {
		case batchv1.JobComplete:
			info = plugin.PhaseInfo{Phase: plugin.Succeeded}
		case batchv1.JobFailed:
			info.Phase = cmp.Or(failures[condition.Reason], plugin.RetryableFailed)
			info.Reason = cmp.Or(failure(pods), condition.Message)
		case batchv1.JobSuspended:
			info = plugin.PhaseInfo{Phase: plugin.Queued, Reason: condition.Message}
		}
	}
	info.Links = p.links(pods)
	info.Info = map[string]any{"active": job.Status.Active, "succeeded": job.Status.Succeeded}
	return info, nil
}

// %% On the way, from the pods
//
// The first of these that fits is the answer:
//
// - A worker that cannot start ends the attempt, even while others run: the Job could never be complete. Where worker 0
//   alone decides, it can be complete without the others, so they count as Initializing at most.
// - One worker that runs makes a running task. So does one that is being stopped: its pod may be gone already.
// - Of the workers that wait, the one with the highest phase speaks for all.

// TODO(phases): Say how far a resource is before its end.
func progress(job *batchv1.Job, pods []corev1.Pod) plugin.PhaseInfo {
	info := plugin.PhaseInfo{Phase: plugin.Queued, Reason: "no worker has a pod yet"}
	running := job.Status.Succeeded > 0 || ptr.Deref(job.Status.Terminating, 0) > 0
	for _, pod := range pods {
		if pod.Status.Phase != corev1.PodPending {
			running = true
		} else if stuck := pending(job, &pod); stuck.Phase > info.Phase {
			info, info.Reason = stuck, worker(&pod)+": "+stuck.Reason
		}
	}
	if running && !info.Phase.Terminal() {
		info = plugin.PhaseInfo{Phase: plugin.Running}
	}
	return info
}

func pending(job *batchv1.Job, pod *corev1.Pod) plugin.PhaseInfo {
	info := plugin.PendingPhase(pod)
	if job.Spec.SuccessPolicy != nil && worker(pod) != "worker 0" {
		info.Phase, info.CleanupOnFailure = min(info.Phase, plugin.Initializing), false
	}
	return info
}

// %% Who is to blame
//
// When one worker fails, Kubernetes stops the others, and they look as if they had failed, too. So the last words that count
// are those of the worker that failed first, without those that were stopped, or that failed once and then succeeded.

func failure(pods []corev1.Pod) string {
	return plugin.FirstFailure(slices.SortedFunc(slices.Values(pods), byIndex), worker)
}
