// What does a delete without options do?

package adapter

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// cluster is a model of the API server and its garbage collector: one resource, and how many pods of it run. A finalizer
// that names a propagation wins over the kind's default (read in apiserver 0.34, registry/generic/registry/store.go), and
// the default of batch/v1 Jobs alone is to orphan (pkg/registry/batch/job/strategy.go; both measured with 1.36.3).
type cluster struct {
	object *unstructured.Unstructured
	uids   int
	pods   int
	denied error // what a patch is answered
}

func (c *cluster) create(object *unstructured.Unstructured) {
	c.uids++
	c.object = object.DeepCopy() // as the client does
	c.object.SetUID(types.UID(rune('a' + c.uids)))
	c.pods = 1
}

func (c *cluster) delete() {
	if c.object == nil {
		return
	}
	finalizers, kind := c.object.GetFinalizers(), c.object.GroupVersionKind()
	orphan := kind.Group == "batch" && kind.Version == "v1" && kind.Kind == "Job"
	if slices.Contains(finalizers, metav1.FinalizerDeleteDependents) {
		orphan = false
	}
	if !orphan {
		c.pods = 0
	}
	c.object = nil
}
