package plugin_test

import (
	"cmp"
	"fmt"
	"slices"

	"example.com/flyteconnector/plugin"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
)

// Queued runs a task as a Job that Kueue, a queue for Kubernetes, lets in when there is room. It has no message.
type Queued struct{ plugin.Unimplemented }

func (Queued) Resource() plugin.Resource {
	return plugin.Resource{
		GroupVersionKind: batchv1.SchemeGroupVersion.WithKind("Job"),
		TaskTypes:        []string{"queued_job"},
		PodLabel:         batchv1.JobNameLabel,
	}
}

func (p Queued) BuildResource(task plugin.Task) (*unstructured.Unstructured, error) {
	job := &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: task.Name, Namespace: task.Namespace, Labels: task.Labels},
		Spec:       batchv1.JobSpec{Suspend: ptr.To(true), BackoffLimit: ptr.To[int32](0), Template: task.Pod},
	}
	queue := cmp.Or(task.Config["queue"], "default")
	metav1.SetMetaDataLabel(&job.ObjectMeta, "kueue.x-k8s.io/queue-name", queue)
	return plugin.ToUnstructured(job, p.Resource().GroupVersionKind)
}

func (Queued) GetTaskPhase(object *unstructured.Unstructured, pods []corev1.Pod) (plugin.PhaseInfo, error) {
	job, err := plugin.FromUnstructured[batchv1.Job](object)
	if err != nil {
		return plugin.PhaseInfo{}, err
	}
	ended := func(kind batchv1.JobConditionType) bool {
		return slices.ContainsFunc(job.Status.Conditions, func(condition batchv1.JobCondition) bool {
			return condition.Type == kind && condition.Status == corev1.ConditionTrue
		})
	}
	switch {
	case ended(batchv1.JobComplete):
		return plugin.PhaseInfo{Phase: plugin.Succeeded}, nil
	case ended(batchv1.JobFailed):
		name := func(pod *corev1.Pod) string { return pod.Name }
		return plugin.PhaseInfo{Phase: plugin.RetryableFailed, Reason: plugin.FirstFailure(pods, name)}, nil
	case len(pods) == 0:
		return plugin.PhaseInfo{Phase: plugin.WaitingForResources, Reason: "in the queue"}, nil
	case pods[0].Status.Phase == corev1.PodPending:
		return plugin.PendingPhase(&pods[0]), nil
	}
	return plugin.PhaseInfo{Phase: plugin.Running}, nil
}

// A plugin without a message: all that it needs is in the TaskTemplate already.
func Example_withoutAMessage() {
	task := plugin.Task{Name: "count-4f1c2a", Namespace: "flights", Config: map[string]string{"queue": "nightly"}}
	task.Pod.Spec.Containers = []corev1.Container{{Name: "main", Image: "count:1", Resources: corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("2Gi")},
	}}}
	job, err := Queued{}.BuildResource(task)
	if err != nil {
		fmt.Println(err)
		return
	}
	containers, _, _ := unstructured.NestedSlice(job.Object, "spec", "template", "spec", "containers")
	fmt.Println(job.GetKind(), job.GetName(), job.GetLabels())
	fmt.Println(containers)
	waiting, _ := Queued{}.GetTaskPhase(job, nil)
	fmt.Println(waiting.Phase, "-", waiting.Reason)
	_ = unstructured.SetNestedSlice(job.Object, []any{map[string]any{"type": "Complete", "status": "True"}}, "status", "conditions")
	done, _ := Queued{}.GetTaskPhase(job, nil)
	fmt.Println(done.Phase)

	// Output:
	// Job count-4f1c2a map[kueue.x-k8s.io/queue-name:nightly]
	// [map[image:count:1 name:main resources:map[requests:map[memory:2Gi]]]]
	// WaitingForResources - in the queue
	// Succeeded
}
