//go:build apitest

package deploy

import (
	"encoding/json"
	"slices"
	"testing"

	"example.com/flyteconnector/apitest"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
)

// The API server of the tests does not have the kinds of Prometheus' operator. go/monitoring reads them as the operator's own types.
func TestTheAlertsGoWithTheMetricsPortOfTheDeployment(t *testing.T) {
	names := []string{"namespaced-rbac", "monitoring", "alerts"}
	worker, objects := pod(t, names...), apitest.Kustomize(t, overlay(t, names...))
	monitor := find(t, objects, "PodMonitor")
	selector, _, _ := unstructured.NestedStringMap(monitor.Object, "spec", "selector", "matchLabels")
	if !labels.SelectorFromSet(selector).Matches(labels.Set(worker.Labels)) || monitor.GetNamespace() != home {
		t.Errorf("%v in %s does not find the pod with %v in %s", selector, monitor.GetNamespace(), worker.Labels, home)
	}
	if job := worker.Labels["app.kubernetes.io/name"]; job != "larkspur-connector" {
		t.Errorf("the rules look for the job larkspur-connector, and the pod's label is %q", job)
	}
	ends, _, _ := unstructured.NestedSlice(monitor.Object, "spec", "podMetricsEndpoints")
	port, _, _ := unstructured.NestedString(ends[0].(map[string]any), "port")
	if !slices.ContainsFunc(worker.Spec.Containers[0].Ports, func(p corev1.ContainerPort) bool { return p.Name == port }) {
		t.Errorf("no port %q among %v", port, worker.Spec.Containers[0].Ports)
	}
	board := apitest.As[corev1.ConfigMap](t, find(t, objects, "ConfigMap"))
	if board.Labels["grafana_dashboard"] != "1" || !json.Valid([]byte(board.Data["dashboard.json"])) {
		t.Errorf("want a dashboard with the label that Grafana looks for, got %v", board.Labels)
	}
}

func TestAClusterWithoutPrometheusOperatorRefusesTheAlertsByTheirKind(t *testing.T) {
	objects := apitest.Kustomize(t, overlay(t, "namespaced-rbac", "monitoring", "alerts"))
	for _, kind := range []string{"PodMonitor", "PrometheusRule"} {
		if err := cluster.Apply(t.Context(), cluster.Dynamic, find(t, objects, kind), true); !meta.IsNoMatchError(err) {
			t.Errorf("%s: want no match for its kind, got %v", kind, err)
		}
	}
}
