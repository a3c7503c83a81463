package supervisor

// How does an operator live, from its manifests to what it leaves behind?

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"example.com/localcluster/node/podenv"
	"example.com/localcluster/process"
)

// operator is an Operator of this cluster. Its folder is its HOME. There the file "down" is a wish: while it exists, the
// operator does not run. The file "pid" exists while it runs and is ready.
type operator struct {
	Operator
	dir       string
	env       map[string]string
	component *component
	down      atomic.Bool // it has ended, or will, because of the wish
}

func (o *operator) file(name string) string { return filepath.Join(o.dir, name) }

func (o *operator) wanted() bool {
	_, err := os.Stat(o.file("down"))
	return err != nil
}

// excused: whoever ends it while the wish is there, the wish is the reason.
func (o *operator) excused() bool {
	if !o.wanted() {
		o.down.Store(true)
	}
	return o.down.Load()
}

// startOperators starts all; it does not wait for them.
func (s *supervisor) startOperators(ctx context.Context, client kubernetes.Interface) error {
	for _, described := range s.described {
		if err := s.applyOperator(ctx, described); err != nil {
			return err
		}
		o := &operator{Operator: described, dir: s.layout.operator(described.Name)}
		if err := s.equip(ctx, client, o); err != nil {
			return fmt.Errorf("operator %s: %w", o.Name, err)
		}
		if err := s.add(o.component); err != nil {
			return fmt.Errorf("operator %s: %w", o.Name, err)
		}
		s.operators = append(s.operators, o)
	}
	return nil
}

// equip gives an operator a folder, an identity, ports, and with them its environment and its command.
func (s *supervisor) equip(ctx context.Context, client kubernetes.Interface, o *operator) error {
	if err := os.MkdirAll(o.file("tmp"), 0o700); err != nil {
		return err
	}
	if err := writeAccount(ctx, client, s.layout, o.Account, o.file("kubeconfig")); err != nil {
		return err
	}
	mark := s.mark + "/operators/" + o.Name
	o.env = map[string]string{
		"HOME": o.dir, "TMPDIR": o.file("tmp"), "PATH": os.Getenv("PATH"), "KUBECONFIG": o.file("kubeconfig"),
		"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": strconv.Itoa(s.layout.api),
		process.MarkVariable: mark,
	}
	ports, err := freePorts(len(o.Ports))
	if err != nil {
		return err
	}
	for i, name := range o.Ports {
		o.env[name] = strconv.Itoa(ports[i])
	}
	for name, value := range o.Env {
		o.env[name] = podenv.Expand(value, o.env)
	}
	words := []string{}
	for _, word := range o.Command {
		words = append(words, podenv.Expand(word, o.env))
	}
	o.component = &component{name: o.Name, excused: o.excused, spec: process.Spec{
		Path: words[0], Args: words[1:], Env: list(o.env), Dir: o.dir, Output: s.layout.log(o.Name),
		DeathSignal: syscall.SIGKILL, // what it has started is ended by the node then
		AfterExit: func(pid int) {
			if err := process.Sweep(process.Owner{Session: pid, Mark: mark}, 3*time.Second); err != nil {
				s.say("%s: %s", o.Name, err)
			}
		},
	}}
	return nil
}

func list(env map[string]string) []string {
	var all []string
	for name, value := range env {
		all = append(all, name+"="+value)
	}
	sort.Strings(all)
	return all
}

// writeAccount writes a kubeconfig with a token of a ServiceAccount that lives longer than any cluster here.
func writeAccount(ctx context.Context, client kubernetes.Interface, l layout, account Account, file string) error {
	seconds := int64((30 * 24 * time.Hour).Seconds())
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}}
	made, err := client.CoreV1().ServiceAccounts(account.Namespace).CreateToken(ctx, account.Name, request, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("token of ServiceAccount %s/%s: %w", account.Namespace, account.Name, err)
	}
	return writeConfig(l, account.Name, &clientcmdapi.AuthInfo{Token: made.Status.Token}, file)
}

func (s *supervisor) awaitOperators(ctx context.Context) error {
	for _, o := range s.operators {
		if err := s.awaitOperator(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// awaitOperator returns when it is ready, and says so with the file "pid".
func (s *supervisor) awaitOperator(ctx context.Context, o *operator) error {
	url := podenv.Expand(o.Ready, o.env)
	client := &http.Client{Transport: &http.Transport{}} // no proxy that the environment names
	if err := s.await(ctx, o.Name, 60*time.Second, func(ctx context.Context) error {
		if url == "" {
			return nil
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		answer, err := client.Do(request)
		if err != nil {
			return err
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answers %s", url, answer.Status)
		}
		return nil
	}); err != nil {
		return err
	}
	return o.writePID()
}

func (o *operator) writePID() error {
	draft := o.file("pid.new")
	if err := os.WriteFile(draft, []byte(strconv.Itoa(o.component.process.PID)+"\n"), 0o600); err != nil {
		return fmt.Errorf("operator %s: %w", o.Name, err)
	}
	return os.Rename(draft, o.file("pid"))
}
