package plugin

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestLogURLFillsEveryPlaceholder(t *testing.T) {
	pod := &corev1.Pod{}
	pod.Namespace, pod.Name, pod.UID = "ns", "pod-0", "u1"
	url := LogURL("https://logs/{{.Namespace}}/{{.Pod}}/{{.PodUID}}/{{.Container}}?{{.Pod}}")
	pod.Spec.Containers = []corev1.Container{{Name: "proxy"}, {Name: "main"}}
	if got := url.For(pod); got != "https://logs/ns/pod-0/u1/proxy?pod-0" {
		t.Errorf("without the annotation: got %s", got)
	}
	pod.Annotations = map[string]string{DefaultContainer: "main"}
	if got := url.For(pod); got != "https://logs/ns/pod-0/u1/main?pod-0" {
		t.Errorf("got %s", got)
	}
	if err := url.Check(); err != nil {
		t.Error(err)
	}
}

func TestLogURLNamesTheUnknownPlaceholder(t *testing.T) {
	for _, url := range []LogURL{"https://logs/{{.Podname}}", "https://logs/{{ .Pod }}"} {
		err := url.Check()
		if err == nil || !strings.Contains(err.Error(), "{{.Pod}}") || !strings.Contains(err.Error(), string(url)) {
			t.Errorf("%s: error %v", url, err)
		}
	}
}
