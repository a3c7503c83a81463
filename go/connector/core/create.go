// How does a task become a resource, exactly once?

package core

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/plugin"
)

// Create makes the task's resource, or finds the one that an earlier call for the same attempt made, and returns
// resource_meta. Flyte calls at least once; the same attempt always gets the same bytes.
//
// What will never work is no error: it is accepted, and Get says FAILED. An error would be spent from the user's retries.
func (c *Core) Create(ctx context.Context, task plugin.Task) ([]byte, error) {
	s, err := c.served(task.Type)
	if err != nil {
		return nil, err
	}
	if !c.config.Cache.Serves(task.Namespace) {
		return c.Refuse(task.Type, fmt.Sprintf("this connector does not serve namespace %q", task.Namespace))
	}
	object, err := build(s, task)
	if err != nil {
		return c.Refuse(task.Type, err.Error())
	}
	inner, cancel := c.deadline(ctx)
	defer cancel()
	var created *unstructured.Unstructured
	err = retry(inner, func(attempt context.Context) error {
		created, err = c.createOrAdopt(attempt, s, object)
		return err
	})
	if err != nil {
		if text, refused := refusal(err); refused {
			return c.Refuse(task.Type, text)
		}
		c.undoLater(ctx, s, object, err)
		return nil, fmt.Errorf("create %s %s/%s: %w", s.resource.Kind, task.Namespace, task.Name, err)
	}
	return meta.Encode(meta.Meta{
		Kind:      meta.Kind(s.resource.GroupVersionKind),
		Namespace: created.GetNamespace(),
		Name:      created.GetName(),
		UID:       created.GetUID(),
		Prefix:    meta.PrefixHash(task.OutputPrefix),
	})
}

// Refuse returns the resource_meta of a task that can never run.
func (c *Core) Refuse(taskType, reason string) ([]byte, error) {
	c.config.Log.Info("task refused", "type", taskType, "reason", reason)
	return meta.Encode(meta.Meta{Refusal: reason})
}

// createOrAdopt is one attempt. After a lost answer the object is there, and the next attempt adopts it.
func (c *Core) createOrAdopt(
	ctx context.Context, s served, object *unstructured.Unstructured,
) (*unstructured.Unstructured, error) {
	client := c.client(s, object.GetNamespace())
	created, err := client.Create(ctx, object, metav1.CreateOptions{FieldManager: "flyteconnector"})
	if err == nil {
		return created, nil
	}
	if !apierrors.IsAlreadyExists(err) {
		if _, refused := refusal(err); refused {
			return nil, err
		}
		return nil, again{err}
	}
	existing, err := client.Get(ctx, object.GetName(), metav1.GetOptions{})
	switch {
	case apierrors.IsForbidden(err):
		return nil, err
	case err != nil: // not found: it went away in between
		return nil, again{err}
	case !ours(existing, meta.PrefixHash(object.GetAnnotations()[OutputPrefixAnnotation])):
		return nil, fmt.Errorf("%w: %s %s/%s exists and does not belong to this attempt (output prefix %q)", ErrForeign,
			existing.GetKind(), existing.GetNamespace(), existing.GetName(), object.GetAnnotations()[OutputPrefixAnnotation])
	case existing.GetDeletionTimestamp() != nil:
		// Its pods may still write to the same output prefix. The name is free when they are gone.
		return nil, again{fmt.Errorf("the earlier %s %s is still being deleted", existing.GetKind(), existing.GetName())}
	}
	return existing, nil
}

// undoLater deletes what a create may have left behind and Flyte will never know of. That is so when the time is up: Flyte
// gives the attempt up and starts another one. It is not so when the caller went away: it comes back and adopts.
func (c *Core) undoLater(ctx context.Context, s served, object *unstructured.Unstructured, cause error) {
	if !errors.Is(cause, ErrUnavailable) || wentAway(ctx) {
		return
	}
	prefix := meta.PrefixHash(object.GetAnnotations()[OutputPrefixAnnotation])
	c.background.Go(func() {
		inner, cancel := c.deadline(context.WithoutCancel(ctx))
		defer cancel()
		// A request on its way may still arrive, so "not there" is believed only at the end.
		for found := false; !found && inner.Err() == nil; {
			var err error
			if found, err = c.remove(inner, s, object.GetNamespace(), object.GetName(), prefix, ""); err != nil {
				c.config.Log.Warn("a create that took too long may have left a resource", "kind", s.resource.Kind,
					"namespace", object.GetNamespace(), "name", object.GetName(), "error", err)
			}
			sleep(inner, longestPause)
		}
	})
}

// wentAway tells a caller that has hung up from one whose time was over: gRPC may report the latter as canceled, too.
func wentAway(ctx context.Context) bool {
	deadline, limited := ctx.Deadline()
	return errors.Is(ctx.Err(), context.Canceled) && (!limited || time.Until(deadline) > firstPause)
}
