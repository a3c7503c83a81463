// How is a resource deleted that Flyte has not asked to delete?

package core

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/metrics"
)

// drop deletes exactly this object, and counts the reason. It is fine if it is gone, or if another one has its name by now.
func (c *Core) drop(ctx context.Context, s served, object *unstructured.Unstructured, why metrics.Event) error {
	inner, cancel := c.deadline(ctx)
	defer cancel()
	counted := false
	err := c.retry(inner, s, func(attempt context.Context) error {
		err := c.client(s, object.GetNamespace()).Delete(attempt, object.GetName(), deleteOptions(object.GetUID()))
		counted = err == nil
		if err == nil || apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
			return nil
		}
		return unlessFinal(err)
	})
	if err != nil {
		return fmt.Errorf("delete %s %s/%s (%s): %w", object.GetKind(), object.GetNamespace(), object.GetName(), why, err)
	}
	if counted {
		c.config.Metrics.Count(s.taskType, why)
		c.config.Log.Info("resource deleted", "why", why, "kind", object.GetKind(), "namespace", object.GetNamespace(),
			"name", object.GetName())
	}
	return nil
}

// dropLater does it in the background, once at a time for each object. What does not work, the sweep tries again.
func (c *Core) dropLater(ctx context.Context, s served, object *unstructured.Unstructured, why metrics.Event) {
	uid := object.GetUID()
	if object.GetDeletionTimestamp() != nil {
		return
	}
	if _, underWay := c.dropping.LoadOrStore(uid, nil); underWay {
		return
	}
	c.background.Go(func() {
		defer c.dropping.Delete(uid)
		if err := c.drop(context.WithoutCancel(ctx), s, object, why); err != nil {
			c.config.Log.Warn("resource is still there; the next sweep tries again", "error", err)
		}
	})
}
