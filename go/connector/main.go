// What does an adopter's main program have to say?

// Package flyteconnector runs plugins as a Flyte connector: a gRPC service that creates the plugins' resources in
// Kubernetes and tells Flyte how far they are. A whole program is
//
//	options := flyteconnector.Flags(flag.CommandLine)
//	flag.Parse()
//	err := flyteconnector.Run(ctx, *options, myplugin.New())
package flyteconnector

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"sync"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/flyte1"
	"example.com/flyteconnector/flyte2"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/pod"
	"example.com/flyteconnector/serve"
)

// Run serves the plugins until ctx ends, and returns nil when the last call has. It listens at once, and is ready when it
// knows the cluster: until then its health is NOT_SERVING and calls about tasks wait, while Flyte already learns which
// task types there are. An API server that does not answer, or a kind that is not there yet, are waited for; it returns an
// error for what somebody has to repair: wrong options, an address that is taken, a missing right.
func Run(ctx context.Context, options Options, plugins ...plugin.Plugin) error {
	if err := options.validate(); err != nil {
		return err
	}
	options.Name = cmp.Or(options.Name, defaultName)
	options.Deadline = cmp.Or(options.Deadline, core.DefaultDeadline)
	c, err := assemble(ctx, options, plugins)
	if err != nil {
		return err
	}
	if c.traces != nil {
		defer c.traces.Stop(ctx)
	}
	listeners, err := listen(options)
	defer listeners.close()
	if err != nil {
		return err
	}
	config := serve.Config{
		Log: c.log, CertFile: options.TLSCert, KeyFile: options.TLSKey, DrainDelay: options.DrainDelay,
		MinPing: options.MinPing, Patience: options.Deadline / 5, Deadline: options.Deadline, TaskTypes: c.core.TaskTypes(),
	}
	c.observers.add(&config)
	server, err := serve.New(config)
	if err != nil {
		return fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	podOptions := pod.Options{
		Env: options.Env, ReadsErrors: options.ReadOutputs, DefaultRequests: options.DefaultRequests,
		GPUDeviceLabel: options.GPUDeviceLabel, GPUPartitionLabel: options.GPUPartitionLabel,
	}
	(&flyte1.Adapter{Name: options.Name, Core: c.core, Options: podOptions, Log: c.log}).Register(server.GRPC)
	(&flyte2.Adapter{Name: options.Name, Core: c.core, Options: podOptions, Log: c.log}).Register(server.GRPC)
	return c.run(ctx, server, listeners)
}

// run does everything at once, and ends it in the opposite order: the copies are kept up to date until the last call and
// the last deletion have ended.
func (c *connector) run(ctx context.Context, server *serve.Server, listeners listeners) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	defer c.core.Wait()
	running.Go(func() { c.watcher.Run(background) })
	if listeners.metrics != nil {
		running.Go(func() { c.serveMetrics(background, listeners.metrics, server) })
	}
	serving, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	running.Go(func() {
		err := c.start(serving, server, func() error { return c.writeAddress(listeners.grpc) })
		if err != nil {
			fail(err)
			return
		}
		c.core.Run(serving)
	})
	c.log.Info("listening", "address", listeners.grpc.Addr().String(), "tls", c.options.TLSCert != "")
	err := server.Run(serving, listeners.grpc, listeners.probes)
	if err == nil && ctx.Err() == nil {
		err = context.Cause(serving)
	}
	c.log.Info("stopped")
	return err
}

func (c *connector) writeAddress(listener net.Listener) error {
	if c.options.AddressFile == "" {
		return nil
	}
	return serve.WriteAddress(c.options.AddressFile, listener.Addr())
}
