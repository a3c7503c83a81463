package supervisor

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/clientcmd"

	"example.com/localcluster/process"
)

// bare is a cluster of which there is nothing but keys and a kubectl that notes what it is told.
func bare(t *testing.T) *supervisor {
	t.Helper()
	bin := t.TempDir()
	kubectl := "#!/bin/sh\necho \"$@\" >> " + bin + "/told\necho customresourcedefinition.apiextensions.k8s.io/chairs\n"
	if err := os.WriteFile(filepath.Join(bin, "kubectl"), []byte(kubectl), 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := newLayout(filepath.Join(t.TempDir(), "state"))
	if err != nil {
		t.Fatal(err)
	}
	if err := makeIdentities(l); err != nil {
		t.Fatal(err)
	}
	return &supervisor{
		options: Options{Bin: bin, Progress: &bytes.Buffer{}}, layout: l, began: time.Now(),
		mark: "test-" + strconv.FormatInt(time.Now().UnixNano(), 36), died: make(chan *component, 8),
	}
}

// tokens is an API server that makes tokens of service accounts.
func tokens() *fake.Clientset {
	client := fake.NewClientset()
	client.PrependReactor("create", "serviceaccounts", func(a clienttesting.Action) (bool, runtime.Object, error) {
		status := authenticationv1.TokenRequestStatus{Token: a.GetNamespace() + "'s"}
		return true, &authenticationv1.TokenRequest{Status: status}, nil
	})
	return client
}

// run starts an operator that is a shell script, and keeps it. failed gets what ends the cluster.
func run(t *testing.T, script string) (s *supervisor, o *operator, failed chan error) {
	t.Helper()
	s = bare(t)
	text := strings.NewReplacer(`"true"`, strconv.Quote(script), "ready:", "# ready:").Replace(described)
	var err error
	if s.described, err = loadOperators([]string{write(t, text)}); err != nil {
		t.Fatal(err)
	}
	if err := s.startOperators(t.Context(), tokens()); err != nil {
		t.Fatal(err)
	}
	if err := s.awaitOperators(t.Context()); err != nil {
		t.Fatal(err)
	}
	failed = make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	wait := s.keepOperators(ctx, func(err error) { failed <- err })
	t.Cleanup(func() {
		cancel()
		wait()
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
	return s, s.operators[0], failed
}

const forever = "while true; do sleep 0.05; done"

func eventually(t *testing.T, what string, true func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !true(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

func (o *operator) pid() int {
	data, _ := os.ReadFile(o.file("pid")) // it is not there while the operator is down
	pid, _ := strconv.Atoi(strings.TrimSpace(string(data)))
	return pid
}

func TestOperatorGetsItsManifestsItsIdentityAndItsPorts(t *testing.T) {
	s, o, _ := run(t, "env; echo port $(HEALTH); "+forever)
	told, err := os.ReadFile(filepath.Join(s.options.Bin, "told"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"apply --server-side --output=name -R -f " + o.Apply[0].Path + " --namespace=workshop",
		"wait --for=condition=Established --timeout=30s customresourcedefinition.apiextensions.k8s.io/chairs",
	} {
		if !strings.Contains(string(told), want) {
			t.Errorf("kubectl was not told %q but\n%s", want, told)
		}
	}
	config, err := clientcmd.BuildConfigFromFlags("", o.env["KUBECONFIG"])
	if err != nil || config.BearerToken != "workshop's" || config.Host != s.layout.server() {
		t.Errorf("kubeconfig %+v (%v)", config, err)
	}
	log := func() string { return process.Tail(o.component.log(), 100, 1<<16) }
	eventually(t, "it has written its environment", func() bool { return strings.Contains(log(), "port ") })
	for _, want := range []string{"LEVEL=debug", "KUBERNETES_SERVICE_PORT=" + strconv.Itoa(s.layout.api),
		"HOME=" + o.dir, "HEALTH=" + o.env["HEALTH"], "port " + o.env["HEALTH"]} {
		if !strings.Contains(log(), want) {
			t.Errorf("its environment lacks %q:\n%s", want, log())
		}
	}
	if port, err := strconv.Atoi(o.env["HEALTH"]); err != nil || port == 0 {
		t.Errorf("its port is %q", o.env["HEALTH"])
	}
}

func TestOperatorIsReadyWhenItsAddressSaysSo(t *testing.T) {
	answer := http.StatusServiceUnavailable
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(answer)
		answer = http.StatusOK // from the second question on
	}))
	defer server.Close()
	s, o, _ := run(t, forever)
	o.env["PAGE"], o.Ready = server.URL, "$(PAGE)/readyz"
	if err := s.awaitOperator(t.Context(), o); err != nil || answer != http.StatusOK {
		t.Errorf("error %v, answer %d", err, answer)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	o.env["PAGE"] = "http://127.0.0.1:1" // nobody listens there
	if err := s.awaitOperator(ctx, o); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("one that does not answer: error %v", err)
	}
}

func TestOperatorThatDiesIsReported(t *testing.T) {
	s, o, _ := run(t, "sleep 0.3; echo out of wood; exit 3")
	select {
	case c := <-s.died:
		if said := c.obituary().Error(); !strings.Contains(said, "carpenter ended unexpectedly with exit code 3") ||
			!strings.Contains(said, "out of wood") {
			t.Errorf("last words: %s", said)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("nobody was told")
	}
	if o.down.Load() {
		t.Error("it is treated as if somebody had wanted it")
	}
}
