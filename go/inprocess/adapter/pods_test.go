package adapter

import (
	"errors"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/scheme"
	clienttesting "k8s.io/client-go/testing"
)

const jobName = "batch.kubernetes.io/job-name"

func podOf(job, name string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		Name: name, Namespace: "ns", Labels: map[string]string{jobName: job, "execution-id": "h1"},
	}}
}

// eventually tries until the pods are listed; the limit is there for a test that would hang.
func eventually(t *testing.T, pods podSource, done func([]corev1.Pod, error) bool) {
	t.Helper()
	var all []corev1.Pod
	var err error
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
		if all, err = pods.of(jobName, "ns", "h1-n0-0"); done(all, err) {
			return
		}
	}
	t.Errorf("pods %v, error %v", all, err)
}

func watching(client dynamic.Interface, err error) *podCache {
	return &podCache{
		connect:   func() (dynamic.Interface, error) { return client, err },
		namespace: func() string { return "" },
	}
}

func TestPodsAreFoundByTheirResource(t *testing.T) {
	stranger := podOf("h1-n0-0", "not-flytes")
	delete(stranger.Labels, "execution-id")
	client := dynamicfake.NewSimpleDynamicClient(scheme.Scheme, podOf("h1-n0-0", "mine"), podOf("h1-n1-0", "other"), stranger)
	eventually(t, watching(client, nil), func(pods []corev1.Pod, err error) bool {
		return err == nil && len(pods) == 1 && pods[0].Name == "mine"
	})
}

func TestAMissingRightIsNamedAndBlocksNobody(t *testing.T) {
	client := dynamicfake.NewSimpleDynamicClient(scheme.Scheme)
	client.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, errors.New("pods is forbidden")
	})
	eventually(t, watching(client, nil), func(_ []corev1.Pod, err error) bool {
		return err != nil && strings.Contains(err.Error(), "pods is forbidden")
	})
}

func TestNoAPIServerIsNamed(t *testing.T) {
	if _, err := watching(nil, errors.New("no kubeconfig")).of(jobName, "ns", "x"); err == nil || err.Error() != "no kubeconfig" {
		t.Errorf("error %v", err)
	}
}
