package supervisor

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"

	"example.com/localcluster/process"
)

func TestComponentsListenOnThisMachineOnly(t *testing.T) {
	l := layout{dir: "/state", api: 1, etcd: 2, peer: 3, manager: 4, node: 5}
	for name, args := range map[string][]string{
		"etcd": etcdArgs(l), "kube-apiserver": apiServerArgs(l), "kube-controller-manager": controllerManagerArgs(l, false),
	} {
		bound := false
		for _, arg := range args {
			flag, value, _ := strings.Cut(arg, "=")
			if slices.Contains([]string{"--bind-address", "--listen-client-urls", "--listen-peer-urls"}, flag) {
				bound = true
				if !strings.Contains(value, "127.0.0.1") {
					t.Errorf("%s: %s", name, arg)
				}
			}
		}
		if !bound {
			t.Errorf("%s does not say where it listens", name)
		}
	}
}

func TestIdentitiesAreDistinctAndUsable(t *testing.T) {
	l, err := newLayout(filepath.Join(t.TempDir(), "state"))
	if err != nil {
		t.Fatal(err)
	}
	if err := makeIdentities(l); err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for name := range kubeconfigs {
		config, err := clientcmd.BuildConfigFromFlags("", l.kubeconfig(name))
		if err != nil {
			t.Fatal(err)
		}
		if config.Host != l.server() {
			t.Errorf("%s goes to %s, want %s", name, config.Host, l.server())
		}
		if other := seen[string(config.KeyData)]; other != "" {
			t.Errorf("%s and %s have the same key", name, other)
		}
		seen[string(config.KeyData)] = name
		if info, err := os.Stat(l.kubeconfig(name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s may be read by others: %v (%v)", name, info.Mode(), err)
		}
	}
}

func TestTwoClustersHaveDifferentServiceAddresses(t *testing.T) {
	for port, want := range map[int]string{33025: "127.129.1.0/24", 65535: "127.255.255.0/24"} {
		l := layout{etcd: port}
		_, addresses, err := net.ParseCIDR(l.services())
		if err != nil || addresses.String() != want || !addresses.Contains(l.apiService()) {
			t.Errorf("port %d: services in %v (%v), the API at %v; want %s", port, addresses, err, l.apiService(), want)
		}
	}
}

func TestBinderMayOnlyBind(t *testing.T) {
	got := map[string]string{}
	for _, rule := range binderRole().Rules {
		got[strings.Join(rule.Resources, ",")] = strings.Join(rule.Verbs, ",")
	}
	if len(got) != 3 || got["pods"] != "list,watch" || got["pods/binding"] != "create" || got["pods/status"] != "patch" {
		t.Errorf("rights %v", got)
	}
}

func TestStateFolderWithSomethingInItIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "precious"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newLayout(dir); err == nil || !strings.Contains(err.Error(), "precious") {
		t.Errorf("error %v", err)
	}
}

func TestUpSaysWhatIsMissing(t *testing.T) {
	bin := t.TempDir()
	images := filepath.Join(bin, "images.yaml")
	if err := os.WriteFile(images, []byte("images: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := Options{State: filepath.Join(bin, "state"), Bin: t.TempDir(), Images: images, Progress: &bytes.Buffer{}}
	if err := Up(t.Context(), empty); err == nil || !strings.Contains(err.Error(), "no program etcd") {
		t.Errorf("no programs: error %v", err)
	}
	for _, name := range []string{"etcd", "kube-apiserver", "kube-controller-manager", "kubectl"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	without := Options{State: filepath.Join(bin, "state"), Bin: bin, Images: filepath.Join(bin, "none"), Progress: &bytes.Buffer{}}
	if err := Up(t.Context(), without); err == nil || !strings.Contains(err.Error(), "--images") {
		t.Errorf("no images file: error %v", err)
	}
	manifest := Options{State: filepath.Join(bin, "state"), Bin: bin, Images: images, Apply: []string{"none.yaml"}, Progress: &bytes.Buffer{}}
	if err := Up(t.Context(), manifest); err == nil || !strings.Contains(err.Error(), "none.yaml") {
		t.Errorf("no manifest: error %v", err)
	}
	if _, err := os.Stat(filepath.Join(bin, "state")); !os.IsNotExist(err) {
		t.Errorf("a state folder was made: %v", err)
	}
}

func TestComponentThatEndsIsReportedWithItsLastWords(t *testing.T) {
	bin := t.TempDir()
	for name, script := range map[string]string{"etcd": "echo no space left >&2; exit 4", "kube-apiserver": "sleep 60",
		"kube-controller-manager": "sleep 60", "kubectl": "true"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	images := filepath.Join(bin, "images.yaml")
	if err := os.WriteFile(images, []byte("images: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(bin, "state")
	err := Up(t.Context(), Options{State: state, Bin: bin, Images: images, Ready: &bytes.Buffer{}, Progress: &bytes.Buffer{}})
	if err == nil || !strings.Contains(err.Error(), "etcd ended unexpectedly with exit code 4") || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(state); !os.IsNotExist(err) {
		t.Errorf("the state folder is left: %v", err)
	}
}

func TestAWaitThatTakesTooLongQuotesEveryComponent(t *testing.T) {
	s := &supervisor{options: Options{Progress: &bytes.Buffer{}}}
	for name, last := range map[string]string{"etcd": "no leader", "kube-apiserver": "no etcd"} {
		c := &component{name: name, spec: process.Spec{Output: filepath.Join(t.TempDir(), name+".log")}}
		if err := os.WriteFile(c.log(), []byte("first\n"+last+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s.components = append(s.components, c)
	}
	err := s.await(t.Context(), "the API server", 0, func(context.Context) error { return errors.New("connection refused") })
	for _, want := range []string{
		"the API server is not ready after 0s: connection refused",
		"etcd.log:\n  first\n  no leader", "kube-apiserver.log:\n  first\n  no etcd",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in %v", want, err)
		}
	}
}

func TestManifestArgs(t *testing.T) {
	dir := t.TempDir()
	if got := manifestArgs(dir); !slices.Equal(got, []string{"-R", "-f", dir}) {
		t.Errorf("a folder: %v", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := manifestArgs(dir); !slices.Equal(got, []string{"-k", dir}) {
		t.Errorf("a kustomization: %v", got)
	}
}
