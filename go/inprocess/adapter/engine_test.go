// What does FlytePropeller do with a plugin?

package adapter

import (
	"fmt"
	"testing"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/k8s"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteinprocess/adapter/flytetest"
)

// engine is a model of the plugin manager and of the task handler around it (v1.16, flytepropeller,
// pkg/controller/nodes/task/{k8s/plugin_manager.go,handler.go}), with one task. The API server and flyteadmin are models, too.
type engine struct {
	t       *testing.T
	plugin  k8s.Plugin
	task    *flytetest.Task
	cluster cluster
	admin   admin
	// sent is the phase and version of the last event; the handler compares with it.
	sent struct {
		phase   core.Phase
		version uint32
	}
	// failed counts rounds that ended with an error or a panic. The real one gives up after eleven.
	failed int
	// loseEvent and loseWrite make the next round end before its event, or before its state is stored.
	loseEvent, loseWrite bool
}

func start(t *testing.T, p k8s.Plugin) *engine {
	t.Helper()
	e := &engine{t: t, plugin: p, task: newTask()}
	if err := e.launch(); err != nil {
		t.Fatal(err)
	}
	return e
}

// launch creates the resource. The manager then reports QUEUED itself (measured with 1.16.8).
func (e *engine) launch() error {
	object, err := e.plugin.BuildResource(e.t.Context(), e.task)
	if err != nil {
		return err
	}
	object.SetNamespace(e.task.TaskExecutionMetadata().GetNamespace())
	object.SetName(e.task.Name)
	object.SetLabels(union(object.GetLabels(), e.task.TaskExecutionMetadata().GetLabels()))
	e.cluster.create(object.(*unstructured.Unstructured))
	e.finish(core.PhaseInfoQueuedWithTaskInfo(0, "task submitted to K8s", nil))
	return nil
}

// round looks once, as after a change of the resource.
func (e *engine) round() {
	identity, err := e.plugin.BuildIdentityResource(e.t.Context(), e.task.TaskExecutionMetadata())
	if err != nil {
		e.t.Fatal(err)
	}
	if e.cluster.object == nil {
		e.finish(core.PhaseInfoSystemRetryableFailure("ResourceDeletedExternally", "resource not found", nil))
		return
	}
	e.cluster.object.DeepCopyInto(identity.(*unstructured.Unstructured))
	info, err := e.ask(identity.(*unstructured.Unstructured))
	if err != nil {
		e.failed++
		return
	}
	e.finish(info)
}

func (e *engine) ask(object *unstructured.Unstructured) (info core.PhaseInfo, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic when executing a plugin: %v", problem)
		}
	}()
	return e.plugin.GetTaskPhase(e.t.Context(), e.task, object)
}

// finish sends an event if phase or version differ from the last one, and then stores the state.
func (e *engine) finish(info core.PhaseInfo) {
	if info.Phase() != e.sent.phase || info.Version() != e.sent.version {
		if e.loseEvent {
			e.loseEvent = false
			return
		}
		e.admin.record(info)
	}
	if e.loseWrite {
		e.loseWrite = false
		return
	}
	e.sent.phase, e.sent.version = info.Phase(), info.Version()
	e.task.State = k8s.PluginState{Phase: info.Phase(), PhaseVersion: info.Version(), Reason: info.Reason()}
}

// abort ends the attempt: by what the plugin wants, else by a delete without options.
func (e *engine) abort() {
	identity, err := e.plugin.BuildIdentityResource(e.t.Context(), e.task.TaskExecutionMetadata())
	if err != nil {
		e.t.Fatal(err)
	}
	behavior := k8s.AbortBehaviorDeleteDefaultResource()
	if override, ok := e.plugin.(k8s.PluginAbortOverride); ok {
		if behavior, err = override.OnAbort(e.t.Context(), e.task, identity); err != nil {
			e.t.Fatal(err)
		}
	}
	switch {
	case behavior.DeleteResource, behavior.Patch != nil && e.cluster.denied != nil && behavior.DeleteOnErr:
		e.cluster.delete()
	case behavior.Patch != nil && e.cluster.denied == nil:
		raw, err := behavior.Patch.Patch.Data(identity)
		if err != nil {
			e.t.Fatal(err)
		}
		e.cluster.object.SetAnnotations(map[string]string{"patched": string(raw)})
		e.cluster.pods = 0
	}
}
