//go:build e2e

package e2e

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// With this variable the test's own binary is a web server: the one program that is sure to be here.
const serveVariable = "LOCALCLUSTER_E2E_SERVE"

func serve(address string) error {
	return http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "hello from "+address)
	}))
}

// serving is a pod that answers on port 8000 of its address.
func serving(t *testing.T) *corev1.Pod {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	pod := shell("exec " + self)
	pod.Labels = map[string]string{"app": "page"}
	pod.Spec.Containers[0].Ports = []corev1.ContainerPort{{Name: "page", ContainerPort: 8000}}
	pod.Spec.Containers[0].Env = []corev1.EnvVar{
		{Name: "IP", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "status.podIP"}}},
		{Name: serveVariable, Value: "$(IP):8000"},
	}
	return pod
}

func makeService(t *testing.T, ns, name, address string) *corev1.Service {
	t.Helper()
	s := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.ServiceSpec{
		ClusterIP: address, Selector: map[string]string{"app": "page"},
		Ports: []corev1.ServicePort{{Port: 4040, TargetPort: intstr.FromString("page")}}}}
	made, err := shared.client.CoreV1().Services(ns).Create(t.Context(), s, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// get returns a page, or what is wrong with it.
func get(url string) string {
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(url)
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}

func TestServiceLeadsToItsPodsAndItsNameIsKnownInside(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	service := makeService(t, ns, "page", "")
	makeService(t, ns, "pods", corev1.ClusterIPNone)
	create(t, ns, serving(t))
	pod := shared.awaitPod(t, ns, "pod", "running", running)
	url := fmt.Sprintf("http://%s:4040/", service.Spec.ClusterIP)
	eventually(t, 10*time.Second, func() string {
		if got, want := get(url), fmt.Sprintf("hello from %s:8000", pod.Status.PodIP); got != want {
			return fmt.Sprintf("%s: %q, want %q", url, got, want)
		}
		return ""
	})

	asking := shell(fmt.Sprintf(`for name in page pods; do
		until line=$(grep " $name.%[1]s.svc " $LOCALCLUSTER_HOSTS); do sleep 0.1; done
		echo ${line%%%% *}
	done`, ns))
	asking.Name = "asking"
	create(t, ns, asking)
	shared.awaitPod(t, ns, "asking", "finished", finished)
	want := service.Spec.ClusterIP + "\n" + pod.Status.PodIP + "\n"
	if got, err := shared.logs(t.Context(), ns, "asking", corev1.PodLogOptions{}); err != nil || got != want {
		t.Errorf("addresses %q (%v), want %q", got, err, want)
	}

	if err := shared.client.CoreV1().Pods(ns).Delete(t.Context(), "pod", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, 10*time.Second, func() string {
		if _, err := (&http.Client{Timeout: time.Second}).Get(url); err == nil {
			return url + " still answers"
		}
		return ""
	})
}
