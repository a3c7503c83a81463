// How does a task end that Flyte does not want any more?

package core

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/metrics"
)

// Delete removes the task's resource, finished or not. It is fine if it does not exist, is being deleted, or if another
// object has its name by now. It returns when the API server has accepted the deletion, and does not wait for its end.
//
// It tries again inside its own deadline: FlytePropeller repeats a failed delete a dozen times within a fraction of a
// second and then gives up for good.
func (c *Core) Delete(ctx context.Context, taskType string, raw []byte) error {
	s, err := c.served(taskType)
	if err != nil {
		return err
	}
	m, err := c.decode(s, raw)
	if err != nil {
		return err
	}
	if m.Refusal != "" {
		return nil // nothing was ever created
	}
	inner, cancel := c.deadline(ctx)
	defer cancel()
	if _, err := c.remove(inner, s, m, metrics.Deleted); err != nil {
		return fmt.Errorf("delete %s %s/%s: %w", m.Kind, m.Namespace, m.Name, err)
	}
	return nil
}

// remove deletes an object if it is ours, and says whether there was one. An empty uid means whichever uid it has.
//
// It does not hang up on a DELETE that it has sent: the API server may do it all the same, and what would be done next
// must not come before it. So when remove returns without an error, no DELETE of its own is on its way.
func (c *Core) remove(ctx context.Context, s served, m meta.Meta, why metrics.Event) (found bool, err error) {
	err = c.retry(ctx, s, func(attempt context.Context) error {
		object, err := c.live(attempt, s, m)
		if err != nil {
			return unlessFinal(err)
		}
		if object == nil {
			return nil
		}
		found = true
		uncut, cancel := withoutHangingUp(attempt)
		defer cancel()
		err = c.client(s, m.Namespace).Delete(uncut, m.Name, deleteOptions(object.GetUID()))
		if err == nil && object.GetDeletionTimestamp() == nil {
			c.config.Metrics.Count(s.taskType, why)
		}
		if err == nil || apierrors.IsNotFound(err) {
			return nil
		}
		return unlessFinal(err) // a conflict is not: the uid changed in between, and the next look tells
	})
	return found, err
}

// withoutHangingUp ends at the deadline of ctx, and not before.
func withoutHangingUp(ctx context.Context) (context.Context, context.CancelFunc) {
	uncut := context.WithoutCancel(ctx)
	if deadline, limited := ctx.Deadline(); limited {
		return context.WithDeadline(uncut, deadline)
	}
	return uncut, func() {}
}

// deleteOptions ask for foreground deletion: the object stays, marked, until its pods are gone. So its name is free only
// when nobody writes to the output prefix any more. Without any policy the pods of a batch/v1 Job would stay and run on.
func deleteOptions(uid types.UID) metav1.DeleteOptions {
	foreground := metav1.DeletePropagationForeground
	return metav1.DeleteOptions{PropagationPolicy: &foreground, Preconditions: &metav1.Preconditions{UID: &uid}}
}
