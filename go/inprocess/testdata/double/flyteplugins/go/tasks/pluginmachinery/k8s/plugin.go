// What does Flyte ask of a plugin that makes Kubernetes resources?

// Package k8s is a double of Flyteplugins' package of the same name, at v1.16.
package k8s

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
)

// PluginEntry is a registration.
type PluginEntry struct {
	ID                  core.TaskType
	RegisteredTaskTypes []core.TaskType
	ResourceToWatch     client.Object
	Plugin              Plugin
	IsDefault           bool
}

// PluginProperties change what the manager does for this plugin.
type PluginProperties struct {
	DisableInjectOwnerReferences    bool
	DisableInjectFinalizer          bool
	GeneratedNameMaxLength          *int
	DisableDeleteResourceOnFinalize bool
}

// PluginContext is what GetTaskPhase gets.
type PluginContext interface {
	TaskReader() core.TaskReader
	TaskExecutionMetadata() core.TaskExecutionMetadata
	PluginStateReader() core.PluginStateReader
}

// PluginState is what the manager stored after the last round.
type PluginState struct {
	Phase        core.Phase
	PhaseVersion uint32
	Reason       string
}

// Plugin is the interface.
type Plugin interface {
	BuildIdentityResource(ctx context.Context, taskCtx core.TaskExecutionMetadata) (client.Object, error)
	BuildResource(ctx context.Context, taskCtx core.TaskExecutionContext) (client.Object, error)
	GetTaskPhase(ctx context.Context, pluginContext PluginContext, resource client.Object) (core.PhaseInfo, error)
	GetProperties() PluginProperties
}

// PluginAbortOverride is optional.
type PluginAbortOverride interface {
	OnAbort(ctx context.Context, tCtx core.TaskExecutionContext, resource client.Object) (AbortBehavior, error)
}

// AbortBehavior says what an abort does to the resource.
type AbortBehavior struct {
	Resource       client.Object
	DeleteResource bool
	Update         *UpdateResourceOperation
	Patch          *PatchResourceOperation
	DeleteOnErr    bool
}

// PatchResourceOperation is a patch.
type PatchResourceOperation struct {
	Patch   client.Patch
	Options []client.PatchOption
}

// UpdateResourceOperation is an update.
type UpdateResourceOperation struct{ Options []client.UpdateOption }

// AbortBehaviorPatchDefaultResource patches the task's resource.
func AbortBehaviorPatchDefaultResource(patch PatchResourceOperation, deleteOnErr bool) AbortBehavior {
	return AbortBehavior{Patch: &patch, DeleteOnErr: deleteOnErr}
}

// AbortBehaviorDeleteDefaultResource deletes the task's resource.
func AbortBehaviorDeleteDefaultResource() AbortBehavior { return AbortBehavior{DeleteResource: true} }
