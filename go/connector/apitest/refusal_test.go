//go:build apitest

package apitest

import (
	"log/slog"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"example.com/flyteconnector/core"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/plugin"
)

func TestAFullQuotaIsAnErrorWithItsName(t *testing.T) {
	connector, namespace := start(t)
	none := corev1.ResourceList{"count/configmaps": resource.MustParse("0")}
	quotas := cluster.Kube.CoreV1().ResourceQuotas(namespace)
	quota := &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Name: "tight"}, Spec: corev1.ResourceQuotaSpec{Hard: none}}
	quota, err := quotas.Create(t.Context(), quota, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	quota.Status = corev1.ResourceQuotaStatus{Hard: none, Used: none} // plays the quota's controller
	if _, err := quotas.UpdateStatus(t.Context(), quota, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	_, err = connector.CreateTask(t.Context(), request(namespace, "s3://b/a/0"))
	if status.Code(err) != codes.ResourceExhausted || !strings.Contains(err.Error(), "exceeded quota: tight") {
		t.Fatalf("want RESOURCE_EXHAUSTED with the quota's name, got %v", err)
	}
}

func TestANamespaceThatGoesAwayFailsTheTask(t *testing.T) {
	connector, namespace := start(t)
	if err := cluster.Kube.CoreV1().Namespaces().Delete(t.Context(), namespace, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err) // without its controller it stays, terminating
	}
	answer := connector.Get(t, noteType, connector.Create(t, request(namespace, "s3://b/a/0")))
	if answer.GetPhase() != flyte.TaskExecution_FAILED || !strings.Contains(answer.GetMessage(), "being terminated") {
		t.Fatalf("want FAILED with the reason, got %s %q", answer.GetPhase(), answer.GetMessage())
	}
}

func TestRightsThatWereTakenAwayAreAnError(t *testing.T) {
	connector, namespace := start(t)
	bindings := cluster.Kube.RbacV1().RoleBindings(namespace)
	if err := bindings.DeleteCollection(t.Context(), metav1.DeleteOptions{}, metav1.ListOptions{}); err != nil {
		t.Fatal(err)
	}
	var err error
	attempt := 0
	Eventually(t, "the API server has heard of it", func() bool {
		attempt++
		_, err = connector.CreateTask(t.Context(), request(namespace, "s3://b/a/"+strings.Repeat("0", attempt)))
		return err != nil
	})
	if status.Code(err) != codes.PermissionDenied || !strings.Contains(err.Error(), "cannot create resource") {
		t.Fatalf("want PERMISSION_DENIED with the right that is missing, got %v", err)
	}
}

// ghost is a plugin whose operator is not installed.
type ghost struct{ note }

var ghosts = schema.GroupVersionKind{Group: "example.com", Version: "v1", Kind: "Ghost"}

func (ghost) Resource() plugin.Resource {
	return plugin.Resource{GroupVersionKind: ghosts, TaskTypes: []string{noteType}}
}

func (ghost) BuildResource(task plugin.Task) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(ghosts)
	object.SetNamespace(task.Namespace)
	object.SetName(task.Name)
	return object, nil
}

// blind is a copy of the cluster that is not there yet.
type blind struct{ core.Cache }

func (blind) Serves(string) bool { return true }

func TestATaskWhoseOperatorIsNotInstalledSaysSo(t *testing.T) {
	namespace := cluster.Namespace(t)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	engine, err := core.New(core.Config{Client: cluster.Dynamic, Cache: blind{}, Log: log}, ghost{})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := engine.Create(t.Context(), Attempt(t, request(namespace, "s3://b/a/0")))
	if err != nil {
		t.Fatal(err)
	}
	info, err := engine.Get(t.Context(), noteType, raw)
	want := "the cluster does not know ghosts.example.com: is its operator installed?"
	if err != nil || info.Phase != plugin.Failed || !strings.HasPrefix(info.Reason, want) {
		t.Errorf("want FAILED with %q, got %+v, %v", want, info, err)
	}
}
