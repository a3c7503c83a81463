//go:build apitest

// Package deploy tests the manifests in kustomize/ on a real API server: does it take every combination, do the rights fit,
// and what is refused? There is no node and no controller here; sdk/e2e runs the connector's pods.
package deploy

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/flyteconnector/apitest"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

const (
	manifests = "../../kustomize"
	home      = "larkspur-system"
	account   = "larkspur-connector"
	tasks     = "flytesnacks-development"
)

var cluster *apitest.Cluster

func TestMain(m *testing.M) { os.Exit(apitest.Main(m, func(c *apitest.Cluster) { cluster = c })) }

// components are those that go with either way of binding the rights.
var components = serving(len(plugins), "networkpolicy", "admission-policy", "events", "monitoring", "tls", "signed-meta")

// overlay is a folder with a kustomization of the base and these components, as one writes it for a cluster of one's own.
func overlay(t *testing.T, names ...string) string {
	t.Helper()
	here, err := filepath.Abs(manifests)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	up, err := filepath.Rel(resolved(t, folder), resolved(t, here)) // kustomize takes no absolute paths
	if err != nil {
		t.Fatal(err)
	}
	text := "resources: [" + up + "/base]\ncomponents:\n"
	for _, name := range names {
		text += "  - " + up + "/components/" + name + "\n"
	}
	if err := os.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func resolved(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// combinations are all of them: each component is there or not, with either way of binding the rights.
func combinations() (result [][]string) {
	for _, rights := range []string{"namespaced-rbac", "cluster-rbac"} {
		for bits := range 1 << len(components) {
			names := []string{rights}
			for i, name := range components {
				if bits&(1<<i) != 0 {
					names = append(names, name)
				}
			}
			result = append(result, names)
		}
	}
	return result
}

// namespaces makes what the other objects live in; the API server asks for it even when it only shall say yes or no.
func namespaces(t *testing.T, objects []*unstructured.Unstructured) {
	t.Helper()
	needed := []*unstructured.Unstructured{namespace(tasks)}
	for _, object := range objects {
		if object.GetKind() == "Namespace" {
			needed = append(needed, object)
		}
	}
	install(t, needed...)
}

func namespace(name string) *unstructured.Unstructured {
	result := &unstructured.Unstructured{}
	result.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
	result.SetName(name)
	return result
}

func install(t *testing.T, objects ...*unstructured.Unstructured) {
	t.Helper()
	for _, object := range objects {
		if err := cluster.Apply(t.Context(), cluster.Dynamic, object, false); err != nil {
			t.Fatal(err)
		}
	}
}

// connector is the connector's account as the API server sees it, by impersonation, and maybe a member of more groups.
func connector(t *testing.T, more ...string) dynamic.Interface {
	t.Helper()
	config := rest.CopyConfig(cluster.Config)
	config.Impersonate = rest.ImpersonationConfig{
		UserName: fmt.Sprintf("system:serviceaccount:%s:%s", home, account),
		Groups:   append(more, "system:serviceaccounts", "system:serviceaccounts:"+home, "system:authenticated"),
	}
	return dynamic.NewForConfigOrDie(config)
}

func TestEveryCombinationIsTakenStrictly(t *testing.T) {
	var once sync.Mutex
	taken := map[string]bool{} // by their text: combinations have most objects in common
	for _, names := range combinations() {
		t.Run(strings.Join(names, "+"), func(t *testing.T) {
			t.Parallel()
			objects := apitest.Kustomize(t, overlay(t, names...))
			once.Lock()
			defer once.Unlock()
			namespaces(t, objects)
			for _, object := range objects {
				if text := fmt.Sprint(object.Object); !taken[text] {
					taken[text] = true
					if err := cluster.Apply(t.Context(), cluster.Dynamic, object, true); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
}

func TestEveryOverlayIsTakenStrictly(t *testing.T) {
	folders, err := filepath.Glob(manifests + "/overlays/*")
	if err != nil || len(folders) < 2 {
		t.Fatalf("overlays %v, error %v", folders, err)
	}
	for _, folder := range folders {
		objects := apitest.Kustomize(t, folder)
		namespaces(t, objects)
		for _, object := range objects {
			if err := cluster.Apply(t.Context(), cluster.Dynamic, object, true); err != nil {
				t.Errorf("%s: %v", folder, err)
			}
		}
	}
}

// The administrator's mistake, and not one that a task would find hours later.
func TestAMisspeltFieldIsRefused(t *testing.T) {
	objects := apitest.Kustomize(t, overlay(t, "namespaced-rbac"))
	namespaces(t, objects)
	deployment := find(t, objects, "Deployment")
	if err := unstructured.SetNestedField(deployment.Object, int64(2), "spec", "replica"); err != nil {
		t.Fatal(err)
	}
	err := cluster.Apply(t.Context(), cluster.Dynamic, deployment, true)
	if err == nil || !strings.Contains(err.Error(), "spec.replica") {
		t.Errorf("want an error with spec.replica, got %v", err)
	}
}

func find(t *testing.T, objects []*unstructured.Unstructured, kind string) *unstructured.Unstructured {
	t.Helper()
	index := slices.IndexFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == kind })
	if index < 0 {
		t.Fatalf("no %s among %d objects", kind, len(objects))
	}
	return objects[index]
}

func create(t *testing.T, client dynamic.ResourceInterface, object *unstructured.Unstructured) error {
	t.Helper()
	options := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict}
	_, err := client.Create(t.Context(), object, options)
	return err
}
