// How far is a task?

package core

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/plugin"
)

// lookAgain is how long Get waits for the API server about a resource that the cache does not have.
const lookAgain = 2 * time.Second

// Get reads the phase from the cache. Its only errors are about the request: whatever state the job, the plugin or the
// API server is in, the answer is a phase. FlytePropeller counts the errors of a task's whole life, and after the sixth
// it never asks again.
func (c *Core) Get(ctx context.Context, taskType string, raw []byte) (plugin.PhaseInfo, error) {
	s, err := c.served(taskType)
	if err != nil {
		return plugin.PhaseInfo{}, err
	}
	m, err := c.decode(s, raw)
	if err != nil {
		return plugin.PhaseInfo{}, err
	}
	if m.Refusal != "" {
		return plugin.PhaseInfo{Phase: plugin.Failed, Reason: m.Refusal}, nil
	}
	object := c.config.Cache.Resource(s.resource, m.Namespace, m.Name)
	if object == nil || object.GetUID() != m.UID || !ours(object, m.Prefix) {
		// The cache may not have heard of it yet: one look at the cluster itself before it counts as lost.
		inner, cancel := context.WithTimeout(ctx, lookAgain)
		defer cancel()
		object, err = c.live(inner, s, m.Namespace, m.Name, m.Prefix, m.UID)
		if err != nil {
			c.config.Log.Warn("resource not in the cache, and the API server does not answer", "meta", m, "error", err)
			return plugin.PhaseInfo{Phase: plugin.Queued, Reason: "waiting for the Kubernetes API: " + err.Error()}, nil
		}
		if object == nil {
			return lost(m), nil
		}
	}
	info := c.phaseOf(s, object)
	failed := info.Phase == plugin.Failed || info.Phase == plugin.RetryableFailed
	if failed && info.CleanupOnFailure && object.GetDeletionTimestamp() == nil {
		c.cleanUpLater(ctx, s, m)
	}
	return info, nil
}

// cleanUpLater deletes a failed task's resource that would go on by itself. Flyte sends a delete only before a next attempt.
func (c *Core) cleanUpLater(ctx context.Context, s served, m meta.Meta) {
	c.background.Go(func() {
		inner, cancel := c.deadline(context.WithoutCancel(ctx))
		defer cancel()
		if _, err := c.remove(inner, s, m.Namespace, m.Name, m.Prefix, m.UID); err != nil {
			c.config.Log.Warn("a failed task's resource is still there; the next GetTask tries again", "meta", m, "error", err)
		}
	})
}

// phaseOf asks the plugin, and answers where the plugin cannot.
func (c *Core) phaseOf(s served, object *unstructured.Unstructured) plugin.PhaseInfo {
	info, err := c.ask(s, object)
	if err != nil {
		c.config.Log.Warn("no phase", "kind", object.GetKind(), "namespace", object.GetNamespace(), "name", object.GetName(),
			"error", err)
		info = plugin.PhaseInfo{Phase: plugin.Running, Reason: err.Error()}
	}
	if object.GetDeletionTimestamp() != nil && !info.Phase.Terminal() {
		info.Phase = plugin.RetryableFailed
		info.Reason = fmt.Sprintf("%s %s/%s is being deleted", object.GetKind(), object.GetNamespace(), object.GetName())
	}
	return info
}

// ask calls the plugin. A plugin that does not know, or crashes, must not end a task that may be well.
func (c *Core) ask(s served, object *unstructured.Unstructured) (info plugin.PhaseInfo, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("plugin crashed in GetTaskPhase: %v", problem)
		}
	}()
	pods := c.config.Cache.Pods(s.resource, object.GetNamespace(), object.GetName())
	info, err = s.plugin.GetTaskPhase(object.DeepCopy(), pods)
	if err == nil && info.Phase == plugin.Unknown {
		err = errors.New("plugin reported no phase")
	}
	return info, err
}

// lost is the answer for a resource that is not there any more. Another attempt may work; only Flyte can start one.
func lost(m meta.Meta) plugin.PhaseInfo {
	return plugin.PhaseInfo{
		Phase: plugin.RetryableFailed,
		Reason: fmt.Sprintf("%s %s/%s (uid %s) does not exist any more: it was deleted by somebody else than Flyte, "+
			"or it had finished and its time to live was over", m.Kind, m.Namespace, m.Name, m.UID),
	}
}
