// Has a task had its time?

package core

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/metrics"
	"example.com/flyteconnector/plugin"
)

// overdue answers for a resource that is older than the task's timeout. Flyte 2 sends the timeout and does not enforce it;
// FlytePropeller does, and counts it as a failure that a retry may heal, so it is one here.
//
// Both times are the API server's. A creationTimestamp is cut to whole seconds, hence the second on top.
func overdue(object *unstructured.Unstructured, info plugin.PhaseInfo, now time.Time) (end, bool) {
	limit := timeoutOf(object)
	if limit <= 0 || now.Sub(object.GetCreationTimestamp().Time) <= limit+time.Second {
		return end{}, false
	}
	info.Phase = plugin.RetryableFailed
	info.Reason = fmt.Sprintf("timeout of %s is over", limit)
	info.CleanupOnFailure = true
	return endOf(info, metrics.TimedOut), true
}
