//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// stubborn ignores SIGTERM, and so does its child, which has left the session.
const stubborn = "setsid sh -c 'trap \"\" TERM; while true; do sleep 0.1; done' & trap '' TERM; while true; do sleep 0.1; done"

// withPod starts a cluster with a stubborn pod and a stubborn operator.
func withPod(t *testing.T) *cluster {
	t.Helper()
	dir := t.TempDir()
	c, err := start(dir, "--operator", operator(t, dir, stubborn))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	if _, err := c.client.CoreV1().Pods("default").Create(t.Context(), shell(stubborn), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	pod := c.awaitPod(t, "default", "pod", "running", running)
	eventually(t, 5*time.Second, func() string {
		if len(leftOver(string(pod.UID))) < 2 {
			return "the processes of the pod are not there"
		}
		return ""
	})
	// Four components, two of the pod, two of the operator: the search finds what it should.
	if seen := len(leftOver(c.state)); seen < 8 {
		t.Fatalf("only %d processes of the cluster are found", seen)
	}
	return c
}

func TestNothingIsLeft(t *testing.T) {
	cases := map[string]struct {
		end      func(*cluster)
		code     int
		keepsDir bool
	}{
		"SIGINT":                  {end: func(c *cluster) { _ = c.cmd.Process.Signal(syscall.SIGINT) }},
		"SIGTERM":                 {end: func(c *cluster) { _ = c.cmd.Process.Signal(syscall.SIGTERM) }},
		"closed stdin":            {end: func(c *cluster) { _ = c.stdin.Close() }},
		"SIGKILL":                 {end: func(c *cluster) { _ = c.cmd.Process.Kill() }, code: -1, keepsDir: true},
		"SIGKILL to the node":     {end: func(c *cluster) { _ = syscall.Kill(c.PIDs["node"], syscall.SIGKILL) }, code: 1},
		"SIGKILL to the operator": {end: func(c *cluster) { _ = syscall.Kill(c.PIDs["carpenter"], syscall.SIGKILL) }, code: 1},
		"SIGKILL to etcd":         {end: func(c *cluster) { _ = syscall.Kill(c.PIDs["etcd"], syscall.SIGKILL) }, code: 1},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := withPod(t)
			want.end(c)
			if code := c.wait(t); code != want.code {
				t.Errorf("exit code %d, want %d:\n%s", code, want.code, c.stderr)
			}
			limit := time.Millisecond // when the supervisor has ended, all has ended
			if want.keepsDir {
				limit = 12 * time.Second // the node ends its pods by itself
			}
			eventually(t, limit, func() string { return strings.Join(leftOver(c.state), "\n") })
			if _, err := os.Stat(c.state); os.IsNotExist(err) == want.keepsDir {
				t.Errorf("state folder: %v; want it there: %v", err, want.keepsDir)
			}
		})
	}
}

func TestNothingIsLeftOfAStart(t *testing.T) {
	for name, signal := range map[string]syscall.Signal{"SIGTERM": syscall.SIGTERM, "SIGKILL": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			c, err := launch(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			eventually(t, 10*time.Second, func() string {
				if len(leftOver(c.state)) < 3 { // the supervisor, etcd, the API server
					return "the components are not there"
				}
				return ""
			})
			if err := c.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if code := c.wait(t); (code == 0) != (signal == syscall.SIGTERM) {
				t.Errorf("exit code %d:\n%s", code, c.stderr)
			}
			eventually(t, 2*time.Second, func() string { return strings.Join(leftOver(c.state), "\n") })
		})
	}
}

func TestDeadComponentIsNamed(t *testing.T) {
	c, err := start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(c.PIDs["kube-controller-manager"], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if code := c.wait(t); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	for _, text := range []string{"kube-controller-manager ended unexpectedly", "signal 9", "kube-controller-manager.log"} {
		if !strings.Contains(c.stderr.String(), text) {
			t.Errorf("the message lacks %q:\n%s", text, c.stderr)
		}
	}
}

func TestManifestsAreApplied(t *testing.T) {
	file := t.TempDir() + "/manifest.yaml"
	text := "apiVersion: v1\nkind: Namespace\nmetadata: {name: applied}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := start(t.TempDir(), "--apply", file)
	if err != nil {
		t.Fatal(err)
	}
	// A pod is admitted at once: the namespace has what pods need.
	if _, err := c.client.CoreV1().Pods("applied").Create(t.Context(), shell("true"), metav1.CreateOptions{}); err != nil {
		t.Error(err)
	}
	_ = c.stdin.Close()
	if code := c.wait(t); code != 0 {
		t.Errorf("exit code %d:\n%s", code, c.stderr)
	}
}

func TestTwoClustersShareNothing(t *testing.T) {
	c := withPod(t)
	other := namespace(t)
	create(t, other, shell("sleep 60"))
	mine := c.awaitPod(t, "default", "pod", "running", running)
	theirs := shared.awaitPod(t, other, "pod", "running", running)
	if mine.Status.PodIP == theirs.Status.PodIP {
		t.Errorf("both pods have the address %s", mine.Status.PodIP)
	}
	_ = c.stdin.Close()
	if code := c.wait(t); code != 0 {
		t.Errorf("exit code %d:\n%s", code, c.stderr)
	}
	still, err := shared.client.CoreV1().Pods(other).Get(t.Context(), "pod", metav1.GetOptions{})
	if err != nil || still.Status.Phase != corev1.PodRunning || len(leftOver(string(still.UID))) == 0 {
		t.Errorf("the pod of the other cluster does not run any more: %v", fmt.Sprint(err))
	}
}
