// Which object is meant?

package adapter

import (
	"context"
	"fmt"
	"slices"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/k8s"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/utils"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"example.com/flyteconnector/plugin"
)

// served is one entry: the plugins of one kind.
type served struct {
	id       string
	kind     schema.GroupVersionKind
	make     Make
	settings func() Settings
	pods     podSource
	sent     memory
}

var (
	_ k8s.Plugin              = &served{}
	_ k8s.PluginAbortOverride = &served{}
)

// GetProperties asks for nothing special.
func (*served) GetProperties() k8s.PluginProperties {
	// The zero value: names of at most 50 characters, which is less than plugin.Task.Name promises; an owner, so that the
	// resource goes with its workflow.
	return k8s.PluginProperties{}
}

// BuildIdentityResource returns the kind. The manager adds namespace and name.
func (s *served) BuildIdentityResource(context.Context, core.TaskExecutionMetadata) (client.Object, error) {
	return empty(s.kind), nil
}

// serving returns the plugin of a task type. Where there is only one, it serves what Flyte sends: an administrator can
// route other task types to an id (default-for-task-types).
func (s *served) serving(taskType string) (plugin.Plugin, error) {
	plugins := s.make(s.settings())
	if len(plugins) == 1 {
		return plugins[0], nil
	}
	for _, p := range plugins {
		if slices.Contains(p.Resource().TaskTypes, taskType) {
			return p, nil
		}
	}
	return nil, fmt.Errorf("plugin %q has none for task type %q", s.id, taskType)
}

// nameOf is what the manager will call the resource, whatever the plugin calls it (v1.16.8, plugin_manager.go:114-134). The
// plugin has to know it before, for labels and for the names of parts.
func nameOf(metadata core.TaskExecutionMetadata) string {
	name := metadata.GetTaskExecutionID().GetGeneratedName()
	if len(validation.IsDNS1123Subdomain(name)) > 0 {
		return utils.ConvertToDNS1123SubdomainCompatibleString(name)
	}
	return name
}
