//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// It may make ConfigMaps in a namespace of its own, and nothing else.
const carpenter = `
apiVersion: v1
kind: Namespace
metadata: {name: workshop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: carpenter, namespace: workshop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: carpenter, namespace: workshop}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: carpenter, namespace: workshop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: carpenter}
subjects: [{kind: ServiceAccount, name: carpenter, namespace: workshop}]
`

// operator describes one that is a shell script; it returns the file.
func operator(t *testing.T, dir, script string) string {
	t.Helper()
	text := `
name: carpenter
command: [/bin/sh, -c, ` + strconv.Quote(script) + `]
env: {KUBECTL: ` + filepath.Join(os.Getenv("KUBEBUILDER_ASSETS"), "kubectl") + `}
apply: [{path: carpenter.yaml}]
account: {namespace: workshop, name: carpenter}
`
	file := filepath.Join(dir, "operator.yaml")
	for path, data := range map[string]string{file: text, filepath.Join(dir, "carpenter.yaml"): carpenter} {
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file
}

func TestOperatorHasTheRightsOfItsAccountAndCanBeAway(t *testing.T) {
	dir := t.TempDir()
	c, err := start(dir, "--operator", operator(t, dir, `
$KUBECTL create configmap "chair-$$$$" -n workshop
$KUBECTL create configmap chair -n default 2> refusal || mv refusal refused
while true; do sleep 0.1; done`))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	c.awaitChairs(t, 1)
	home := c.Operators["carpenter"]
	eventually(t, 20*time.Second, func() string {
		refused, err := os.ReadFile(filepath.Join(home, "refused"))
		if err != nil || !strings.Contains(string(refused), "system:serviceaccount:workshop:carpenter") {
			return "it was not refused what it may not do, by its name: " + string(refused)
		}
		return ""
	})
	if err := os.WriteFile(filepath.Join(home, "down"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, 20*time.Second, func() string { return strings.Join(leftOver("chair-$$"), "; ") })
	if err := os.Remove(filepath.Join(home, "down")); err != nil {
		t.Fatal(err)
	}
	c.awaitChairs(t, 2)
	_ = c.stdin.Close()
	if code := c.wait(t); code != 0 {
		t.Errorf("exit code %d:\n%s", code, c.stderr)
	}
	want := "node carpenter kube-controller-manager kube-apiserver etcd"
	if got := stopped(c.stderr.String()); got != want {
		t.Errorf("stopped in the order %s, want %s", got, want)
	}
}

// stopped lists what the supervisor says that it has stopped.
func stopped(said string) string {
	var names []string
	for _, found := range regexp.MustCompile(`(?m)  stopped (\S+) in `).FindAllStringSubmatch(said, -1) {
		names = append(names, found[1])
	}
	return strings.Join(names, " ")
}

// awaitChairs waits for the operator's ConfigMaps: it makes one at each start.
func (c *cluster) awaitChairs(t *testing.T, want int) {
	t.Helper()
	eventually(t, 20*time.Second, func() string {
		all, err := c.client.CoreV1().ConfigMaps("workshop").List(t.Context(), metav1.ListOptions{})
		if err == nil && len(all.Items) == want+1 { // one is the root certificate
			return ""
		}
		return "it has not made its ConfigMap number " + strconv.Itoa(want)
	})
}
