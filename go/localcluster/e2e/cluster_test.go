//go:build e2e

// Package e2e runs real clusters and looks at them from outside: through the API, and through /proc.
//
// It needs KUBEBUILDER_ASSETS, a folder with etcd, kube-apiserver, kube-controller-manager and kubectl.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"example.com/localcluster/supervisor"
)

const image = "local/shell:1"

// cluster is a running "localcluster up".
type cluster struct {
	supervisor.Ready
	state  string
	images string
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout io.Reader
	stderr *bytes.Buffer
	client kubernetes.Interface
}

var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "localcluster-e2e-")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", dir, "example.com/localcluster/cmd/localcluster").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build localcluster: %w: %s", err, out)
	}
	return filepath.Join(dir, "localcluster"), nil
})

// launch runs a cluster in a folder of its own, with more flags.
func launch(dir string, flags ...string) (*cluster, error) {
	assets := os.Getenv("KUBEBUILDER_ASSETS")
	if assets == "" {
		return nil, fmt.Errorf("KUBEBUILDER_ASSETS is not set: it has to name a folder with etcd, kube-apiserver, " +
			"kube-controller-manager and kubectl (links to ./cmd/controlplane)")
	}
	path, err := program()
	if err != nil {
		return nil, err
	}
	c := &cluster{state: filepath.Join(dir, "state"), images: filepath.Join(dir, "images.yaml"), stderr: &bytes.Buffer{}}
	if err := os.WriteFile(c.images, []byte("images:\n  \"local/shell:*\": {}\n"), 0o600); err != nil {
		return nil, err
	}
	args := []string{"up", "--state", c.state, "--bin", assets, "--images", c.images}
	c.cmd = exec.Command(path, append(args, flags...)...)
	c.cmd.Stderr = c.stderr
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if c.stdout, err = c.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	return c, c.cmd.Start()
}

// start launches a cluster and waits until it says that it is ready.
func start(dir string, flags ...string) (*cluster, error) {
	c, err := launch(dir, flags...)
	if err != nil {
		return nil, err
	}
	if err := json.NewDecoder(c.stdout).Decode(&c.Ready); err != nil {
		_ = c.cmd.Wait()
		return nil, fmt.Errorf("the cluster did not get ready: %w:\n%s", err, c.stderr)
	}
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfigs["admin"])
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	c.client, err = kubernetes.NewForConfig(config)
	return c, err
}

// wait returns the exit code of the supervisor; -1 when a signal ended it.
func (c *cluster) wait(t *testing.T) int {
	t.Helper()
	done := make(chan struct{})
	go func() {
		_ = c.cmd.Wait() // the exit code tells
		close(done)
	}()
	select {
	case <-done:
		return c.cmd.ProcessState.ExitCode()
	case <-time.After(40 * time.Second):
		_ = c.cmd.Process.Kill()
		t.Fatalf("the supervisor did not end within 40 s:\n%s", c.stderr)
		return 0
	}
}

// leftOver lists living processes whose command line or environment names a text, the test itself excluded.
func leftOver(text string) []string {
	var found []string
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline") // the pattern is well formed
	for _, file := range files {
		dir := filepath.Dir(file)
		command, _ := os.ReadFile(file) // processes end while we look
		environ, _ := os.ReadFile(filepath.Join(dir, "environ"))
		if filepath.Base(dir) == fmt.Sprint(os.Getpid()) || !strings.Contains(string(command)+string(environ), text) {
			continue
		}
		found = append(found, filepath.Base(dir)+": "+strings.ReplaceAll(string(command), "\x00", " "))
	}
	return found
}

// eventually asks until the answer is "".
func eventually(t *testing.T, limit time.Duration, ask func() string) {
	t.Helper()
	for deadline := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		problem := ask()
		if problem == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after %s: %s", limit, problem)
		}
	}
}

// awaitPod waits for a pod to be as wanted, and returns it.
func (c *cluster) awaitPod(t *testing.T, namespace, name, what string, wanted func(*corev1.Pod) bool) *corev1.Pod {
	t.Helper()
	var pod *corev1.Pod
	eventually(t, 30*time.Second, func() string {
		var err error
		if pod, err = c.client.CoreV1().Pods(namespace).Get(t.Context(), name, metav1.GetOptions{}); err != nil {
			return err.Error()
		}
		if wanted(pod) {
			return ""
		}
		status, _ := json.Marshal(pod.Status) // for the message only
		return fmt.Sprintf("pod %s is not %s: %s", name, what, status)
	})
	return pod
}

func (c *cluster) logs(ctx context.Context, namespace, pod string, options corev1.PodLogOptions) (string, error) {
	data, err := c.client.CoreV1().Pods(namespace).GetLogs(pod, &options).DoRaw(ctx)
	return string(data), err
}
