package supervisor

// How does one component live and die?

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"example.com/localcluster/process"
)

// component is a started program of the cluster.
type component struct {
	name    string
	spec    process.Spec
	process *process.Process
	excused func() bool   // whether its end is what somebody asked for; never, when nil
	mourned chan struct{} // closed when its end has been reported or excused
}

func (c *component) log() string { return c.spec.Output }

// start starts a program of the control plane, or the node. The child dies when the supervisor does: at once, or by the
// given signal.
func (s *supervisor) start(name, path string, args []string, death syscall.Signal) error {
	c := &component{name: name, spec: process.Spec{
		Path: path, Args: args, Dir: s.layout.dir, Output: s.layout.log(name), DeathSignal: death,
		Env: environment(s.layout.dir),
	}}
	return s.add(c)
}

func (s *supervisor) add(c *component) error {
	if err := s.begin(c); err != nil {
		return err
	}
	s.components = append(s.components, c)
	return nil
}

// begin starts a component, perhaps again. Its end is reported on the supervisor's channel unless it is excused.
func (s *supervisor) begin(c *component) error {
	p, err := process.Start(c.spec)
	if err != nil {
		return err
	}
	mourned := make(chan struct{})
	c.process, c.mourned = p, mourned
	go func() {
		defer close(mourned)
		<-p.Done()
		if c.excused == nil || !c.excused() {
			s.died <- c
		}
	}()
	s.say("started %s (process %d)", c.name, p.PID)
	return nil
}

// environment is what a component sees: the user's proxies and home folder must not matter.
func environment(home string) []string {
	return []string{"HOME=" + home, "TMPDIR=" + filepath.Join(home, "run"), "PATH=" + os.Getenv("PATH"), "GOGC=200"}
}

// stop asks a component to end and kills it after the limit.
func (c *component) stop(limit time.Duration) error {
	c.process.Signal(syscall.SIGTERM)
	select {
	case <-c.process.Done():
		return nil
	case <-time.After(limit):
	}
	c.process.Signal(syscall.SIGKILL)
	select {
	case <-c.process.Done():
		return nil
	case <-time.After(5 * time.Second):
		return fmt.Errorf("%s (process %d) did not end 5 s after SIGKILL", c.name, c.process.PID)
	}
}

// obituary says how a component ended, with its last words.
func (c *component) obituary() error {
	exit := c.process.Exit()
	how := fmt.Sprintf("exit code %d", exit.Code)
	if exit.Signal != 0 {
		how = fmt.Sprintf("signal %d (%s)", exit.Signal, exit.Signal)
	}
	return fmt.Errorf("%s ended unexpectedly with %s%s", c.name, how, c.lastWords())
}

// lastWords quotes the end of a component's log, which is gone after the cluster's end.
func (c *component) lastWords() string {
	last := process.Tail(c.log(), 15, 8<<10)
	return fmt.Sprintf("; the last lines of its log %s:\n  %s", filepath.Base(c.log()), strings.ReplaceAll(last, "\n", "\n  "))
}

// lastWords quotes every component.
func (s *supervisor) lastWords() string {
	var all strings.Builder
	for _, c := range s.components {
		fmt.Fprintf(&all, "\n%s runs%s", c.name, c.lastWords())
	}
	return all.String()
}
