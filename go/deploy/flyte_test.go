//go:build apitest

package deploy

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"example.com/flyteconnector/apitest"
	rbac "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"
)

// flyteValues is the file for Flyte's chart.
func flyteValues(t *testing.T) (templates map[string]string, rules []rbac.PolicyRule) {
	t.Helper()
	raw, err := os.ReadFile(manifests + "/components/namespaced-rbac/flyte-values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var values struct {
		ClusterResourceTemplates struct{ Inline map[string]string }
		RBAC                     struct{ ExtraRules []rbac.PolicyRule }
	}
	if err := yaml.UnmarshalStrict(raw, &values); err != nil {
		t.Fatal(err)
	}
	return values.ClusterResourceTemplates.Inline, values.RBAC.ExtraRules
}

// The test plays Flyte's admin: it fills in the namespace and applies, with the rights that the file asks for, or without.
func TestFlyteCanGiveTheConnectorItsRightsInANewNamespaceAndNoOthers(t *testing.T) {
	bind(t, serving(1, "namespaced-rbac")...) // the ClusterRole
	templates, rules := flyteValues(t)
	fresh := cluster.Namespace(t)
	objects, err := apitest.Objects([]byte(strings.ReplaceAll(templates["010_larkspur_connector.yaml"], "{{ namespace }}", fresh)))
	if err != nil || len(objects) != 1 {
		t.Fatalf("%d objects, error %v", len(objects), err)
	}
	as := func(rules []rbac.PolicyRule) dynamic.Interface {
		return dynamic.NewForConfigOrDie(rest.CopyConfig(cluster.Identity(t, fresh, rules)))
	}
	err = cluster.Apply(t.Context(), as(rules[:1]), objects[0], false)
	if err == nil || !strings.Contains(err.Error(), "attempting to grant RBAC permissions not currently held") {
		t.Errorf("want Flyte refused without the rule that lets it bind, got %v", err)
	}
	flyte := as(rules)
	if err := cluster.Apply(t.Context(), flyte, objects[0], false); err != nil {
		t.Fatal(err)
	}
	apitest.Eventually(t, "the connector may create", func() bool { return may(t, "create", ofTasks.Group, ofTasks.Resource, fresh) })
	greedy := objects[0].DeepCopy()
	greedy.SetName("greedy")
	if err := unstructured.SetNestedField(greedy.Object, "cluster-admin", "roleRef", "name"); err != nil {
		t.Fatal(err)
	}
	if err := cluster.Apply(t.Context(), flyte, greedy, false); err == nil {
		t.Error("Flyte could give away more")
	}
}

func TestFlytesTemplateIsTheBindingOfTheComponent(t *testing.T) {
	templates, _ := flyteValues(t)
	theirs, err := apitest.Objects([]byte(strings.ReplaceAll(templates["010_larkspur_connector.yaml"], "{{ namespace }}", tasks)))
	if err != nil {
		t.Fatal(err)
	}
	ours := find(t, apitest.Kustomize(t, overlay(t, "namespaced-rbac")), "RoleBinding")
	if !reflect.DeepEqual(theirs[0], ours) {
		t.Errorf("Flyte makes %v, and the component is %v", theirs[0], ours)
	}
}
