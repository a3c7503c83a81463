//go:build apitest

// What does kubectl make of a folder of manifests, and does the API server take it?

package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"
	"k8s.io/utils/ptr"
)

// Kustomize returns the objects that `kubectl kustomize` makes of a folder.
//
// The manifests are no part of a Go module, so Go's test cache does not see them change. MANIFESTS is a hash of them, for that
// alone: who runs the tests sets it.
func Kustomize(t *testing.T, folder string) []*unstructured.Unstructured {
	t.Helper()
	t.Log("manifests", os.Getenv("MANIFESTS"), "API server from", assets())
	command := exec.CommandContext(t.Context(), filepath.Join(assets(), "kubectl"), "kustomize", folder)
	var wrong bytes.Buffer
	command.Stderr = &wrong
	out, err := command.Output()
	if err != nil {
		t.Fatalf("kubectl kustomize %s: %v\n%s", folder, err, &wrong)
	}
	objects, err := Objects(out)
	if err != nil || len(objects) == 0 {
		t.Fatalf("kubectl kustomize %s: %d objects, error %v", folder, len(objects), err)
	}
	return objects
}

// Objects reads YAML with several documents.
func Objects(text []byte) (result []*unstructured.Unstructured, err error) {
	for decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096); ; {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return result, nil
		}
		if err != nil {
			return nil, err
		}
		if object.Object != nil {
			result = append(result, object)
		}
	}
}

// As decodes an object; a field that the type does not have is an error.
func As[T any](t *testing.T, object *unstructured.Unstructured) *T {
	t.Helper()
	result := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, result, true); err != nil {
		t.Fatalf("%s %s: %v", object.GetKind(), object.GetName(), err)
	}
	return result
}

// Apply does what `kubectl apply --server-side --validate=strict` does, as the identity of the client; with dryRun it only asks.
// (On the server's side, because the annotation of the other way has no room for a large CustomResourceDefinition.)
func (c *Cluster) Apply(ctx context.Context, client dynamic.Interface, object *unstructured.Unstructured, dryRun bool) error {
	resource, err := c.resource(client, object)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(object)
	if err != nil {
		return err
	}
	options := metav1.PatchOptions{FieldManager: "kubectl", FieldValidation: metav1.FieldValidationStrict, Force: ptr.To(true)}
	if dryRun {
		options.DryRun = []string{metav1.DryRunAll}
	}
	if _, err = resource.Patch(ctx, object.GetName(), types.ApplyPatchType, raw, options); err != nil {
		return fmt.Errorf("%s %s/%s: %w", object.GetKind(), object.GetNamespace(), object.GetName(), err)
	}
	return nil
}

// resource asks the API server again for its kinds when it does not know one: it may be new.
func (c *Cluster) resource(client dynamic.Interface, object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind := object.GroupVersionKind()
	for fresh := c.mapper == nil; ; fresh = true {
		if fresh {
			groups, err := restmapper.GetAPIGroupResources(c.Kube.Discovery())
			if err != nil {
				return nil, fmt.Errorf("ask the API server for its kinds: %w", err)
			}
			c.mapper = restmapper.NewDiscoveryRESTMapper(groups)
		}
		mapping, err := c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
		switch {
		case err == nil && mapping.Scope.Name() == meta.RESTScopeNameNamespace:
			return client.Resource(mapping.Resource).Namespace(object.GetNamespace()), nil
		case err == nil:
			return client.Resource(mapping.Resource), nil
		case fresh:
			return nil, fmt.Errorf("%s: the API server does not have it: %w", kind, err)
		}
	}
}
