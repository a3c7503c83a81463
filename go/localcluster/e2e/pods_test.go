//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// shared is one cluster for all tests of pods; each test has its own namespace.
var shared *cluster

func TestMain(m *testing.M) {
	if address := os.Getenv(serveVariable); address != "" {
		fmt.Fprintln(os.Stderr, serve(address))
		os.Exit(1)
	}
	dir, err := os.MkdirTemp("", "localcluster-e2e-")
	if err == nil {
		shared, err = start(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "FAIL:", err)
		os.Exit(1)
	}
	code := m.Run()
	shared.stdin.Close()
	if err := shared.cmd.Wait(); err != nil {
		fmt.Fprintf(os.Stderr, "FAIL: the shared cluster did not stop well: %v\n%s", err, shared.stderr)
		code = 1
	}
	os.RemoveAll(dir)
	if path, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// namespace makes one with a default service account, without which no pod is admitted.
func namespace(t *testing.T) string {
	t.Helper()
	made, err := shared.client.CoreV1().Namespaces().Create(t.Context(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, 20*time.Second, func() string {
		if _, err := shared.client.CoreV1().ServiceAccounts(made.Name).Get(t.Context(), "default", metav1.GetOptions{}); err != nil {
			return err.Error()
		}
		return ""
	})
	return made.Name
}

// shell is a pod that runs a shell script once.
func shell(script string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "pod"},
		Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyNever,
			Containers:    []corev1.Container{{Name: "main", Image: image, Command: []string{"sh", "-c", script}}},
		},
	}
}

func create(t *testing.T, namespace string, pod *corev1.Pod) {
	t.Helper()
	if _, err := shared.client.CoreV1().Pods(namespace).Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func finished(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

func running(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning }

func TestEndOfAContainerIsReported(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		script, reason, message string
		code                    int32
		phase                   corev1.PodPhase
	}{
		"success":                        {"echo fine", "Completed", "", 0, corev1.PodSucceeded},
		"failure, with the log's end":    {"echo first; echo last >&2; exit 3", "Error", "first\nlast", 3, corev1.PodFailed},
		"a signal is 128 and its number": {"kill -9 $$$$", "Error", "", 137, corev1.PodFailed},
		"too much memory":                {"head -c 300m /dev/zero | tail > /dev/null; sleep 60", "OOMKilled", "", 137, corev1.PodFailed},
		"its own message":                {"printf mine > /dev/termination-log; exit 1", "Error", "mine", 1, corev1.PodFailed},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ns := namespace(t)
			pod := shell(want.script)
			pod.Spec.Containers[0].TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError
			pod.Spec.Containers[0].Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("128Mi")}
			create(t, ns, pod)
			pod = shared.awaitPod(t, ns, "pod", "finished", finished)
			got := pod.Status.ContainerStatuses[0].State.Terminated
			if pod.Status.Phase != want.phase || got.ExitCode != want.code || got.Reason != want.reason || got.Message != want.message {
				t.Fatalf("phase %s, exit code %d, reason %q, message %q; want %+v", pod.Status.Phase, got.ExitCode, got.Reason, got.Message, want)
			}
		})
	}
}

func TestUnknownImageStaysPendingUntilItIsKnown(t *testing.T) {
	ns := namespace(t)
	pod := shell("true")
	pod.Spec.Containers[0].Image = "nobody.example.com/knows:1"
	create(t, ns, pod)
	for _, reason := range []string{"ErrImagePull", "ImagePullBackOff"} {
		pod := shared.awaitPod(t, ns, "pod", reason, func(pod *corev1.Pod) bool {
			all := pod.Status.ContainerStatuses
			return len(all) == 1 && all[0].State.Waiting != nil && all[0].State.Waiting.Reason == reason
		})
		if pod.Status.Phase != corev1.PodPending {
			t.Fatalf("phase %s, want Pending", pod.Status.Phase)
		}
	}
	text := "images:\n  \"local/shell:*\": {}\n  \"nobody.example.com/*\": {}\n"
	if err := os.WriteFile(shared.images, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	shared.awaitPod(t, ns, "pod", "Succeeded", func(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodSucceeded })
}

func TestDeletedPodGetsItsGraceAndLeavesNothing(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	mark := fmt.Sprintf("escaped-%d", time.Now().UnixNano())
	create(t, ns, shell(fmt.Sprintf("setsid sh -c 'trap \"\" TERM; while true; do sleep 0.1; done' %s & trap '' TERM; echo up; while true; do sleep 0.1; done", mark)))
	pod := shared.awaitPod(t, ns, "pod", "running", running)
	eventually(t, 5*time.Second, func() string {
		if len(leftOver(mark)) < 2 {
			return "the processes of the pod are not there"
		}
		return ""
	})
	grace, began := int64(2), time.Now()
	if err := shared.client.CoreV1().Pods(ns).Delete(t.Context(), "pod", metav1.DeleteOptions{GracePeriodSeconds: &grace}); err != nil {
		t.Fatal(err)
	}
	eventually(t, 10*time.Second, func() string {
		_, err := shared.client.CoreV1().Pods(ns).Get(t.Context(), "pod", metav1.GetOptions{})
		if errors.IsNotFound(err) {
			return ""
		}
		return fmt.Sprintf("the pod is still there (%v)", err)
	})
	if took := time.Since(began); took < 1800*time.Millisecond {
		t.Errorf("the pod was removed after %s; it has ignored SIGTERM, so it had 2 s", took)
	}
	for _, text := range []string{mark, string(pod.UID)} {
		if left := leftOver(text); len(left) > 0 {
			t.Errorf("processes are left: %s", strings.Join(left, "; "))
		}
	}
}

func TestForcedDeletionKills(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	create(t, ns, shell("trap '' TERM; while true; do sleep 0.1; done"))
	pod := shared.awaitPod(t, ns, "pod", "running", running)
	now := int64(0)
	if err := shared.client.CoreV1().Pods(ns).Delete(t.Context(), "pod", metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
		t.Fatal(err)
	}
	eventually(t, 5*time.Second, func() string { return strings.Join(leftOver(string(pod.UID)), "; ") })
}
