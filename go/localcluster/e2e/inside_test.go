//go:build e2e

package e2e

import (
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const readVolumes = `set -e
echo "config=$(cat $(sed 's/see //' /etc/config/renamed))"
echo "secret=$(cat /etc/secret/key) $SECRET"
echo "labels=$(cat /etc/podinfo/labels)"
echo "token=$(cut -c1-2 /var/run/secrets/tokens/mine) $(cut -c1-2 /var/run/secrets/kubernetes.io/serviceaccount/token)"
echo "namespace=$(cat /var/run/secrets/kubernetes.io/serviceaccount/namespace)"
echo "kubeconfig=$(grep -c tokenFile $KUBECONFIG)"
echo "shared=$(cat /data/from-init)"
echo "env=$FROM_a"`

// volumes are one of each kind, with the paths where they are mounted.
func volumes() map[string]corev1.VolumeSource {
	seconds := int64(3600)
	labels := corev1.DownwardAPIVolumeFile{Path: "labels", FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.labels"}}
	token := &corev1.ServiceAccountTokenProjection{Path: "mine", Audience: "somebody", ExpirationSeconds: &seconds}
	return map[string]corev1.VolumeSource{
		"/etc/config": {ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: "config"},
			Items:                []corev1.KeyToPath{{Key: "a", Path: "renamed"}, {Key: "b", Path: "b"}}}},
		"/etc/secret":  {Secret: &corev1.SecretVolumeSource{SecretName: "secret"}},
		"/etc/podinfo": {DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: []corev1.DownwardAPIVolumeFile{labels}}},
		"/var/run/secrets/tokens": {Projected: &corev1.ProjectedVolumeSource{
			Sources: []corev1.VolumeProjection{{ServiceAccountToken: token}}}},
		"/data": {EmptyDir: &corev1.EmptyDirVolumeSource{}},
	}
}

// makeObjects makes what the volumes name.
func makeObjects(t *testing.T, ns string) {
	t.Helper()
	config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "config"},
		Data: map[string]string{"a": "see /etc/config/b", "b": "text of b"}}
	if _, err := shared.client.CoreV1().ConfigMaps(ns).Create(t.Context(), config, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "secret"}, Data: map[string][]byte{"key": []byte("hidden")}}
	if _, err := shared.client.CoreV1().Secrets(ns).Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func TestVolumesAreVisible(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	makeObjects(t, ns)
	pod := shell(readVolumes)
	pod.Labels = map[string]string{"colour": "blue"}
	main := &pod.Spec.Containers[0]
	for path, source := range volumes() {
		name := filepath.Base(path)
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: source})
		main.VolumeMounts = append(main.VolumeMounts, corev1.VolumeMount{Name: name, MountPath: path})
	}
	main.Env = []corev1.EnvVar{{Name: "SECRET", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: "secret"}, Key: "key"}}}}
	main.EnvFrom = []corev1.EnvFromSource{{Prefix: "FROM_", ConfigMapRef: &corev1.ConfigMapEnvSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: "config"}}}}
	pod.Spec.InitContainers = []corev1.Container{{Name: "init", Image: image,
		Command:      []string{"sh", "-c", "echo init > /out/from-init"},
		VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/out"}}}}
	create(t, ns, pod)
	shared.awaitPod(t, ns, "pod", "finished", finished)
	got := logs(t, ns, corev1.PodLogOptions{Container: "main"})
	for _, line := range []string{"config=text of b", "secret=hidden hidden", `labels=colour="blue"`, "token=ey ey",
		"namespace=" + ns, "kubeconfig=1", "shared=init", "env=see /"} {
		if !strings.Contains(got, line) {
			t.Errorf("the log lacks %q:\n%s", line, got)
		}
	}
}

func TestFieldsAreKnownInside(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	pod := shell(`echo "$IP|$NODE|$NAME|$NOTE|$MEMORY|$JOINED|$0"`)
	pod.Annotations = map[string]string{"example.com/note": "noted"}
	field := func(name, path string) corev1.EnvVar {
		return corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: path}}}
	}
	main := &pod.Spec.Containers[0]
	main.Command = append(main.Command, "$(NAME)-$$(NAME)")
	main.Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("256Mi")}
	main.Env = []corev1.EnvVar{
		field("IP", "status.podIP"), field("NODE", "spec.nodeName"), field("NAME", "metadata.name"),
		field("NOTE", "metadata.annotations['example.com/note']"),
		{Name: "MEMORY", ValueFrom: &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{
			Resource: "limits.memory", Divisor: resource.MustParse("1Mi")}}},
		{Name: "JOINED", Value: "$(NAME):$(MISSING)"},
	}
	create(t, ns, pod)
	pod = shared.awaitPod(t, ns, "pod", "finished", finished)
	address, err := netip.ParseAddr(pod.Status.PodIP)
	if err != nil || !address.IsLoopback() || address == netip.MustParseAddr("127.0.0.1") {
		t.Errorf("podIP %q is no loopback address of its own", pod.Status.PodIP)
	}
	want := pod.Status.PodIP + "|local|pod|noted|256|pod:$(MISSING)|pod-$(NAME)\n"
	if got := logs(t, ns, corev1.PodLogOptions{}); got != want {
		t.Errorf("log %q, want %q", got, want)
	}
}

func TestLogsCanBeTailedAndFollowed(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	create(t, ns, shell("for i in 1 2 3 4 5; do echo line $i; sleep 0.2; done"))
	shared.awaitPod(t, ns, "pod", "running", func(pod *corev1.Pod) bool { return running(pod) || finished(pod) })
	all := "line 1\nline 2\nline 3\nline 4\nline 5\n"
	if got := logs(t, ns, corev1.PodLogOptions{Follow: true}); got != all {
		t.Errorf("followed log %q, want %q", got, all)
	}
	two := int64(2)
	if got := logs(t, ns, corev1.PodLogOptions{TailLines: &two}); got != "line 4\nline 5\n" {
		t.Errorf("last two lines: %q", got)
	}
}

func logs(t *testing.T, namespace string, options corev1.PodLogOptions) string {
	t.Helper()
	text, err := shared.logs(t.Context(), namespace, "pod", options)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
