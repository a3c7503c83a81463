//go:build apitest

package apitest

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"example.com/flyteconnector/attempt"
	"example.com/flyteconnector/clock"
	"example.com/flyteconnector/core"
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/pod"
	"example.com/flyteconnector/watch"
)

// Engine runs a core without a gRPC server around it, for what takes minutes with the values that a connector has. It
// sweeps all the time, and ends with the test.
func Engine(
	t *testing.T, config *rest.Config, namespace string, change func(*core.Config, *watch.Config), plugins ...plugin.Plugin,
) *core.Core {
	t.Helper()
	config = rest.CopyConfig(config)
	now := clock.Wrap(config)
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	watching := watch.Config{Client: client, Namespaces: []string{namespace}, Selector: core.Selector, Log: log}
	for _, p := range plugins {
		watching.Resources = append(watching.Resources, p.Resource())
	}
	settings := core.Config{Client: client, Log: log, Deadline: 2 * time.Second, Now: now, SweepEvery: 100 * time.Millisecond}
	change(&settings, &watching)
	watcher, err := watch.New(watching)
	if err != nil {
		t.Fatal(err)
	}
	settings.Cache = watcher
	engine, err := core.New(settings, plugins...)
	if err != nil {
		t.Fatal(err)
	}
	background(t, watcher, engine)
	return engine
}

// background watches, waits for the copies, and sweeps until the test ends.
func background(t *testing.T, watcher *watch.Watcher, engine *core.Core) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { watcher.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
		engine.Wait()
	})
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := watcher.WaitForSync(limited); err != nil {
		t.Fatal(err)
	}
	running.Go(func() { engine.Run(ctx) })
}

// Attempt decodes a request as an adapter does.
func Attempt(t *testing.T, request *admin.CreateTaskRequest) attempt.Attempt {
	t.Helper()
	task, err := pod.Finish(request, pod.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return task
}
