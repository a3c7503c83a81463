// What happens to the pods when Flyte gives up a task?

package adapter

import (
	"context"
	"slices"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/k8s"
	"github.com/flyteorg/flyte/flytestdlib/logger"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// deleteWithPods makes every delete a foreground delete. FlytePropeller deletes without options, and for a batch/v1 Job
// that means: leave the pods. They ran on for ever, with nobody to collect them, and the retry ran beside them. With this
// finalizer in the object from the start, Job and pods were gone within 3 s (both measured with 1.16.8, for an abort and
// for a retry). Flyte's own finalizer does not disturb it.
func deleteWithPods(object *unstructured.Unstructured) {
	finalizers := object.GetFinalizers()
	if !slices.Contains(finalizers, metav1.FinalizerDeleteDependents) {
		object.SetFinalizers(append(finalizers, metav1.FinalizerDeleteDependents))
	}
}

// Stopper is a plugin whose resource must be told to stop, because a delete would lose what its operator still has to
// do (save a checkpoint, give back machines). It is optional.
type Stopper interface {
	// StopPatch is the JSON merge patch that stops the resource. Propeller needs the right to patch it then.
	StopPatch() []byte
}

// OnAbort decides how an attempt that Flyte gives up is ended: by a delete, or by the plugin's patch, and by a delete if
// that fails. Flyte calls it for an abort, a timeout, a failed sibling, and before a retry (read at v1.16.8).
func (s *served) OnAbort(ctx context.Context, tCtx core.TaskExecutionContext, _ client.Object) (k8s.AbortBehavior, error) {
	p, err := s.serving("")
	if template, readErr := tCtx.TaskReader().Read(ctx); readErr == nil {
		p, err = s.serving(template.GetType())
	}
	if err != nil { // an error here would keep the workflow from ending
		logger.Warnf(ctx, "abort by delete: %v", err)
		return k8s.AbortBehaviorDeleteDefaultResource(), nil
	}
	if stopper, ok := p.(Stopper); ok {
		patch := client.RawPatch(types.MergePatchType, stopper.StopPatch())
		return k8s.AbortBehaviorPatchDefaultResource(k8s.PatchResourceOperation{Patch: patch}, true), nil
	}
	return k8s.AbortBehaviorDeleteDefaultResource(), nil
}
