// How does a task become a resource, exactly once?

package core

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/attempt"
	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/metrics"
)

// Create makes the task's resource, or finds the one that an earlier call for the same attempt made, and returns
// resource_meta. Flyte calls at least once; the same attempt always gets the same bytes.
//
// What will never work is no error: it is accepted, and Get says FAILED. An error would be spent from the user's retries. So
// it is for what somebody else may repair: a quota (ErrQuota), the connector's own rights, an API server that is away.
func (c *Core) Create(ctx context.Context, task attempt.Attempt) ([]byte, error) {
	s, err := c.served(task.Type)
	if err != nil {
		return nil, err
	}
	if !c.config.Cache.Serves(task.Namespace) {
		return c.Refuse(task.Type, fmt.Sprintf("this connector does not serve namespace %q", task.Namespace))
	}
	object, err := c.build(s, task)
	if err != nil {
		return c.Refuse(task.Type, err.Error())
	}
	created, err := c.make(ctx, s, object)
	if err != nil {
		if text, refused := refusal(s, err); refused {
			return c.Refuse(task.Type, sized(object, text))
		}
		return nil, fmt.Errorf("create %s %s/%s: %w", s.resource.Kind, task.Namespace, task.Name, err)
	}
	c.supersede(ctx, s, task)
	return c.config.Keys.Encode(meta.Meta{
		Kind:      meta.Kind(s.resource.GroupVersionKind),
		Namespace: created.GetNamespace(),
		Name:      created.GetName(),
		UID:       created.GetUID(),
		Prefix:    meta.PrefixHash(task.OutputPrefix),
	})
}

// Refuse returns the resource_meta of a task that can never run.
func (c *Core) Refuse(taskType, reason string) ([]byte, error) {
	c.config.Metrics.Count(taskType, metrics.Refused)
	// Not the reason: it may quote what the user has written, and the user reads it in Flyte.
	c.config.Log.Info("task refused", "type", taskType)
	return c.config.Keys.Encode(meta.Meta{Refusal: reason})
}

// make tries until the deadline.
func (c *Core) make(ctx context.Context, s served, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	inner, cancel := c.deadline(ctx)
	defer cancel()
	where := place{s.plural, object.GetNamespace(), object.GetName()}
	doubt := c.enter(inner, where)
	var created *unstructured.Unstructured
	var sent bool // a POST without an answer: whatever comes after it, it may have been done
	err := c.retry(inner, s, func(attempt context.Context) (err error) {
		created, err = c.createOrAdopt(attempt, s, object)
		sent = sent || errors.As(err, new(unanswered))
		if err == nil && doubt {
			doubt = false
			err = c.still(attempt, s, created)
		}
		return err
	})
	c.leave(where, outcome(ctx, err, sent), func(undoing context.Context) bool { return c.undo(undoing, s, object) })
	return created, err
}

// createOrAdopt is one attempt. After a lost answer the object is there, and the next attempt adopts it.
func (c *Core) createOrAdopt(
	ctx context.Context, s served, object *unstructured.Unstructured,
) (*unstructured.Unstructured, error) {
	client := c.client(s, object.GetNamespace())
	created, err := client.Create(ctx, object, metav1.CreateOptions{FieldManager: "flyteconnector"})
	if err == nil {
		c.config.Metrics.Count(s.taskType, metrics.Created)
		return created, nil
	}
	full := overQuota(err) // which is asked before the name: the quota may be full because the object is there
	if !full && !apierrors.IsAlreadyExists(err) {
		return nil, unlessFinal(unlessAnswered(err))
	}
	refused := err
	existing, err := client.Get(ctx, object.GetName(), metav1.GetOptions{})
	switch {
	case full && apierrors.IsNotFound(err):
		return nil, fmt.Errorf("%w: %w", ErrQuota, refused)
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
	c.config.Metrics.Count(s.taskType, metrics.Adopted)
	return existing, nil
}
