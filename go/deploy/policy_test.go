//go:build apitest

package deploy

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/flyteconnector/apitest"
	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/watch"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

const denied = "ValidatingAdmissionPolicy 'larkspur-connector"

var guards bool // the policies, from the first test that asks for them to the end

// guarded has the admission policies in force, and returns a client that is the connector for them. It has all rights, so that
// whatever is refused is refused by them.
func guarded(t *testing.T) dynamic.Interface {
	t.Helper()
	installKinds(t)
	client := connector(t, "system:masters")
	if guards {
		return client
	}
	objects := apitest.Kustomize(t, overlay(t, "cluster-rbac", "admission-policy"))
	namespaces(t, objects)
	for _, object := range objects {
		if object.GroupVersionKind().Group == "admissionregistration.k8s.io" {
			install(t, object)
		}
	}
	for _, p := range plugins {
		object := built(t, p, nil)
		object.SetNamespace("kube-system")
		apitest.Eventually(t, "the policy holds", func() bool { return refused(create(t, kind(client, object), object), "own namespaces") })
	}
	guards = true
	return client
}

func kind(client dynamic.Interface, object *unstructured.Unstructured) dynamic.ResourceInterface {
	return client.Resource(watch.PluralOf(plugin.Resource{GroupVersionKind: object.GroupVersionKind()})).Namespace(object.GetNamespace())
}

// set writes a field; see within.
func set(t *testing.T, object *unstructured.Unstructured, value any, path ...string) {
	t.Helper()
	last := len(path) - 1
	within(t, object, path[:last])[path[last]] = value
}

// within is what is at a place of an object, and is made if nothing is. A number on the way is an item of a list.
func within(t *testing.T, object *unstructured.Unstructured, path []string) map[string]any {
	t.Helper()
	var value any = object.Object
	for _, step := range path {
		if list, ok := value.([]any); ok {
			at, err := strconv.Atoi(step)
			if err != nil || at >= len(list) {
				t.Fatalf("%v: %q is no item of a list of %d", path, step, len(list))
			}
			value = list[at]
			continue
		}
		fields, _ := value.(map[string]any)
		if fields != nil && fields[step] == nil {
			fields[step] = map[string]any{}
		}
		value = fields[step]
	}
	result, ok := value.(map[string]any)
	if !ok {
		t.Fatalf("%v is a %T, not an object", path, value)
	}
	return result
}

// refused says that the policy, and not something else, was against it, with these words.
func refused(err error, words string) bool {
	return err != nil && strings.Contains(err.Error(), denied) && strings.Contains(err.Error(), words)
}

func TestThePolicyTakesWhatThePluginsBuild(t *testing.T) {
	client := guarded(t)
	for _, p := range plugins {
		for _, custom := range []map[string]any{nil, p.custom} {
			object := built(t, p, custom)
			if err := create(t, kind(client, object), object); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestThePolicyKnowsWhichServiceAccountsTasksHave(t *testing.T) {
	client := guarded(t)
	cases := map[string]bool{"default": true, "admin": false, "sparks": false}
	for _, p := range plugins {
		for _, account := range p.accounts {
			cases[account] = true
		}
	}
	for account, allowed := range cases {
		for _, p := range plugins {
			object := built(t, p, nil)
			for _, template := range p.templates {
				changed := object.DeepCopy()
				set(t, changed, account, append(slices.Clone(template), "spec", "serviceAccountName")...)
				if err := create(t, kind(client, changed), changed); (err == nil) != allowed || err != nil && !refused(err, "serviceAccountName") {
					t.Errorf("%s, %s of %s: %v", account, template, object.GetKind(), err)
				}
			}
		}
	}
}

func TestThePolicyLeavesWhatIsNotTheConnectorsAlone(t *testing.T) {
	client := guarded(t)
	for _, owner := range []string{"somebody", "the-connector"} {
		object := built(t, plugins[0], nil)
		object.SetName(owner)
		if owner == "somebody" {
			object.SetLabels(nil)
			if err := create(t, kind(client, object), object); !refused(err, "has its label") {
				t.Errorf("want the connector to create with its label alone, got %v", err)
			}
		}
		jobs := kind(cluster.Dynamic, object) // the administrator is not bound
		if _, err := jobs.Create(t.Context(), object, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		err := kind(client, object).Delete(t.Context(), owner, metav1.DeleteOptions{})
		if owner == "somebody" && !refused(err, "has its label") || owner == "the-connector" && err != nil {
			t.Errorf("delete a Job of %s: %v", owner, err)
		}
		if owner == "somebody" {
			if err := jobs.Delete(t.Context(), owner, metav1.DeleteOptions{}); err != nil {
				t.Errorf("the administrator deletes it: %v", err)
			}
		}
	}
}

// The cluster's policy stands behind the connector's own. Here that has been opened, by mistake.
func TestWhatThePolicyRefusesReachesTheUser(t *testing.T) {
	guarded(t)
	bind(t, serving(1, "namespaced-rbac")...)
	options := apitest.Options(t, cluster.ActAs(t, home, account), tasks)
	options.AllowHost = []string{"hostNetwork"}
	flyte := apitest.ConnectWith(t, options, plugins[0])
	wide := map[string]any{"hostNetwork": true, "containers": []any{map[string]any{"name": "main", "image": "task:1"}}}
	answer := flyte.Get(t, plugins[0].Resource().TaskTypes[0], flyte.Create(t, request(t, plugins[0], wide)))
	if answer.GetPhase() != core.TaskExecution_FAILED || !strings.Contains(answer.GetMessage(), "hostNetwork, hostPID, hostIPC: they reach out") {
		t.Errorf("want FAILED with the policy's words, got %s %q", answer.GetPhase(), answer.GetMessage())
	}
}
