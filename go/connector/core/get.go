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
func (c *Core) Get(ctx context.Context, taskType string, raw []byte) (*Answer, error) {
	s, err := c.served(taskType)
	if err != nil {
		return nil, err
	}
	m, last := c.recognised.of(taskType, raw)
	if last == nil {
		if m, err = c.decode(s, raw); err != nil {
			return nil, err
		}
	}
	if m.Refusal != "" {
		return &Answer{PhaseInfo: plugin.PhaseInfo{Phase: plugin.Failed, Reason: m.Refusal}}, nil
	}
	c.polled(m.UID)
	object := c.config.Cache.Resource(s.resource, m.Namespace, m.Name)
	if object != nil && object != last { // else they were compared already
		if object.GetUID() == m.UID && ours(object, m.Prefix) {
			c.recognised.keep(taskType, raw, m, object)
		} else {
			object = nil
		}
	}
	answer, over := c.ends.of(m)
	if !over && !c.config.Cache.Synced() {
		return notYet(), nil
	}
	if !over {
		if answer, err = c.look(ctx, s, m, object); err != nil {
			c.config.Log.Warn("resource not in the cache, and the API server does not answer", "meta", m, "error", err)
			info := plugin.PhaseInfo{Phase: plugin.Queued, Reason: "waiting for the Kubernetes API: " + err.Error()}
			return &Answer{PhaseInfo: info}, nil
		}
	}
	if object != nil && failure(answer.Phase) && answer.CleanupOnFailure {
		// Flyte sends a delete only before a next attempt. If this one does not work, the next call or sweep tries again.
		c.dropLater(ctx, s, object, metrics.Deleted)
	}
	return answer, nil
}

// notYet is the answer while the copy is not complete: with pods that are not there yet, a task that runs would seem to be
// queued, or to have ended, which would be remembered. What is not known is RUNNING.
func notYet() *Answer {
	return &Answer{PhaseInfo: plugin.PhaseInfo{Phase: plugin.Running, Reason: "reading the cluster"}}
}

// look judges the resource; nil is one that the cache does not have. The error is the API server's.
func (c *Core) look(ctx context.Context, s served, m meta.Meta, object *unstructured.Unstructured) (*Answer, error) {
	if object == nil {
		// The cache may not have heard of it yet: one look at the cluster itself before it counts as lost.
		inner, cancel := context.WithTimeout(ctx, lookAgain)
		defer cancel()
		var err error
		if object, err = c.live(inner, s, m); err != nil {
			return nil, err
		}
	}
	var found end
	if object != nil {
		found = c.judge(ctx, s, object)
	} else {
		found = endOf(lost(m), metrics.Lost)
	}
	if !found.Phase.Terminal() {
		return found.Answer, nil
	}
	answer, first := c.ends.keep(m, found.Answer)
	if first && found.event != "" {
		c.config.Metrics.Count(s.taskType, found.event)
	}
	return answer, nil
}

// judge asks the plugin, and then what the plugin cannot know: the object store, the timeout, deletion, and events.
func (c *Core) judge(ctx context.Context, s served, object *unstructured.Unstructured) end {
	pods := c.config.Cache.Pods(s.resource, object.GetNamespace(), object.GetName())
	answer := c.phaseOf(s, object, pods)
	info := answer.PhaseInfo
	if info.Phase.Terminal() {
		return c.settle(ctx, s, object, info)
	}
	if late, is := overdue(object, info, c.config.Now()); is {
		return late
	}
	if object.GetDeletionTimestamp() != nil {
		info.Phase = plugin.RetryableFailed
		info.Reason = fmt.Sprintf("%s %s/%s is being deleted", object.GetKind(), object.GetNamespace(), object.GetName())
		return endOf(info, "")
	}
	if warning := c.explain(s, object, pods, info); warning != "" {
		info.Phase, info.Reason = plugin.WaitingForResources, warning
		return endOf(info, "")
	}
	return end{Answer: answer}
}

// phaseOf asks the plugin, and answers where the plugin cannot. It depends on the object and the pods alone, so it asks
// about the same ones once.
func (c *Core) phaseOf(s served, object *unstructured.Unstructured, pods []*corev1.Pod) *Answer {
	return c.answers.to(object, pods, func() plugin.PhaseInfo {
		info, err := c.ask(s, object, pods)
		if err == nil {
			return info
		}
		c.config.Metrics.Count(s.taskType, metrics.UnknownState)
		c.sayOnce(object, "no phase", "error", err)
		return plugin.PhaseInfo{Phase: plugin.Running, Reason: meta.ShortenMiddle(err.Error(), MaxReason)}
	})
}

// ask calls the plugin, with copies that it may change, and tidies what it says. A plugin that does not know, or crashes,
// must not end a task that may be well.
func (c *Core) ask(s served, object *unstructured.Unstructured, pods []*corev1.Pod) (info plugin.PhaseInfo, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("plugin crashed in GetTaskPhase: %v", problem)
		}
	}()
	copies := make([]corev1.Pod, 0, len(pods))
	for _, pod := range pods {
		copies = append(copies, *pod.DeepCopy())
	}
	info, err = s.plugin.GetTaskPhase(object.DeepCopy(), copies)
	if err == nil && info.Phase == plugin.Unknown {
		err = errors.New("plugin reported no phase")
	}
	if err != nil {
		return info, err
	}
	return c.tidy(object, info), nil
}

func failure(phase plugin.Phase) bool {
	return phase == plugin.Failed || phase == plugin.RetryableFailed
}

// lost is the answer for a resource that is not there any more. Another attempt may work; only Flyte can start one.
func lost(m meta.Meta) plugin.PhaseInfo {
	return plugin.PhaseInfo{
		Phase: plugin.RetryableFailed,
		Reason: fmt.Sprintf("%s %s/%s (uid %s) does not exist any more: it was deleted by somebody else than Flyte, "+
			"or by this connector's own sweep, or it had finished and its time to live was over",
			m.Kind, m.Namespace, m.Name, m.UID),
	}
}
