// %% Links: where can the user see more?
//
// Flyte shows a link when the task changes its phase, and not before the next change again. A log needs a pod, so a worker
// that has none yet when the first one runs gets its link at the end.

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
// A worker that was started again has two pods. Both get their link, the newer one last. Ten links are enough for a screen.

const maxLinks = 10

// TODO(links): Add the pages that your operator serves, such as a dashboard.
func (p Plugin) links(pods []corev1.Pod) []plugin.Link {
	var links []plugin.Link
	for _, pod := range slices.SortedFunc(slices.Values(pods), byIndex) {
		if p.LogURL != "" && len(links) < maxLinks {
			links = append(links, plugin.Link{Name: worker(&pod), URI: p.LogURL.For(&pod)})
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
