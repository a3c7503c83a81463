// Package supervisor runs a Kubernetes cluster out of plain processes: etcd, kube-apiserver, kube-controller-manager
// and a node. It starts them, says when they are ready, and leaves nothing behind.
package supervisor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"example.com/localcluster/node/images"
	"example.com/localcluster/process"
)

// programs are in the folder --bin.
var programs = []string{"etcd", "kube-apiserver", "kube-controller-manager", "kubectl"}

// Options are the settings of one cluster.
type Options struct {
	State  string   // folder for everything the cluster writes; new or empty, removed at the end
	Bin    string   // folder with etcd, kube-apiserver, kube-controller-manager, kubectl
	Images string   // file that maps image references to host programs
	Apply  []string // manifests: files, or folders with or without a kustomization.yaml
	Keep   bool     // leave the state folder
	Bare   bool     // the control plane alone: no node, and no controller that makes pods
	Self   string   // the program that has the subcommand "node"

	Operators []string // files that describe an operator each

	Ready    io.Writer // receives one line of JSON
	Progress io.Writer // receives a line per step
}

// Ready is what is printed when the cluster can be used.
type Ready struct {
	Server      string            `json:"server"`
	Kubeconfigs map[string]string `json:"kubeconfigs"`
	Logs        string            `json:"logs"`
	Pods        string            `json:"pods"`
	Seconds     float64           `json:"seconds"`
	PIDs        map[string]int    `json:"pids"`
	Operators   map[string]string `json:"operators,omitempty"` // name -> its folder
}

type supervisor struct {
	options    Options
	layout     layout
	mark       string // of every process that a pod or an operator starts here
	began      time.Time
	components []*component
	described  []Operator
	operators  []*operator
	died       chan *component
	saying     sync.Mutex
}

// Up runs a cluster until the context ends. An error means that it could not start, that a component died, or that
// something is left behind; the cluster has been stopped in any case.
func Up(ctx context.Context, options Options) error {
	s := &supervisor{options: options, began: time.Now(), died: make(chan *component, 8)}
	if err := s.check(); err != nil {
		return err
	}
	var err error
	if s.layout, err = newLayout(options.State); err != nil {
		return err
	}
	s.mark = fmt.Sprintf("%d-%d", os.Getpid(), s.began.UnixNano())
	err = s.run(ctx)
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, s.stop())
}

// check finds what is missing before anything is started, and makes paths absolute: components have another folder.
func (s *supervisor) check() error {
	paths := []*string{&s.options.State, &s.options.Bin, &s.options.Images}
	for _, files := range [][]string{s.options.Apply, s.options.Operators} {
		for i := range files {
			paths = append(paths, &files[i])
		}
	}
	for _, path := range paths {
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return fmt.Errorf("path %q: %w", *path, err)
		}
		*path = absolute
	}
	return s.checkFiles()
}

func (s *supervisor) checkFiles() error {
	for _, name := range programs {
		path := filepath.Join(s.options.Bin, name)
		if info, err := os.Stat(path); err != nil || info.Mode()&0o111 == 0 {
			return fmt.Errorf("--bin %s has no program %s: build ./cmd/controlplane and link it under the four names",
				s.options.Bin, name)
		}
	}
	if _, err := images.Load(s.options.Images); err != nil && !s.options.Bare {
		return fmt.Errorf("--images: %w", err)
	}
	for _, path := range s.options.Apply {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("--apply: %w", err)
		}
	}
	var err error
	s.described, err = loadOperators(s.options.Operators)
	return err
}

// run starts everything, reports that it is ready, and waits for the end.
func (s *supervisor) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case c := <-s.died:
			cancel(c.obituary())
		case <-ctx.Done():
		}
	}()
	if err := s.launch(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx) // what failed then is only a consequence
		}
		return err
	}
	if err := s.report(); err != nil {
		return err
	}
	wait := s.keepOperators(ctx, func(err error) { cancel(err) })
	<-ctx.Done()
	wait()
	return context.Cause(ctx)
}

func (s *supervisor) report() error {
	ready := Ready{
		Server: s.layout.server(), Kubeconfigs: map[string]string{"admin": s.layout.kubeconfig("admin")},
		Logs: s.layout.logs(), Pods: s.layout.pods(), PIDs: map[string]int{}, Operators: map[string]string{},
		Seconds: float64(time.Since(s.began).Milliseconds()) / 1000,
	}
	for _, c := range s.components {
		ready.PIDs[c.name] = c.process.PID
	}
	for _, o := range s.operators {
		ready.Operators[o.Name] = o.dir
	}
	s.say("ready: %s", ready.Server)
	if err := json.NewEncoder(s.options.Ready).Encode(ready); err != nil {
		return fmt.Errorf("say that the cluster is ready: %w", err)
	}
	return nil
}

// stop ends the components in the reverse order of their start, because each needs those before it: the node reports
// its pods to the API server, and an API server without etcd takes half a minute to end. Operators come after the node:
// while pods end, nobody may make new ones.
func (s *supervisor) stop() error {
	limits := map[string]time.Duration{"node": 15 * time.Second, "kube-apiserver": 5 * time.Second}
	var all error
	for i := len(s.components) - 1; i >= 0; i-- {
		c := s.components[i]
		limit, ok := limits[c.name]
		if !ok {
			limit = 3 * time.Second
		}
		began := time.Now()
		all = errors.Join(all, c.stop(limit))
		s.say("stopped %s in %.1f s", c.name, time.Since(began).Seconds())
	}
	for _, o := range s.operators {
		all = errors.Join(all, o.tidy())
	}
	all = errors.Join(all, process.Sweep(process.Owner{Mark: s.mark}, 5*time.Second))
	if s.options.Keep {
		s.say("kept %s", s.layout.dir)
		return all
	}
	return errors.Join(all, os.RemoveAll(s.layout.dir))
}

func (s *supervisor) say(format string, args ...any) {
	s.saying.Lock()
	defer s.saying.Unlock()
	fmt.Fprintf(s.options.Progress, "localcluster %5.1fs  %s\n", time.Since(s.began).Seconds(), fmt.Sprintf(format, args...))
}

// stopNode is the signal by which a node learns that its supervisor was killed: it then ends its pods first.
const stopNode = syscall.SIGTERM
