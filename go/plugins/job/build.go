// %% Build: which resource does the task become?
//
// This is the heart of a plugin: a task goes in, a custom resource comes out. There is no client and no clock in it, so a
// test is one call and a comparison with a YAML file.
//
// Change a line and run ``make try``: it shows what becomes of the YAML.

package job

import (
	"math"
	"strconv"

	"example.com/flyteconnector/plugin"
	larkspurv1 "example.com/larkspur/gen/larkspur/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
)

// %% The Job
//
// Name, labels and pod come finished from the connector. What is left are the lines that make it *this* operator's
// resource.

// BuildResource turns a task into an indexed Job.
// TODO(build): Fill in your operator's resource from the message and the pod.
func (p Plugin) BuildResource(task plugin.Task) (*unstructured.Unstructured, error) {
	spec, err := decode(task)
	if err != nil {
		return nil, err
	}
	job := &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{
			Name: task.Name, Namespace: task.Namespace, Labels: task.Labels, Annotations: task.Annotations,
		},
		Spec: batchv1.JobSpec{
			CompletionMode:          ptr.To(batchv1.IndexedCompletion),
			Completions:             &spec.Completions,
			Parallelism:             &spec.Parallelism,
			BackoffLimitPerIndex:    &spec.BackoffLimitPerIndex,
			MaxFailedIndexes:        &spec.MaxFailedIndexes,
			TTLSecondsAfterFinished: &spec.TtlSecondsAfterFinished,
			SuccessPolicy:           successPolicy(spec.DoneWhen),
			Template:                workerPod(task, spec.Completions),
		},
	}
	if task.Timeout > 0 {
		// The connector ends the task in time, with words of its own. This holds when nobody does, so it comes later.
		job.Spec.ActiveDeadlineSeconds = ptr.To(int64(math.Ceil(task.Timeout.Seconds())) + 30)
	}
	return plugin.ToUnstructured(job, p.Resource().GroupVersionKind)
}

func successPolicy(doneWhen larkspurv1.DoneWhen) *batchv1.SuccessPolicy {
	if doneWhen != larkspurv1.DoneWhen_DONE_WHEN_FIRST_WORKER {
		return nil
	}
	return &batchv1.SuccessPolicy{Rules: []batchv1.SuccessPolicyRule{{SucceededIndexes: ptr.To("0")}}}
}

// %% The pod
//
// Kubernetes tells each worker its index (``JOB_COMPLETION_INDEX``), but not how many workers there are.

func workerPod(task plugin.Task, workers int32) corev1.PodTemplateSpec {
	pod := *task.Pod.DeepCopy()
	for i := range pod.Spec.Containers {
		if container := &pod.Spec.Containers[i]; container.Name == task.PrimaryContainer {
			count := corev1.EnvVar{Name: "LARKSPUR_WORKER_COUNT", Value: strconv.Itoa(int(workers))}
			container.Env = append(container.Env, count)
		}
	}
	return pod
}
