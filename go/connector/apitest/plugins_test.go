//go:build apitest

package apitest

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	corev1 "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector"
	"example.com/flyteconnector/access"
	"example.com/flyteconnector/core"
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl2/connector"
	"example.com/flyteconnector/plugin"
)

// card is a plugin of another kind, with two types.
type card struct{ plugin.Unimplemented }

func (card) Resource() plugin.Resource {
	kind := corev1.SchemeGroupVersion.WithKind("PodTemplate")
	return plugin.Resource{GroupVersionKind: kind, TaskTypes: []string{"card", "postcard"}}
}

// BuildResource writes down which type was asked for.
func (c card) BuildResource(task plugin.Task) (*unstructured.Unstructured, error) {
	named := metav1.ObjectMeta{Name: task.Name, Namespace: task.Namespace, Labels: map[string]string{"type": task.Type}}
	return plugin.ToUnstructured(&corev1.PodTemplate{ObjectMeta: named, Template: task.Pod}, c.Resource().GroupVersionKind)
}

func (card) GetTaskPhase(object *unstructured.Unstructured, _ []corev1.Pod) (plugin.PhaseInfo, error) {
	return plugin.PhaseInfo{Phase: plugin.Initializing, Reason: "a " + object.GetLabels()["type"]}, nil
}

// rival wants a type of card's.
type rival struct{ note }

func (rival) Resource() plugin.Resource {
	return plugin.Resource{GroupVersionKind: note{}.Resource().GroupVersionKind, TaskTypes: []string{"postcard"}}
}

// startPlugins runs one connector with both plugins.
func startPlugins(t *testing.T) (*Flyte, string) {
	namespace := cluster.Namespace(t)
	cards := rbac.PolicyRule{APIGroups: []string{""}, Resources: []string{"podtemplates"}, Verbs: access.OnResources}
	return Connect(t, cluster.Identity(t, namespace, append(rules(), cards)), namespace, note{}, card{}), namespace
}

func TestEveryTypeOfEveryPluginIsTold(t *testing.T) {
	f, _ := startPlugins(t)
	agents, err := f.Metadata.ListAgents(t.Context(), &admin.ListAgentsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	connectors, err := connector.NewConnectorMetadataServiceClient(f.Conn).ListConnectors(t.Context(), &connector.ListConnectorsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var one, two []string
	for _, category := range agents.GetAgents()[0].GetSupportedTaskCategories() {
		one = append(one, category.GetName())
	}
	for _, category := range connectors.GetConnectors()[0].GetSupportedTaskCategories() {
		two = append(two, category.GetName())
	}
	want := []string{noteType, "card", "postcard"}
	if old := agents.GetAgents()[0].GetSupportedTaskTypes(); !slices.Equal(old, want) || !slices.Equal(one, want) || !slices.Equal(two, want) {
		t.Errorf("want %q, Flyte 1 got %q and %q, Flyte 2 got %q", want, old, one, two)
	}
}

func TestEveryRequestReachesItsOwnPlugin(t *testing.T) {
	f, namespace := startPlugins(t)
	for name, it := range callers(f) {
		metas := map[string][]byte{}
		for _, taskType := range []string{noteType, "card", "postcard"} {
			wanted := request(namespace, "s3://b/"+name+taskType+"/0")
			wanted.Template.Type = taskType
			meta, err := it.create(t, wanted)
			if err != nil {
				t.Fatalf("%s, %s: %v", name, taskType, err)
			}
			metas[taskType] = meta
		}
		for taskType, want := range map[string]string{noteType: "0 pods", "card": "a card", "postcard": "a postcard"} {
			if phase, message := it.get(t, taskType, metas[taskType]); message != want {
				t.Errorf("%s, %s: want %q, got %s %q", name, taskType, want, phase, message)
			}
		}
		if err := it.delete(t, noteType, metas["card"]); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: want one plugin's resource_meta INVALID_ARGUMENT for the other's type, got %v", name, err)
		}
	}
	templates, err := cluster.Kube.CoreV1().PodTemplates(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: core.Selector})
	if err != nil || len(templates.Items) != 4 || len(all(t, namespace)) != 2 {
		t.Errorf("want 4 cards and 2 notes, got %d and %d, %v", len(templates.Items), len(all(t, namespace)), err)
	}
}

func TestTwoPluginsOfOneTypeDoNotStart(t *testing.T) {
	namespace := cluster.Namespace(t)
	options := Options(t, cluster.Identity(t, namespace, rules()), namespace)
	err := flyteconnector.Run(t.Context(), options, card{}, rival{})
	if err == nil || !strings.Contains(err.Error(), `"postcard" is claimed by apitest.card and by apitest.rival`) {
		t.Errorf("want an error with the type and both plugins, got %v", err)
	}
}
