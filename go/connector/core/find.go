// Which object in the cluster is the task's?

package core

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/meta"
)

// ours says whether this connector made the object for the attempt with this hash of its output prefix. resource_meta may
// be unsigned, so the object itself has to agree with it.
func ours(object *unstructured.Unstructured, prefixHash string) bool {
	return metadata(object, "labels", ManagedLabel) == "true" &&
		meta.PrefixHash(metadata(object, "annotations", OutputPrefixAnnotation)) == prefixHash
}

// metaOf is what Decode makes of the resource_meta of an object.
func metaOf(s served, object *unstructured.Unstructured) meta.Meta {
	return meta.Meta{
		Version:   meta.Version,
		Kind:      meta.Kind(s.resource.GroupVersionKind),
		Namespace: object.GetNamespace(),
		Name:      object.GetName(),
		UID:       object.GetUID(),
		Prefix:    meta.PrefixHash(object.GetAnnotations()[OutputPrefixAnnotation]),
	}
}

// decode reads resource_meta and refuses one that belongs to another kind than the task type, or to a namespace that this
// connector leaves to others. It asks nobody.
func (c *Core) decode(s served, raw []byte) (meta.Meta, error) {
	m, err := c.config.Keys.Decode(raw)
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrMeta, err)
	}
	if kind := meta.Kind(s.resource.GroupVersionKind); m.Refusal == "" && m.Kind != kind {
		return m, fmt.Errorf("%w: it names a %s, and this task type has a %s", ErrMeta, m.Kind, kind)
	}
	if m.Refusal == "" && !c.config.Cache.Serves(m.Namespace) {
		return m, fmt.Errorf("%w: it names namespace %q, which this connector does not serve", ErrMeta, m.Namespace)
	}
	return m, nil
}

// live asks the API server, and returns nil if the object is not there or not ours. An empty uid fits every object.
func (c *Core) live(ctx context.Context, s served, m meta.Meta) (*unstructured.Unstructured, error) {
	object, err := c.client(s, m.Namespace).Get(ctx, m.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !ours(object, m.Prefix) || (m.UID != "" && object.GetUID() != m.UID) {
		return nil, nil
	}
	return object, nil
}
