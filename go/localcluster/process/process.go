// Package process starts child processes that cannot outlive their parent, and finds and ends what they leave behind.
//
// It works on Linux only: it reads /proc and uses the parent-death signal.
package process

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Spec says what to start.
type Spec struct {
	Path   string   // an absolute path
	Args   []string // without the program's name
	Env    []string // the whole environment, NAME=value
	Dir    string
	Output string // stdout and stderr are appended to this file
	// DeathSignal reaches the child when its parent dies, however it dies.
	DeathSignal syscall.Signal
	// AfterExit runs when the child has exited and is not yet reaped, so that its session number is still its own.
	AfterExit func(pid int)
}

// Exit is how a process ended.
type Exit struct {
	Code   int            // 128+n when signal n ended it
	Signal syscall.Signal // 0 when it exited by itself
	At     time.Time
}

// Process is a started child: the leader of its own session.
type Process struct {
	PID     int
	Started time.Time
	done    chan struct{}
	exit    Exit
}

// Done is closed when the process has ended and AfterExit has returned.
func (p *Process) Done() <-chan struct{} { return p.done }

// Exit waits for the end of the process.
func (p *Process) Exit() Exit {
	<-p.done
	return p.exit
}

// Signal sends a signal to the process alone; it does nothing once the process has ended.
func (p *Process) Signal(signal syscall.Signal) {
	select {
	case <-p.done:
	default:
		_ = syscall.Kill(p.PID, signal)
	}
}

// Start starts a child in a session of its own.
func Start(spec Spec) (*Process, error) {
	output, err := os.OpenFile(spec.Output, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("start %s: open its log: %w", spec.Path, err)
	}
	defer output.Close()
	cmd := &exec.Cmd{
		Path: spec.Path, Args: append([]string{spec.Path}, spec.Args...), Env: spec.Env, Dir: spec.Dir,
		Stdout: output, Stderr: output,
		SysProcAttr: &syscall.SysProcAttr{Setsid: true, Pdeathsig: spec.DeathSignal},
	}
	if err := onForkThread(cmd.Start); err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Path, err)
	}
	p := &Process{PID: cmd.Process.Pid, Started: time.Now(), done: make(chan struct{})}
	go p.wait(cmd, spec.AfterExit)
	return p, nil
}

func (p *Process) wait(cmd *exec.Cmd, afterExit func(int)) {
	var info unix.Siginfo
	for unix.Waitid(unix.P_PID, p.PID, &info, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	at := time.Now()
	if afterExit != nil {
		afterExit(p.PID)
	}
	_ = cmd.Wait() // its error repeats what ProcessState says
	p.exit = Exit{Code: cmd.ProcessState.ExitCode(), At: at}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		p.exit.Signal = status.Signal()
		p.exit.Code = 128 + int(status.Signal())
	}
	close(p.done)
}

// The parent-death signal is sent when the *thread* that forked ends. Go ends threads as it likes, so one thread that
// never ends does all forks.
var forks = sync.OnceValue(func() chan func() {
	jobs := make(chan func())
	go func() {
		runtime.LockOSThread()
		for job := range jobs {
			job()
		}
	}()
	return jobs
})

func onForkThread(start func() error) error {
	result := make(chan error, 1)
	forks() <- func() { result <- start() }
	return <-result
}
