// %% Links: where can the user see more?
//
// Flyte shows a link when the task changes its phase, and not before the next change again. So every link has to be there
// in the first answer that says Running.

package job

import (
	"cmp"
	"slices"

	"example.com/flyteconnector/plugin"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// %% One link for each worker
//
// A worker that was started again has two pods. Both get their link, the newer one last. Ten are enough for a screen.

const maxLinks = 10

// TODO(links): Add the pages that your operator serves, such as a dashboard.
func (p Plugin) links(pods []corev1.Pod) []plugin.Link {
	var links []plugin.Link
	for _, pod := range slices.SortedFunc(slices.Values(pods), byIndex) {
		if p.LogURL != "" && len(links) < maxLinks {
			url := p.LogURL.For(&pod, pod.Spec.Containers[0].Name)
			links = append(links, plugin.Link{Name: worker(&pod), URI: url})
		}
	}
	return links
}

// byIndex sorts "worker 2" before "worker 10", and a worker's older pod before its newer one.
func byIndex(a, b corev1.Pod) int {
	return cmp.Or(cmp.Compare(len(worker(&a)), len(worker(&b))), cmp.Compare(worker(&a), worker(&b)),
		a.CreationTimestamp.Compare(b.CreationTimestamp.Time))
}

// worker names a pod by its index, as the user knows it: "worker 3".
func worker(pod *corev1.Pod) string {
	return "worker " + pod.Annotations[batchv1.JobCompletionIndexAnnotation]
}
