package node

// What follows from a container's probes?

import (
	"context"
	"os/exec"

	corev1 "k8s.io/api/core/v1"

	"example.com/localcluster/node/podenv"
	"example.com/localcluster/node/probe"
	"example.com/localcluster/node/status"
)

// probe starts the probes of a container that runs. The channel closes when it has to be restarted.
func (c *container) probe(alive context.Context, plan *plan) <-chan struct{} {
	unhealthy := make(chan struct{})
	ctx, cancel := context.WithCancel(alive)
	restart := func(kind string, err error) {
		if ctx.Err() == nil {
			cancel()
			c.worker.event(corev1.EventTypeWarning, "Unhealthy", kind+" probe failed: "+err.Error())
			close(unhealthy)
		}
	}
	target := c.target(plan)
	go func() {
		defer func() { <-alive.Done(); cancel() }()
		if !c.awaitStartup(ctx, target, restart) {
			return
		}
		if probe.Supported(c.spec.LivenessProbe) {
			go probe.Loop(ctx, c.spec.LivenessProbe, target, func(well bool, err error) {
				if !well {
					restart("Liveness", err)
				}
			})
		}
		c.watchReadiness(ctx, target)
	}()
	return unhealthy
}

// awaitStartup returns whether the other probes may begin.
func (c *container) awaitStartup(ctx context.Context, target probe.Target, restart func(string, error)) bool {
	if c.spec.StartupProbe == nil {
		return true
	}
	if probe.Supported(c.spec.StartupProbe) {
		started, stop := context.WithCancel(ctx)
		up := false
		probe.Loop(started, c.spec.StartupProbe, target, func(well bool, err error) {
			if up = well; !well {
				restart("Startup", err)
			}
			stop()
		})
		stop()
		if !up {
			return false
		}
	}
	c.worker.change(c.spec.Name, func(s *status.Container) { s.Started, s.Ready = true, c.spec.ReadinessProbe == nil })
	c.once.Do(func() { close(c.started) })
	return true
}

func (c *container) watchReadiness(ctx context.Context, target probe.Target) {
	set := func(ready bool) {
		c.worker.change(c.spec.Name, func(s *status.Container) { s.Ready = ready && s.Running != nil })
	}
	switch {
	case c.spec.ReadinessProbe == nil:
	case !probe.Supported(c.spec.ReadinessProbe):
		set(true)
	default:
		probe.Loop(ctx, c.spec.ReadinessProbe, target, func(well bool, err error) {
			if err != nil {
				c.worker.event(corev1.EventTypeWarning, "Unhealthy", "Readiness probe failed: "+err.Error())
			}
			set(well)
		})
	}
}

func (c *container) target(plan *plan) probe.Target {
	return probe.Target{
		IP: c.worker.view().Status.PodIP, Ports: c.spec.Ports,
		Command: func(ctx context.Context, words []string) (*exec.Cmd, error) {
			words = plan.table.RewriteAll(words)
			path, err := podenv.LookPath(words[0], plan.environment["PATH"], plan.process.Dir)
			if err != nil {
				return nil, err
			}
			cmd := exec.CommandContext(ctx, path, words[1:]...)
			cmd.Env, cmd.Dir = plan.process.Env, plan.process.Dir
			return cmd, nil
		},
	}
}
