//go:build apitest

package apitest

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/watch"
)

// warn plays an operator whose pods are refused.
func warn(t *testing.T, about corev1.ConfigMap, kind string, ahead time.Duration, message string) {
	t.Helper()
	event := &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{GenerateName: "event-", Namespace: about.Namespace},
		InvolvedObject: corev1.ObjectReference{Kind: "ConfigMap", Namespace: about.Namespace, Name: about.Name, UID: about.UID},
		Type:           kind, Reason: "FailedCreate", Message: message, LastTimestamp: metav1.NewTime(time.Now().Add(ahead)),
	}
	if _, err := cluster.Kube.CoreV1().Events(about.Namespace).Create(t.Context(), event, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func TestAWarningAboutAResourceIsWhatItWaitsFor(t *testing.T) {
	namespace := cluster.Namespace(t)
	more := append(rules(), rbac.PolicyRule{APIGroups: []string{""}, Resources: []string{"events"}, Verbs: watch.OnEvents})
	engine := Engine(t, cluster.Identity(t, namespace, more), namespace, func(_ *core.Config, w *watch.Config) {
		w.Events = true
	}, note{})
	raw, err := engine.Create(t.Context(), Attempt(t, request(namespace, "s3://b/a/0")))
	if err != nil {
		t.Fatal(err)
	}
	get := func() plugin.PhaseInfo {
		info, err := engine.Get(t.Context(), noteType, raw)
		if err != nil {
			t.Fatal(err)
		}
		return info.PhaseInfo
	}
	resource := all(t, namespace)[0]
	warn(t, resource, corev1.EventTypeNormal, time.Minute, "this is how it should be")
	warn(t, resource, corev1.EventTypeWarning, 0, `pods "n-0" is forbidden: exceeded quota: tight`)
	Eventually(t, "the warning is shown", func() bool {
		info := get()
		return info.Phase == plugin.WaitingForResources && info.Reason == `FailedCreate: pods "n-0" is forbidden: exceeded quota: tight`
	})
	write(t, resource, "running")
	Eventually(t, "it runs", func() bool { return get().Phase == plugin.Running })
}
