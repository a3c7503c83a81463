//go:build apitest

package deploy

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.com/flyteconnector/apitest"
	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/plugin"
	authorization "k8s.io/api/authorization/v1"
	rbac "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// bind installs what decides about rights, until the test ends, and returns them as the proxy writes them. It waits until the API
// server has noticed, both times: what one test leaves in force for a moment would be the next one's.
func bind(t *testing.T, names ...string) map[string][]string {
	t.Helper()
	objects := apitest.Kustomize(t, overlay(t, names...))
	namespaces(t, objects)
	granted, installed := map[string][]string{}, []*unstructured.Unstructured{}
	for _, object := range objects {
		switch kind := object.GetKind(); kind {
		case "ClusterRole":
			for _, rule := range apitest.As[rbac.ClusterRole](t, object).Rules {
				granted[rule.APIGroups[0]+"/"+rule.Resources[0]] = slices.Sorted(slices.Values(rule.Verbs))
			}
			fallthrough
		case "RoleBinding", "ClusterRoleBinding":
			installed = append(installed, object)
			fallthrough
		case "ServiceAccount":
			install(t, object)
		}
	}
	all := func(want bool) bool {
		for resource, verbs := range granted {
			group, resource, _ := strings.Cut(resource, "/")
			if may(t, verbs[0], group, resource, tasks) != want {
				return false
			}
		}
		return true
	}
	t.Cleanup(func() {
		for _, object := range installed {
			remove(t, object)
		}
		apitest.Eventually(t, "the rights are gone", func() bool { return all(false) })
	})
	apitest.Eventually(t, "the rights hold", func() bool { return all(true) })
	return granted
}

func remove(t *testing.T, object *unstructured.Unstructured) {
	rights, ctx, options := cluster.Kube.RbacV1(), context.WithoutCancel(t.Context()), metav1.DeleteOptions{}
	var err error
	switch name := object.GetName(); object.GetKind() {
	case "ClusterRole":
		err = rights.ClusterRoles().Delete(ctx, name, options)
	case "ClusterRoleBinding":
		err = rights.ClusterRoleBindings().Delete(ctx, name, options)
	case "RoleBinding":
		err = rights.RoleBindings(object.GetNamespace()).Delete(ctx, name, options)
	}
	if err != nil {
		t.Error(err)
	}
}

func may(t *testing.T, verb, group, resource, namespace string) bool {
	t.Helper()
	review := &authorization.SubjectAccessReview{Spec: authorization.SubjectAccessReviewSpec{
		User:               "system:serviceaccount:" + home + ":" + account,
		ResourceAttributes: &authorization.ResourceAttributes{Verb: verb, Group: group, Resource: resource, Namespace: namespace},
	}}
	review, err := cluster.Kube.AuthorizationV1().SubjectAccessReviews().Create(context.WithoutCancel(t.Context()), review, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return review.Status.Allowed
}

func TestNamespacedRightsEndAtTheNamespace(t *testing.T) {
	bind(t, serving(1, "namespaced-rbac")...)
	for _, elsewhere := range []string{"default", "kube-system", home, ""} {
		if may(t, "create", ofTasks.Group, ofTasks.Resource, elsewhere) || may(t, "list", "", "pods", elsewhere) {
			t.Errorf("namespace %q: want no rights", elsewhere)
		}
	}
}

func TestClusterRightsHoldEverywhere(t *testing.T) {
	bind(t, serving(1, "cluster-rbac")...)
	for _, namespace := range []string{tasks, "default", ""} {
		if !may(t, "create", ofTasks.Group, ofTasks.Resource, namespace) {
			t.Errorf("namespace %q: want the rights", namespace)
		}
	}
}

// What no combination gives, whatever else it has.
func TestNoCombinationReachesForMore(t *testing.T) {
	bind(t, serving(len(plugins), "cluster-rbac", "events")...)
	own := ofTasks.Group + "/" + ofTasks.Resource
	for _, more := range []string{
		"get /secrets", "list /secrets", "get /pods", "create /pods", "delete /pods", "create /pods/exec", "get /configmaps",
		"patch " + own, "update " + own, "deletecollection " + own, "update sparkoperator.k8s.io/sparkapplications",
		"create rbac.authorization.k8s.io/rolebindings", "bind rbac.authorization.k8s.io/clusterroles",
		"escalate rbac.authorization.k8s.io/clusterroles", "impersonate /serviceaccounts", "create /serviceaccounts/token",
	} {
		verb, resource, _ := strings.Cut(more, " ")
		group, resource, _ := strings.Cut(resource, "/")
		if may(t, verb, group, resource, tasks) {
			t.Errorf("the connector may %s", more)
		}
	}
}

// With all plugins and --events behind the proxy, the connector does all that it ever does with Kubernetes.
func TestTheRightsAreThoseThatThePluginsUse(t *testing.T) {
	installKinds(t)
	granted := bind(t, serving(len(plugins), "namespaced-rbac", "events")...)
	proxy := apitest.NewProxy(t, cluster.ActAs(t, home, account))
	options := apitest.Options(t, proxy.Config, tasks)
	options.Events = true
	served := []plugin.Plugin{}
	for _, p := range plugins {
		served = append(served, p)
	}
	flyte := apitest.ConnectWith(t, options, served...)
	for _, p := range plugins {
		taskType, kind := p.Resource().TaskTypes[0], plural(p)
		raw := flyte.Create(t, request(t, p, nil))
		flyte.WaitFor(t, taskType, raw, core.TaskExecution_QUEUED)
		flyte.Delete(t, taskType, raw)
		free(t, kind)
		apitest.Eventually(t, "it is asked for when the copy has it no more", func() bool {
			flyte.Get(t, taskType, raw)
			return slices.Contains(proxy.Verbs()[kind.Group+"/"+kind.Resource], "get")
		})
	}
	apitest.Eventually(t, "everything is watched", func() bool {
		return slices.Contains(proxy.Verbs()["/pods"], "watch") && slices.Contains(proxy.Verbs()["/events"], "watch")
	})
	if used := proxy.Verbs(); !reflect.DeepEqual(used, granted) {
		t.Errorf("the components grant %v, and the connector has used %v", granted, used)
	}
}
