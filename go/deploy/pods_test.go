//go:build apitest

package deploy

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"example.com/flyteconnector/apitest"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// pod is one that the Deployment of these components makes.
func pod(t *testing.T, names ...string) *corev1.Pod {
	t.Helper()
	objects := apitest.Kustomize(t, overlay(t, names...))
	namespaces(t, objects)
	template := apitest.As[appsv1.Deployment](t, find(t, objects, "Deployment")).Spec.Template
	return &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: "connector", Namespace: home, Labels: template.Labels}, Spec: template.Spec,
	}
}

func admit(t *testing.T, pod *corev1.Pod) error {
	t.Helper()
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(pod)
	if err != nil {
		t.Fatal(err)
	}
	pods := cluster.Dynamic.Resource(corev1.SchemeGroupVersion.WithResource("pods")).Namespace(pod.Namespace)
	return create(t, pods, &unstructured.Unstructured{Object: fields})
}

// The namespace enforces "restricted", the strictest of Kubernetes' Pod Security Standards.
func TestPodSecurityTakesTheConnectorWithAllComponents(t *testing.T) {
	if err := admit(t, pod(t, append([]string{"namespaced-rbac"}, components...)...)); err != nil {
		t.Error(err)
	}
}

func TestPodSecurityRefusesAConnectorThatMayDoMore(t *testing.T) {
	yes, root, good := true, int64(0), pod(t, "namespaced-rbac")
	for want, change := range map[string]func(*corev1.PodSpec){
		"hostNetwork": func(s *corev1.PodSpec) { s.HostNetwork = true },
		"hostPath": func(s *corev1.PodSpec) {
			s.Volumes = []corev1.Volume{{Name: "root", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}}}
		},
		"privileged":                func(s *corev1.PodSpec) { s.Containers[0].SecurityContext = &corev1.SecurityContext{Privileged: &yes} },
		"allowPrivilegeEscalation":  func(s *corev1.PodSpec) { s.Containers[0].SecurityContext.AllowPrivilegeEscalation = nil },
		"unrestricted capabilities": func(s *corev1.PodSpec) { s.Containers[0].SecurityContext.Capabilities = nil },
		"runAsUser=0":               func(s *corev1.PodSpec) { s.SecurityContext.RunAsUser = &root },
		"seccompProfile":            func(s *corev1.PodSpec) { s.SecurityContext.SeccompProfile = nil },
	} {
		changed := good.DeepCopy()
		change(&changed.Spec)
		if err := admit(t, changed); err == nil || !strings.Contains(err.Error(), `violates PodSecurity "restricted:latest"`) ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("want %s refused, got %v", want, err)
		}
	}
}

// What these manifests promise beyond Pod Security, which asks for none of it.
func TestTheConnectorsPodIsAsSmallAsItCanBe(t *testing.T) {
	spec := pod(t, append([]string{"namespaced-rbac"}, components...)...).Spec
	only := spec.Containers[0]
	if !*only.SecurityContext.ReadOnlyRootFilesystem || *spec.SecurityContext.RunAsUser == 0 {
		t.Errorf("want a read-only root file system and another user than root: %v, %v", only.SecurityContext, spec.SecurityContext)
	}
	for _, name := range []corev1.ResourceName{"cpu", "memory", "ephemeral-storage"} {
		if only.Resources.Requests.Name(name, "").IsZero() || only.Resources.Limits.Name(name, "").IsZero() {
			t.Errorf("want a request and a limit for %s: %v", name, only.Resources)
		}
	}
	for _, volume := range spec.Volumes {
		if volume.Secret == nil {
			t.Errorf("volume %s: want Secrets alone", volume.Name)
		}
	}
	const deadline, drains = 8, 20
	if grace := *spec.TerminationGracePeriodSeconds; grace < deadline+drains {
		t.Errorf("terminationGracePeriodSeconds = %d, and ending takes up to %d", grace, deadline+drains)
	}
}

// Probes and flags have to name the same ports, with TLS and without.
func TestProbesAskWhereHealthIsServed(t *testing.T) {
	for components, port := range map[string]string{"namespaced-rbac": "8000", "namespaced-rbac tls": "8001"} {
		only := pod(t, strings.Fields(components)...).Spec.Containers[0]
		flag := map[string]string{"8000": "--listen=:8000", "8001": "--health-listen=:8001"}[port]
		if !strings.Contains(strings.Join(only.Args, " ")+" ", flag+" ") {
			t.Errorf("%s: want %s among %v", components, flag, only.Args)
		}
		ready, alive := only.ReadinessProbe.GRPC, only.LivenessProbe.GRPC
		if ready.Port != alive.Port || port != strconv.Itoa(int(ready.Port)) || *ready.Service != "" || *alive.Service != "liveness" {
			t.Errorf("%s: probes are %+v, %+v", components, ready, alive)
		}
	}
}

// The test plays the quota's controller, which counts what there is; the refusal is the API server's.
func TestAQuotaOfANamespaceReachesTheUser(t *testing.T) {
	installKinds(t)
	bind(t, serving(1, "namespaced-rbac")...)
	counted := corev1.ResourceName("count/" + ofTasks.GroupResource().String())
	hard := corev1.ResourceList{counted: resource.MustParse("0")}
	quota := &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Name: "no-jobs"}, Spec: corev1.ResourceQuotaSpec{Hard: hard}}
	quotas := cluster.Kube.CoreV1().ResourceQuotas(tasks)
	made, err := quotas.Create(t.Context(), quota, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := quotas.Delete(context.WithoutCancel(t.Context()), quota.Name, metav1.DeleteOptions{}); err != nil {
			t.Error(err)
		}
	})
	made.Status = corev1.ResourceQuotaStatus{Hard: hard, Used: corev1.ResourceList{counted: resource.MustParse("0")}}
	if _, err := quotas.UpdateStatus(t.Context(), made, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	jobs := connector(t).Resource(ofTasks).Namespace(tasks)
	apitest.Eventually(t, "the API server refuses", func() bool {
		err = create(t, jobs, built(t, plugins[0], nil))
		return err != nil && strings.Contains(err.Error(), "exceeded quota: no-jobs")
	})
	flyte := apitest.Connect(t, cluster.ActAs(t, home, account), tasks, plugins[0])
	_, err = flyte.CreateTask(t.Context(), request(t, plugins[0], nil))
	if err == nil || !strings.Contains(err.Error(), "exceeded quota: no-jobs") {
		t.Errorf("want the quota named, got %v", err)
	}
}
