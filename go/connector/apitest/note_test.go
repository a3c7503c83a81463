//go:build apitest

package apitest

import (
	"fmt"
	"os"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/access"
	"example.com/flyteconnector/core"
	"example.com/flyteconnector/gen/flyteidl/admin"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/plugin"
)

// The tests play the operator: they write a note's phase themselves.

var cluster *Cluster

func TestMain(m *testing.M) { os.Exit(Main(m, func(c *Cluster) { cluster = c })) }

// note is the smallest plugin: a ConfigMap, because every API server has the kind.
type note struct{ plugin.Unimplemented }

const noteType = "note"

func (note) Resource() plugin.Resource {
	return plugin.Resource{
		GroupVersionKind: corev1.SchemeGroupVersion.WithKind("ConfigMap"), TaskTypes: []string{noteType}, PodLabel: "note",
	}
}

// BuildResource copies custom into the note.
func (n note) BuildResource(task plugin.Task) (*unstructured.Unstructured, error) {
	data := map[string]string{}
	for key, value := range task.Custom.GetFields() {
		if key == "refuse" {
			return nil, fmt.Errorf("custom.refuse: %s", value.GetStringValue())
		}
		data[key] = value.GetStringValue()
	}
	return plugin.ToUnstructured(&corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: task.Name, Namespace: task.Namespace, Labels: task.Labels}, Data: data,
	}, n.Resource().GroupVersionKind)
}

func (note) GetTaskPhase(object *unstructured.Unstructured, pods []corev1.Pod) (plugin.PhaseInfo, error) {
	written, _, err := unstructured.NestedString(object.Object, "data", "phase")
	switch written {
	case "":
		return plugin.PhaseInfo{Phase: plugin.Queued, Reason: fmt.Sprintf("%d pods", len(pods))}, err
	case "running":
		links := []plugin.Link{{Name: "log", URI: "https://logs/" + object.GetName()}}
		return plugin.PhaseInfo{Phase: plugin.Running, Links: links, Info: map[string]any{"pods": len(pods)}}, nil
	case "done":
		return plugin.PhaseInfo{Phase: plugin.Succeeded}, nil
	case "crash":
		panic("on purpose")
	}
	return plugin.PhaseInfo{}, fmt.Errorf("no row for %q", written)
}

// rules are all that a connector of notes needs.
func rules() []rbac.PolicyRule {
	return []rbac.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: access.OnResources},
		{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: access.OnPods},
	}
}

// start runs a connector of notes with its own namespace and least rights.
func start(t *testing.T) (flyte1 *Flyte, namespace string) {
	namespace = cluster.Namespace(t)
	return Connect(t, cluster.Identity(t, namespace, rules()), namespace, note{}), namespace
}

// startBehindProxy does the same, with calls to the API server that can be broken.
func startBehindProxy(t *testing.T) (flyte1 *Flyte, proxy *Proxy, namespace string) {
	namespace = cluster.Namespace(t)
	proxy = NewProxy(t, cluster.Identity(t, namespace, rules()))
	return Connect(t, proxy.Config, namespace, note{}), proxy, namespace
}

// request is a task's attempt; custom pairs are name, value, name, value.
func request(namespace, prefix string, custom ...string) *admin.CreateTaskRequest {
	fields := map[string]*structpb.Value{}
	for i := 0; i+1 < len(custom); i += 2 {
		fields[custom[i]] = structpb.NewStringValue(custom[i+1])
	}
	return &admin.CreateTaskRequest{
		OutputPrefix: prefix,
		Template: &flyte.TaskTemplate{
			Type:   noteType,
			Id:     &flyte.Identifier{Project: "p", Domain: "d", Name: "module.my_note", Version: "1"},
			Custom: &structpb.Struct{Fields: fields},
			Target: &flyte.TaskTemplate_Container{Container: &flyte.Container{Image: "example/image:1"}},
		},
		TaskExecutionMetadata: &admin.TaskExecutionMetadata{Namespace: namespace, Labels: map[string]string{"project": "p"}},
	}
}

// all returns the connector's notes in a namespace. (Every namespace may have others, which Kubernetes made.)
func all(t *testing.T, namespace string) []corev1.ConfigMap {
	t.Helper()
	list, err := cluster.Kube.CoreV1().ConfigMaps(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: core.Selector})
	if err != nil {
		t.Fatalf("list notes: %v", err)
	}
	return list.Items
}

// write plays the operator.
func write(t *testing.T, object corev1.ConfigMap, phase string) {
	t.Helper()
	object.Data = map[string]string{"phase": phase}
	if _, err := cluster.Kube.CoreV1().ConfigMaps(object.Namespace).Update(t.Context(), &object, metav1.UpdateOptions{}); err != nil {
		t.Fatalf("write phase %q: %v", phase, err)
	}
}
