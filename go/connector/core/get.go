// How far is a task?

package core

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/metrics"
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
	c.polled(m.UID)
	object := c.config.Cache.Resource(s.resource, m.Namespace, m.Name)
	if object != nil && (object.GetUID() != m.UID || !ours(object, m.Prefix)) {
		object = nil
	}
	info, over := c.ends.of(m)
	if !over {
		if info, err = c.look(ctx, s, m, object); err != nil {
			c.config.Log.Warn("resource not in the cache, and the API server does not answer", "meta", m, "error", err)
			return plugin.PhaseInfo{Phase: plugin.Queued, Reason: "waiting for the Kubernetes API: " + err.Error()}, nil
		}
	}
	if object != nil && failure(info.Phase) && info.CleanupOnFailure {
		// Flyte sends a delete only before a next attempt. If this one does not work, the next call or sweep tries again.
		c.dropLater(ctx, s, object, metrics.Deleted)
	}
	return info, nil
}

// look judges the resource; nil is one that the cache does not have. The error is the API server's.
func (c *Core) look(ctx context.Context, s served, m meta.Meta, object *unstructured.Unstructured) (plugin.PhaseInfo, error) {
	if object == nil {
		// The cache may not have heard of it yet: one look at the cluster itself before it counts as lost.
		inner, cancel := context.WithTimeout(ctx, lookAgain)
		defer cancel()
		var err error
		if object, err = c.live(inner, s, m); err != nil {
			return plugin.PhaseInfo{}, err
		}
	}
	found := end{lost(m), metrics.Lost}
	if object != nil {
		found = c.judge(ctx, s, object)
	}
	if !found.Phase.Terminal() {
		return found.PhaseInfo, nil
	}
	info, first := c.ends.keep(m, found.PhaseInfo)
	if first && found.event != "" {
		c.config.Metrics.Count(s.taskType, found.event)
	}
	return info, nil
}

// judge asks the plugin, and then what the plugin cannot know: the object store, the timeout, deletion, and events.
func (c *Core) judge(ctx context.Context, s served, object *unstructured.Unstructured) end {
	pods := c.config.Cache.Pods(s.resource, object.GetNamespace(), object.GetName())
	info := c.phaseOf(s, object, pods)
	if info.Phase.Terminal() {
		return c.settle(ctx, s, object, info)
	}
	if late, is := overdue(object, info, c.config.Now()); is {
		return late
	}
	if object.GetDeletionTimestamp() != nil {
		info.Phase = plugin.RetryableFailed
		info.Reason = fmt.Sprintf("%s %s/%s is being deleted", object.GetKind(), object.GetNamespace(), object.GetName())
		return end{PhaseInfo: info}
	}
	return end{PhaseInfo: c.explain(s, object, pods, info)}
}

// phaseOf asks the plugin, and answers where the plugin cannot. It depends on the object and the pods alone.
func (c *Core) phaseOf(s served, object *unstructured.Unstructured, pods []corev1.Pod) plugin.PhaseInfo {
	info, err := ask(s, object, pods)
	if err != nil {
		c.config.Metrics.Count(s.taskType, metrics.UnknownState)
		c.sayOnce(object, "no phase", "error", err)
		info = plugin.PhaseInfo{Phase: plugin.Running, Reason: err.Error()}
	}
	return c.tidy(object, info)
}

// ask calls the plugin. A plugin that does not know, or crashes, must not end a task that may be well.
func ask(s served, object *unstructured.Unstructured, pods []corev1.Pod) (info plugin.PhaseInfo, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("plugin crashed in GetTaskPhase: %v", problem)
		}
	}()
	info, err = s.plugin.GetTaskPhase(object.DeepCopy(), pods)
	if err == nil && info.Phase == plugin.Unknown {
		err = errors.New("plugin reported no phase")
	}
	return info, err
}

func failure(phase plugin.Phase) bool {
	return phase == plugin.Failed || phase == plugin.RetryableFailed
}

// lost is the answer for a resource that is not there any more. Another attempt may work; only Flyte can start one.
func lost(m meta.Meta) plugin.PhaseInfo {
	return plugin.PhaseInfo{
		Phase: plugin.RetryableFailed,
		Reason: fmt.Sprintf("%s %s/%s (uid %s) does not exist any more: it was deleted by somebody else than Flyte, "+
			"or it had finished and its time to live was over", m.Kind, m.Namespace, m.Name, m.UID),
	}
}
