// What becomes of the attempts before this one?

package core

import (
	"context"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/attempt"
	"example.com/flyteconnector/metrics"
)

// supersede deletes what earlier attempts of the task have left. Flyte deletes them, too, but not when that call failed
// (Flyte 2 only logs it), nor when their create was answered too late. Two attempts at once would pay twice.
func (c *Core) supersede(ctx context.Context, s served, task attempt.Attempt) {
	if task.Attempt == 0 || task.Lineage == "" {
		return
	}
	for _, object := range c.config.Cache.Lineage(s.resource, task.Namespace, task.Lineage) {
		if older(object, int64(task.Attempt)) && object.GetAnnotations()[TypeAnnotation] == task.Type {
			c.dropLater(ctx, s, object, metrics.Superseded)
		}
	}
}

// older says whether the object is a connector's, and an earlier attempt than this number. What does not say its number
// is left alone.
func older(object *unstructured.Unstructured, number int64) bool {
	at := attemptOf(object)
	return managed(object) && at >= 0 && at < number
}

// superseded says whether the cache has a later attempt of the same task.
func (c *Core) superseded(s served, object *unstructured.Unstructured) bool {
	lineage := object.GetLabels()[LineageLabel]
	if lineage == "" {
		return false
	}
	for _, other := range c.config.Cache.Lineage(s.resource, object.GetNamespace(), lineage) {
		if managed(other) && older(object, attemptOf(other)) {
			return true
		}
	}
	return false
}
