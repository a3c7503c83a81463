// Package probe answers: is a container well? It runs the exec, httpGet and tcpSocket handlers of probes.
package probe

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Target is the container that is asked.
type Target struct {
	IP    string
	Ports []corev1.ContainerPort // for ports that are named
	// Command makes the command of an exec probe, in the container's environment.
	Command func(ctx context.Context, words []string) (*exec.Cmd, error)
}

// Supported says whether this node can run the handler. It cannot run grpc; such a probe counts as a success.
func Supported(p *corev1.Probe) bool {
	return p != nil && (p.Exec != nil || p.HTTPGet != nil || p.TCPSocket != nil)
}

// Once asks once; nil is "well".
func Once(ctx context.Context, p *corev1.Probe, target Target) error {
	ctx, cancel := context.WithTimeout(ctx, seconds(p.TimeoutSeconds, 1))
	defer cancel()
	switch {
	case p.Exec != nil:
		return execute(ctx, p.Exec.Command, target)
	case p.HTTPGet != nil:
		return get(ctx, p.HTTPGet, target)
	case p.TCPSocket != nil:
		return dial(ctx, p.TCPSocket, target)
	}
	return nil
}

// Loop asks again and again until the context ends, and reports when the answer has been the same often enough. The
// first report says what the first answers were.
func Loop(ctx context.Context, p *corev1.Probe, target Target, report func(well bool, err error)) {
	if !wait(ctx, seconds(p.InitialDelaySeconds, 0)) {
		return
	}
	var state *bool
	for count, last := int32(0), false; ; {
		err := Once(ctx, p, target)
		if ctx.Err() != nil {
			return
		}
		well := err == nil
		if count > 0 && well == last {
			count++
		} else {
			count, last = 1, well
		}
		needed := max(p.FailureThreshold, 1)
		if well {
			needed = max(p.SuccessThreshold, 1)
		}
		if count >= needed && (state == nil || *state != well) {
			state = &well
			report(well, err)
		}
		if !wait(ctx, seconds(p.PeriodSeconds, 10)) {
			return
		}
	}
}

func execute(ctx context.Context, words []string, target Target) error {
	cmd, err := target.Command(ctx, words)
	if err != nil {
		return err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.WaitDelay = time.Second
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("probe command %q: %w: %s", words, err, output)
	}
	return nil
}

// endpoint is the host and port that an action names; the pod's own address where it names no host.
func endpoint(host string, port intstr.IntOrString, target Target) (string, error) {
	number, err := portNumber(port, target.Ports)
	if err != nil {
		return "", err
	}
	return net.JoinHostPort(cmp.Or(host, target.IP), fmt.Sprint(number)), nil
}

func get(ctx context.Context, action *corev1.HTTPGetAction, target Target) error {
	endpoint, err := endpoint(action.Host, action.Port, target)
	if err != nil {
		return err
	}
	scheme := strings.ToLower(string(action.Scheme))
	if scheme == "" {
		scheme = "http"
	}
	address := fmt.Sprintf("%s://%s/%s", scheme, endpoint, strings.TrimPrefix(action.Path, "/"))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	for _, header := range action.HTTPHeaders {
		request.Header.Add(header.Name, header.Value)
	}
	// Probes follow Kubernetes: they do not check who answers.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 200)) // only for the message
	if response.StatusCode < 200 || response.StatusCode >= 400 {
		return fmt.Errorf("probe %s: status %s: %s", address, response.Status, body)
	}
	return nil
}

func dial(ctx context.Context, action *corev1.TCPSocketAction, target Target) error {
	endpoint, err := endpoint(action.Host, action.Port, target)
	if err != nil {
		return err
	}
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", endpoint)
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	return connection.Close()
}

func portNumber(port intstr.IntOrString, ports []corev1.ContainerPort) (int, error) {
	if port.Type == intstr.Int {
		return port.IntValue(), nil
	}
	for _, p := range ports {
		if p.Name == port.StrVal {
			return int(p.ContainerPort), nil
		}
	}
	return 0, fmt.Errorf("probe: the container has no port named %q", port.StrVal)
}

func seconds(value, otherwise int32) time.Duration {
	if value == 0 {
		value = otherwise
	}
	return time.Duration(value) * time.Second
}

func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
