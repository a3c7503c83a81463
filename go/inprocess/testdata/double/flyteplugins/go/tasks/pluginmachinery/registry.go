// Package pluginmachinery is a double of Flyteplugins' registry.
package pluginmachinery

import (
	"sync"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/k8s"
)

// TaskPluginRegistry is what a plugin's init calls.
type TaskPluginRegistry interface {
	RegisterK8sPlugin(info k8s.PluginEntry)
	GetK8sPlugins() []k8s.PluginEntry
}

type registry struct {
	mutex   sync.Mutex
	entries []k8s.PluginEntry
}

var global = &registry{}

// PluginRegistry returns the only registry.
func PluginRegistry() TaskPluginRegistry { return global }

// RegisterK8sPlugin panics on an incomplete entry (v1.16.8, registry.go:51-71).
func (r *registry) RegisterK8sPlugin(info k8s.PluginEntry) {
	switch {
	case info.ID == "":
		panic("ID is required attribute for k8s plugin")
	case len(info.RegisteredTaskTypes) == 0:
		panic("K8s AsyncPlugin should be registered to handle at least one task type")
	case info.Plugin == nil:
		panic("K8s AsyncPlugin cannot be nil")
	case info.ResourceToWatch == nil:
		panic("The framework requires a K8s resource to watch, for valid plugin registration")
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.entries = append(r.entries, info)
}

func (r *registry) GetK8sPlugins() []k8s.PluginEntry {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return append([]k8s.PluginEntry(nil), r.entries...)
}
