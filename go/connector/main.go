// What does an adopter's main program have to say?

// Package flyteconnector runs plugins as a Flyte connector: a gRPC service that creates the plugins' resources in
// Kubernetes and tells Flyte how far they are. A whole program is
//
//	options := flyteconnector.Flags(flag.CommandLine)
//	flag.Parse()
//	err := flyteconnector.Run(ctx, *options, myplugin.New())
package flyteconnector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"k8s.io/client-go/dynamic"
	authorization "k8s.io/client-go/kubernetes/typed/authorization/v1"
	"k8s.io/client-go/rest"

	"example.com/flyteconnector/access"
	"example.com/flyteconnector/core"
	"example.com/flyteconnector/flyte1"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/pod"
	"example.com/flyteconnector/serve"
	"example.com/flyteconnector/watch"
)

// startLimit is how long the first look at the cluster may take.
const startLimit = time.Minute

// Run serves the plugins until ctx ends. It returns an error if it cannot start: no rights, no API server, no kind, or an
// address that is taken.
func Run(ctx context.Context, options Options, plugins ...plugin.Plugin) error {
	log := options.logger()
	config, err := options.restConfig()
	if err != nil {
		return err
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("client for %s: %w", config.Host, err)
	}
	watcher, err := watch.New(watch.Config{
		Client: client, Namespaces: options.Namespaces, Resources: resources(plugins), Selector: core.Selector, Log: log,
	})
	if err != nil {
		return err
	}
	engine, err := core.New(core.Config{Client: client, Cache: watcher, Log: log, Deadline: options.Deadline}, plugins...)
	if err != nil {
		return err
	}
	// Listening comes before looking, so that an address that is taken shows at once.
	listener, err := net.Listen("tcp", options.Listen)
	if err != nil {
		return fmt.Errorf("--listen %s: %w", options.Listen, err)
	}
	defer listener.Close()
	background, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	running.Go(func() { watcher.Run(background) })
	if err := ready(ctx, config, options, plugins, watcher); err != nil {
		return err
	}
	return options.serve(ctx, log, engine, listener)
}

// serve answers calls. The copies are kept up to date until the last call has ended.
func (o Options) serve(ctx context.Context, log *slog.Logger, engine *core.Core, listener net.Listener) error {
	defer engine.Wait()
	server, status := serve.NewServer(log)
	adapter := &flyte1.Adapter{Name: o.Name, Core: engine, Options: pod.Options{Env: o.Env}, Log: log}
	adapter.Register(server)
	if o.AddressFile != "" {
		if err := serve.WriteAddress(o.AddressFile, listener.Addr()); err != nil {
			return err
		}
	}
	log.Info("serving", "address", listener.Addr().String(), "types", engine.TaskTypes(), "namespaces", o.Namespaces)
	err := serve.Run(ctx, server, status, listener)
	log.Info("stopped")
	return err
}

// ready returns when the rights are complete and every copy is.
func ready(ctx context.Context, config *rest.Config, o Options, plugins []plugin.Plugin, watcher *watch.Watcher) error {
	reviews, err := authorization.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("client for %s: %w", config.Host, err)
	}
	limited, cancel := context.WithTimeoutCause(ctx, startLimit, fmt.Errorf("no answer in %s", startLimit))
	defer cancel()
	for {
		err := access.Check(limited, reviews.SelfSubjectAccessReviews(), needs(plugins, o.Namespaces))
		if err == nil {
			return watcher.WaitForSync(limited)
		}
		if errors.Is(err, access.ErrMissing) {
			return err
		}
		o.logger().Warn("waiting for the Kubernetes API", "server", config.Host, "error", err)
		if !pause(limited) {
			return fmt.Errorf("%w (%w)", err, context.Cause(limited))
		}
	}
}

func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Second):
		return true
	}
}

func resources(plugins []plugin.Plugin) []plugin.Resource {
	result := make([]plugin.Resource, 0, len(plugins))
	for _, p := range plugins {
		result = append(result, p.Resource())
	}
	return result
}
