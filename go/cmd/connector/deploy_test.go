//go:build apitest

package main

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.com/flyteconnector"
	"example.com/flyteconnector/apitest"
	"example.com/larkspur/plugins/job"
	corev1 "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"
)

const manifests = "../../../kustomize/overlays/local/"

// manifest reads a file that kubectl would apply; unknown fields fail.
func manifest[T any](t *testing.T, path string) *T {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	result := new(T)
	if err := yaml.UnmarshalStrict(raw, result); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return result
}

func ignoreExisting(t *testing.T, err error) {
	t.Helper()
	if err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
}

// deploy applies the local overlay and returns the connector's identity.
func deploy(t *testing.T) *rest.Config {
	t.Helper()
	ctx, kube, options := t.Context(), cluster.Kube, metav1.CreateOptions{}
	account := manifest[corev1.ServiceAccount](t, "../../../kustomize/base/serviceaccount.yaml")
	for _, path := range []string{"../../../kustomize/base/namespace.yaml", manifests + "namespace.yaml"} {
		_, err := kube.CoreV1().Namespaces().Create(ctx, manifest[corev1.Namespace](t, path), options)
		ignoreExisting(t, err)
	}
	role, binding := manifest[rbac.Role](t, manifests+"role.yaml"), manifest[rbac.RoleBinding](t, manifests+"rolebinding.yaml")
	_, err := kube.CoreV1().ServiceAccounts(account.Namespace).Create(ctx, account, options)
	ignoreExisting(t, err)
	_, err = kube.RbacV1().Roles(role.Namespace).Create(ctx, role, options)
	ignoreExisting(t, err)
	_, err = kube.RbacV1().RoleBindings(binding.Namespace).Create(ctx, binding, options)
	ignoreExisting(t, err)
	return cluster.ActAs(t, account.Namespace, account.Name)
}

// A connector behind the proxy does all that it ever does with Kubernetes; the proxy notes what that is.
func TestTheRoleGrantsWhatTheConnectorUsesAndNoMore(t *testing.T) {
	granted := map[string][]string{}
	for _, rule := range manifest[rbac.Role](t, manifests+"role.yaml").Rules {
		for _, resource := range rule.Resources {
			granted[strings.Join(rule.APIGroups, ",")+"/"+resource] = slices.Sorted(slices.Values(rule.Verbs))
		}
	}
	proxy := apitest.NewProxy(t, deploy(t))
	connector := apitest.Connect(t, proxy.Config, namespace, job.Plugin{})
	raw := connector.Create(t, request(t))
	created := only(t)
	connector.Delete(t, job.TaskType, raw)
	freed := []byte(`{"metadata": {"finalizers": null}}`) // there is no garbage collector in the tests
	_, err := cluster.Kube.BatchV1().Jobs(namespace).Patch(t.Context(), created.Name, types.MergePatchType, freed, metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	apitest.Eventually(t, "the connector asks for a Job that its copy has not", func() bool {
		connector.Get(t, job.TaskType, raw)
		return slices.Contains(proxy.Verbs()["batch/jobs"], "get")
	})
	apitest.Eventually(t, "everything is watched", func() bool { return slices.Contains(proxy.Verbs()["/pods"], "watch") })
	if used := proxy.Verbs(); !reflect.DeepEqual(used, granted) {
		t.Errorf("the Role grants %v, and the connector has used %v", granted, used)
	}
}

func TestANamespaceWithoutTheRoleIsNamedAtTheStart(t *testing.T) {
	options := apitest.Options(t, deploy(t), "default")
	err := flyteconnector.Run(t.Context(), options, job.Plugin{})
	if err == nil || !strings.Contains(err.Error(), "may not create jobs.batch in namespace default") {
		t.Errorf("want the missing right, got %v", err)
	}
}
