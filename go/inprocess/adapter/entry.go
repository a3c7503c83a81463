// Which plugins does FlytePropeller get, and under which names?

// Package adapter puts the plugins of a connector behind Flyteplugins' k8s.Plugin of Flyte 1.16, so that they can be linked
// into FlytePropeller. It imports neither our copies of Flyte's messages nor a gRPC server: FlytePropeller has its own.
package adapter

import (
	"errors"
	"fmt"
	"slices"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/k8s"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"example.com/flyteconnector/plugin"
)

// Make returns the plugins of one kind of resource. It is called again and again, with the settings of that moment, so it
// only puts values together.
type Make func(Settings) []plugin.Plugin

// MustRegister adds the plugins to Flyteplugins' registry, as one entry. Call it from init. The id is what
// tasks.task-plugins.enabled-plugins must name: FlytePropeller ignores a plugin that is not named there, and runs its tasks
// as plain pods. It panics, with a text that says what to change, where FlytePropeller could not start or would mix up tasks.
func MustRegister(id string, plugins Make) {
	entry, err := newEntry(id, plugins, pluginmachinery.PluginRegistry().GetK8sPlugins())
	if err != nil {
		panic(fmt.Sprintf("register plugin %q: %v", id, err))
	}
	if served, ok := entry.Plugin.(*served); ok {
		served.settings = settings(id)
		served.pods = newPods(served.settings)
	}
	pluginmachinery.PluginRegistry().RegisterK8sPlugin(entry)
}

// newEntry makes the entry. ResourceToWatch is unstructured: two Go types for one kind in FlytePropeller's scheme panic, and
// it has types for many kinds already (measured with 1.16.8).
func newEntry(id string, plugins Make, others []k8s.PluginEntry) (k8s.PluginEntry, error) {
	if id == "" {
		return k8s.PluginEntry{}, errors.New("the id is empty; FlytePropeller's configuration names plugins by it")
	}
	made := plugins(Settings{})
	if len(made) == 0 {
		return k8s.PluginEntry{}, errors.New("there is no plugin in it")
	}
	kind := made[0].Resource().GroupVersionKind
	var types []core.TaskType
	for _, p := range made {
		resource := p.Resource()
		if resource.GroupVersionKind != kind {
			return k8s.PluginEntry{}, fmt.Errorf("it has plugins for %s and for %s; an entry has one kind: register them with "+
				"two calls and two ids", kind, resource.GroupVersionKind)
		}
		for _, name := range resource.TaskTypes {
			if slices.Contains(types, core.TaskType(name)) {
				return k8s.PluginEntry{}, fmt.Errorf("two of its plugins serve task type %q; one type has one plugin", name)
			}
			types = append(types, core.TaskType(name))
		}
	}
	switch {
	case kind.Kind == "" || kind.Version == "":
		return k8s.PluginEntry{}, fmt.Errorf("Resource() names no kind (%q); is the method still missing?", kind)
	case len(types) == 0:
		return k8s.PluginEntry{}, fmt.Errorf("Resource() of the plugin for %s names no task type", kind.Kind)
	}
	entry := k8s.PluginEntry{
		ID:                  core.TaskType(id),
		RegisteredTaskTypes: types,
		ResourceToWatch:     empty(kind),
		Plugin:              &served{id: id, kind: kind, make: plugins, settings: func() Settings { return Settings{} }, pods: noPods{}},
	}
	return entry, alone(kind, others)
}

// alone refuses a second entry for a kind. FlytePropeller calls a metric of an unstructured resource by its Kind alone, and
// panics at start on the second one: "duplicate metrics collector registration attempted" (measured with 1.16.8; that the
// group makes no difference is read).
func alone(kind schema.GroupVersionKind, others []k8s.PluginEntry) error {
	for _, other := range others {
		watched, untyped := other.ResourceToWatch.(*unstructured.Unstructured)
		if untyped && watched.GetKind() == kind.Kind {
			return fmt.Errorf("plugin %q watches %s already, and FlytePropeller takes one entry for each Kind, whatever its group: "+
				"return both plugins from one call", other.ID, watched.GroupVersionKind())
		}
	}
	return nil
}

func empty(kind schema.GroupVersionKind) *unstructured.Unstructured {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(kind)
	return object
}
