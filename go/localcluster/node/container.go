package node

// What happens to one container, from its image to its last restart?

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/localcluster/node/status"
	"example.com/localcluster/process"
)

type container struct {
	worker  *worker
	spec    *corev1.Container
	init    bool
	policy  corev1.RestartPolicy
	started chan struct{} // closed when it has started for the first time, probes included
	once    sync.Once
}

func newContainer(w *worker, spec *corev1.Container, init bool) *container {
	return &container{
		worker: w, spec: spec, init: init, policy: status.Policy(w.pod, spec, init), started: make(chan struct{}),
	}
}

// run returns whether the container succeeded in the end; a container that is stopped has not.
func (c *container) run(stop context.Context) bool {
	failures := 0
	for number := 0; ; number++ {
		ended := c.runOnce(stop, number)
		if ended == nil {
			return false
		}
		if stop.Err() != nil || !status.Restarts(c.policy, ended.ExitCode) {
			return ended.ExitCode == 0
		}
		if ended.FinishedAt.Sub(ended.StartedAt.Time) > 10*time.Minute {
			failures = 0
		}
		if !c.backOff(stop, status.Backoff(failures), ended) {
			return false
		}
		failures++
	}
}

// backOff waits before a restart.
func (c *container) backOff(stop context.Context, wait time.Duration, ended *corev1.ContainerStateTerminated) bool {
	if wait > 0 {
		message := fmt.Sprintf("back-off %s restarting failed container=%s", wait, c.spec.Name)
		c.worker.event(corev1.EventTypeWarning, "BackOff", message)
		c.wait("CrashLoopBackOff", message)
	}
	if !sleep(stop, wait) {
		c.worker.change(c.spec.Name, func(s *status.Container) { s.Waiting, s.Terminated = nil, ended })
		return false
	}
	return true
}

// wait reports a container that does not run.
func (c *container) wait(reason, message string) {
	c.worker.change(c.spec.Name, func(s *status.Container) {
		if s.Terminated != nil {
			s.Last = s.Terminated
		}
		s.Terminated, s.Running = nil, nil
		s.Waiting = &corev1.ContainerStateWaiting{Reason: reason, Message: message}
	})
}

// runOnce starts the process and waits for its end; nil when it was stopped before it could start.
func (c *container) runOnce(stop context.Context, number int) *corev1.ContainerStateTerminated {
	plan := c.awaitPlan(stop, number)
	if plan == nil {
		return nil
	}
	started := time.Now()
	p, err := process.Start(plan.process)
	if err != nil {
		ended := &corev1.ContainerStateTerminated{Reason: "StartError", ExitCode: 128, Message: err.Error(),
			StartedAt: metav1.NewTime(started), FinishedAt: metav1.NewTime(time.Now()), ContainerID: plan.id}
		c.end(ended, plan.id)
		return ended
	}
	c.begin(p, plan, number)
	ended := c.watch(stop, p, plan)
	c.end(ended, plan.id)
	return ended
}

func (c *container) begin(p *process.Process, plan *plan, number int) {
	c.worker.event(corev1.EventTypeNormal, "Started", "Started container "+c.spec.Name)
	c.worker.change(c.spec.Name, func(s *status.Container) {
		if s.Terminated != nil {
			s.Last = s.Terminated
		}
		s.Waiting, s.Terminated, s.ID, s.Restarts = nil, nil, plan.id, int32(number)
		s.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(p.Started)}
		s.Started = c.spec.StartupProbe == nil
		s.Ready = s.Started && c.spec.ReadinessProbe == nil
	})
	if c.spec.StartupProbe == nil {
		c.once.Do(func() { close(c.started) })
	}
}

func (c *container) end(ended *corev1.ContainerStateTerminated, id string) {
	c.worker.change(c.spec.Name, func(s *status.Container) {
		if s.Terminated != nil {
			s.Last = s.Terminated
		}
		s.Waiting, s.Running, s.Terminated, s.ID = nil, nil, ended, id
		s.Ready, s.Started = c.init && ended.ExitCode == 0, false
	})
}

// watch waits for the end, which comes from the process, its memory, its probes, or from outside.
func (c *container) watch(stop context.Context, p *process.Process, plan *plan) *corev1.ContainerStateTerminated {
	owner := process.Owner{Session: p.PID, Mark: plan.mark}
	var oom atomic.Bool
	if limit, ok := c.spec.Resources.Limits[corev1.ResourceMemory]; ok {
		c.worker.node.memory.add(owner, limit.Value(), func(used int64) {
			oom.Store(true)
			c.worker.node.log.Info("out of memory", "container", c.spec.Name, "used", used, "limit", limit.Value())
			go c.sweep(owner)
		})
		defer c.worker.node.memory.remove(owner)
	}
	alive, dead := context.WithCancel(context.Background())
	defer dead()
	unhealthy := c.probe(alive, plan)
	select {
	case <-p.Done():
	case <-unhealthy:
		c.stopProcess(p, owner, c.worker.ownGrace())
	case <-stop.Done():
		c.worker.event(corev1.EventTypeNormal, "Killing", "Stopping container "+c.spec.Name)
		limit := c.worker.ownGrace() // of a sidecar whose pod is over
		if c.worker.stop.Err() != nil {
			limit = 24 * time.Hour // the worker counts
		}
		c.stopProcess(p, owner, limit)
	}
	exit := p.Exit()
	failed := exit.Code != 0 || oom.Load()
	return status.Ended(exit, p.Started, oom.Load(), plan.id, plan.lastWords(c.spec.TerminationMessagePolicy, failed))
}

// stopProcess follows Kubernetes: SIGTERM to the first process only, and when the time is over SIGKILL to all.
func (c *container) stopProcess(p *process.Process, owner process.Owner, limit time.Duration) {
	p.Signal(syscall.SIGTERM)
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.Done():
		return
	case <-timer.C:
	case <-c.worker.kill.Done():
	}
	c.sweep(owner)
	<-p.Done()
}

func (c *container) sweep(owner process.Owner) {
	if err := process.Sweep(owner, 5*time.Second); err != nil {
		c.worker.node.log.Error("kill a container", "container", c.spec.Name, "error", err)
	}
}

func (c *container) logFile(number int) string {
	return filepath.Join(c.worker.node.logFolder(c.worker.pod), c.spec.Name, fmt.Sprintf("%d.log", number))
}

func sleep(stop context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-stop.Done():
		return false
	case <-timer.C:
		return stop.Err() == nil
	}
}
