// Which object in the cluster is the task's?

package core

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"example.com/flyteconnector/meta"
)

// ours says whether this connector made the object for the attempt with this hash of its output prefix. resource_meta is
// not signed, so the object itself has to agree with it.
func ours(object *unstructured.Unstructured, prefixHash string) bool {
	return object.GetLabels()[ManagedLabel] == "true" &&
		meta.PrefixHash(object.GetAnnotations()[OutputPrefixAnnotation]) == prefixHash
}

// decode reads resource_meta and refuses one that belongs to another kind than the task type.
func (c *Core) decode(s served, raw []byte) (meta.Meta, error) {
	m, err := c.config.Keys.Decode(raw)
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrMeta, err)
	}
	if kind := meta.Kind(s.resource.GroupVersionKind); m.Refusal == "" && m.Kind != kind {
		return m, fmt.Errorf("%w: it names a %s, and this task type has a %s", ErrMeta, m.Kind, kind)
	}
	return m, nil
}

// live asks the API server, and returns nil if the object is not there or not ours. An empty uid fits every object.
func (c *Core) live(
	ctx context.Context, s served, namespace, name, prefix string, uid types.UID,
) (*unstructured.Unstructured, error) {
	object, err := c.client(s, namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !ours(object, prefix) || (uid != "" && object.GetUID() != uid) {
		return nil, nil
	}
	return object, nil
}
