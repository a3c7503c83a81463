package probe

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// web is a server with one page that is well; it returns the server's port.
func web(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/well" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func page(path, port string) corev1.ProbeHandler {
	return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.Parse(port)}}
}

func run(words ...string) corev1.ProbeHandler {
	return corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: words}}
}

func dialPort(port string) corev1.ProbeHandler {
	return corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.Parse(port)}}
}

func TestOnce(t *testing.T) {
	port := web(t)
	number := intstr.Parse(port)
	target := Target{IP: "127.0.0.1", Ports: []corev1.ContainerPort{{Name: "web", ContainerPort: number.IntVal}},
		Command: func(ctx context.Context, words []string) (*exec.Cmd, error) {
			return exec.CommandContext(ctx, words[0], words[1:]...), nil
		}}
	cases := map[string]struct {
		handler corev1.ProbeHandler
		well    bool
	}{
		"a page that is there":          {page("/well", port), true},
		"a port by its name":            {page("well", "web"), true},
		"a page that is not":            {page("/ill", port), false},
		"a port without a name":         {page("/well", "nobody"), false},
		"a command that succeeds":       {run("true"), true},
		"a command that fails":          {run("false"), false},
		"a command that takes too long": {run("sleep", "20"), false},
		"a port that listens":           {dialPort(port), true},
		"a port that does not":          {dialPort("1"), false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if err := Once(t.Context(), &corev1.Probe{ProbeHandler: c.handler}, target); (err == nil) != c.well {
				t.Errorf("answer %v, want well: %v", err, c.well)
			}
		})
	}
}

func TestLoopReportsWhenTheAnswerIsSure(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	asked := 0
	target := Target{Command: func(ctx context.Context, _ []string) (*exec.Cmd, error) {
		if asked++; asked == 1 || asked > 3 { // well, ill, ill, well …
			return exec.CommandContext(ctx, "true"), nil
		}
		return exec.CommandContext(ctx, "false"), nil
	}}
	p := &corev1.Probe{PeriodSeconds: 1, FailureThreshold: 2,
		ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"x"}}}}
	var reports []bool
	Loop(ctx, p, target, func(well bool, _ error) {
		if reports = append(reports, well); len(reports) == 3 {
			cancel()
		}
	})
	if len(reports) != 3 || !reports[0] || reports[1] || !reports[2] || asked != 4 {
		t.Errorf("reports %v after %d questions, want well, ill, well after 4", reports, asked)
	}
}
