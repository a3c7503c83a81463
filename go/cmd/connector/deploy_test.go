//go:build apitest

package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.com/flyteconnector"
	"example.com/flyteconnector/apitest"
	"example.com/larkspur/plugins/job"
	rbac "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
)

func ignoreExisting(t *testing.T, err error) {
	t.Helper()
	if err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
}

func manifests(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	return apitest.Kustomize(t, "../../../kustomize/overlays/local")
}

// deploy applies the local overlay and returns the connector's identity.
func deploy(t *testing.T) *rest.Config {
	t.Helper()
	account := &unstructured.Unstructured{}
	for _, object := range manifests(t) {
		if err := cluster.Apply(t.Context(), cluster.Dynamic, object, false); err != nil {
			t.Fatal(err)
		}
		if object.GetKind() == "ServiceAccount" {
			account = object
		}
	}
	return cluster.ActAs(t, account.GetNamespace(), account.GetName())
}

// granted are the rights of the overlay, as the proxy writes them.
func granted(t *testing.T) map[string][]string {
	t.Helper()
	result := map[string][]string{}
	for _, object := range manifests(t) {
		if object.GetKind() == "ClusterRole" {
			for _, rule := range apitest.As[rbac.ClusterRole](t, object).Rules {
				for _, resource := range rule.Resources {
					result[strings.Join(rule.APIGroups, ",")+"/"+resource] = slices.Sorted(slices.Values(rule.Verbs))
				}
			}
		}
	}
	return result
}

// A connector behind the proxy does all that it ever does with Kubernetes; the proxy notes what that is.
func TestTheRoleGrantsWhatTheConnectorUsesAndNoMore(t *testing.T) {
	proxy := apitest.NewProxy(t, deploy(t))
	connector := apitest.Connect(t, proxy.Config, namespace, job.Plugin{})
	raw := connector.Create(t, request(t))
	created := only(t)
	connector.Delete(t, job.TaskType, raw)
	freed := []byte(`{"metadata": {"finalizers": null}}`) // there is no garbage collector in the tests
	_, err := cluster.Dynamic.Resource(kind).Namespace(namespace).Patch(t.Context(), created.Name, types.MergePatchType, freed, metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	apitest.Eventually(t, "the connector asks for a Job that its copy has not", func() bool {
		connector.Get(t, job.TaskType, raw)
		return slices.Contains(proxy.Verbs()[kind.Group+"/"+kind.Resource], "get")
	})
	apitest.Eventually(t, "everything is watched", func() bool { return slices.Contains(proxy.Verbs()["/pods"], "watch") })
	if used, granted := proxy.Verbs(), granted(t); !reflect.DeepEqual(used, granted) {
		t.Errorf("the Role grants %v, and the connector has used %v", granted, used)
	}
}

func TestANamespaceWithoutTheRoleIsNamedAtTheStart(t *testing.T) {
	options := apitest.Options(t, deploy(t), "default")
	err := flyteconnector.Run(t.Context(), options, job.Plugin{})
	if err == nil || !strings.Contains(err.Error(), "may not create "+kind.GroupResource().String()+" in namespace default") {
		t.Errorf("want the missing right, got %v", err)
	}
}
