package job

import (
	"testing"

	"example.com/flyteconnector/plugin"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

func TestLinksAreSortedByWorker(t *testing.T) {
	p := Plugin{LogURL: "https://logs/{{.Namespace}}/{{.Pod}}/{{.Container}}"}
	pods := []corev1.Pod{pod("10", running), pod("2", running), pod("0", running)}
	want := []plugin.Link{
		{Name: "worker 0", URI: "https://logs/ns/count-0/main"},
		{Name: "worker 2", URI: "https://logs/ns/count-2/main"},
		{Name: "worker 10", URI: "https://logs/ns/count-10/main"},
	}
	got := phaseOf(t, p, batchv1.JobStatus{}, pods).Links
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("link %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func TestNoMoreLinksThanFitOnAScreen(t *testing.T) {
	var pods []corev1.Pod
	for range 50 {
		pods = append(pods, pod("1", running))
	}
	if n := len(phaseOf(t, Plugin{LogURL: "https://logs"}, batchv1.JobStatus{}, pods).Links); n != maxLinks {
		t.Errorf("%d links, want %d", n, maxLinks)
	}
}

func TestNoAddressNoLinks(t *testing.T) {
	if links := phaseOf(t, Plugin{}, batchv1.JobStatus{}, []corev1.Pod{pod("0", running)}).Links; links != nil {
		t.Errorf("links without an address: %v", links)
	}
}
