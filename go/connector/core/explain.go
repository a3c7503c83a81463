// Why does a task not start?

package core

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/plugin"
)

// explain returns the newest warning about a resource that has no pods yet: Pod Security, a quota or an admission webhook
// refuses pods that the operator makes, and only an event tells. The task waits: somebody may repair it, and the operator
// tries again.
func (c *Core) explain(
	s served, object *unstructured.Unstructured, pods []*corev1.Pod, info plugin.PhaseInfo,
) string {
	if info.Phase == plugin.Running || len(pods) > 0 {
		return ""
	}
	return meta.Shorten(c.config.Cache.Warning(s.resource, object.GetNamespace(), object.GetUID()), MaxReason)
}
