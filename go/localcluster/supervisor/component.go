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
	log     string
	process *process.Process
}

// start starts a program whose end is reported on the supervisor's channel. The child dies when the supervisor does:
// at once, or by the given signal.
func (s *supervisor) start(name, path string, args []string, death syscall.Signal) error {
	log := s.layout.log(name)
	p, err := process.Start(process.Spec{
		Path: path, Args: args, Dir: s.layout.dir, Output: log, DeathSignal: death, Env: environment(s.layout.dir),
	})
	if err != nil {
		return err
	}
	c := &component{name: name, log: log, process: p}
	s.components = append(s.components, c)
	go func() {
		<-p.Done()
		s.died <- c
	}()
	s.say("started %s (process %d)", name, p.PID)
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
	last := process.Tail(c.log, 15, 8<<10)
	return fmt.Sprintf("; the last lines of its log %s:\n  %s", filepath.Base(c.log), strings.ReplaceAll(last, "\n", "\n  "))
}

// lastWords quotes every component.
func (s *supervisor) lastWords() string {
	var all strings.Builder
	for _, c := range s.components {
		fmt.Fprintf(&all, "\n%s runs%s", c.name, c.lastWords())
	}
	return all.String()
}
