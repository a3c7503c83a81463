// How far is a task?

package adapter

import (
	"context"
	"errors"
	"fmt"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/k8s"
	"github.com/flyteorg/flyte/flytestdlib/logger"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"example.com/flyteconnector/plugin"
)

// GetTaskPhase never returns an error, and never panics: FlytePropeller repeats a round that fails, eleven times in half a
// second, and then fails the execution, retries or not (measured with 1.16.8). What the plugin cannot say is RUNNING with a
// reason, until somebody looks.
func (s *served) GetTaskPhase(ctx context.Context, pc k8s.PluginContext, resource client.Object) (core.PhaseInfo, error) {
	before := k8s.PluginState{}
	if _, err := pc.PluginStateReader().Get(&before); err != nil {
		logger.Warnf(ctx, "plugin %q: the state of %s/%s: %v", s.id, resource.GetNamespace(), resource.GetName(), err)
	}
	info, unsure := s.observe(ctx, pc, resource)
	if unsure == nil || info.Phase.Terminal() {
		return phaseInfo(ctx, info, s.sent.version(resource.GetUID(), before, info)), nil
	}
	// Without pods a task that runs looks like one that waits. It stays where it is.
	for phase, theirs := range phases {
		if theirs == before.Phase && phase > info.Phase && !phase.Terminal() {
			info.Phase = phase
		}
	}
	if errors.Is(unsure, errNotYet) { // after a start, for a moment: the same version, so no event
		return phaseInfo(ctx, info, s.sent.carried(resource.GetUID(), before)), nil
	}
	info.Reason = fmt.Sprintf("FlytePropeller does not see the task's pods: %v", unsure)
	return phaseInfo(ctx, info, s.sent.version(resource.GetUID(), before, info)), nil
}

// observe asks the plugin. The error says why pods that the plugin wants to see are missing.
func (s *served) observe(ctx context.Context, pc k8s.PluginContext, resource client.Object) (plugin.PhaseInfo, error) {
	object, ok := resource.(*unstructured.Unstructured)
	if !ok {
		return plugin.PhaseInfo{Phase: plugin.Running, Reason: fmt.Sprintf("FlytePropeller read a %T", resource)}, nil
	}
	p, err := s.pluginOf(ctx, pc)
	if err != nil {
		logger.Warnf(ctx, "no phase for %s/%s: %v", object.GetNamespace(), object.GetName(), err)
		return plugin.PhaseInfo{Phase: plugin.Running, Reason: err.Error()}, nil
	}
	var pods []corev1.Pod
	if label := p.Resource().PodLabel; label != "" {
		pods, err = s.pods.of(label, object.GetNamespace(), object.GetName())
	}
	info, failed := ask(p, object, pods)
	if failed != nil {
		logger.Warnf(ctx, "no phase for %s/%s: %v", object.GetNamespace(), object.GetName(), failed)
		return plugin.PhaseInfo{Phase: plugin.Running, Reason: failed.Error()}, nil
	}
	return info, err
}

// pluginOf reads the task's type only where it makes a difference.
func (s *served) pluginOf(ctx context.Context, pc k8s.PluginContext) (plugin.Plugin, error) {
	if p, err := s.serving(""); err == nil {
		return p, nil
	}
	template, err := pc.TaskReader().Read(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the task's template: %w", err)
	}
	return s.serving(template.GetType())
}

// ask calls the plugin with a copy of the resource.
func ask(p plugin.Plugin, object *unstructured.Unstructured, pods []corev1.Pod) (info plugin.PhaseInfo, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("plugin crashed in GetTaskPhase: %v", problem)
		}
	}()
	info, err = p.GetTaskPhase(object.DeepCopy(), pods)
	if _, known := phases[info.Phase]; err == nil && !known {
		err = fmt.Errorf("plugin reported no phase (%d)", info.Phase)
	}
	return info, err
}
