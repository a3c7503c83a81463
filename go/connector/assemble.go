// Which parts does a connector have?

package flyteconnector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"example.com/flyteconnector/clock"
	"example.com/flyteconnector/core"
	"example.com/flyteconnector/outputs"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/policy"
	"example.com/flyteconnector/watch"
)

// connector is what a run consists of.
type connector struct {
	observers
	options Options
	plugins []plugin.Plugin
	log     *slog.Logger
	config  *rest.Config
	watcher *watch.Watcher
	core    *core.Core
}

// assemble makes the parts and starts nothing but the sender of traces.
func assemble(ctx context.Context, o Options, plugins []plugin.Plugin) (*connector, error) {
	c := &connector{options: o, plugins: plugins, log: o.logger()}
	keys, err := o.keys()
	if err != nil {
		return nil, err
	}
	allowed, err := policy.New(o.ServiceAccounts, o.Images, o.AllowHost)
	if err != nil {
		return nil, err
	}
	if c.config, err = o.restConfig(); err != nil {
		return nil, err
	}
	now := clock.Wrap(c.config)
	client, err := dynamic.NewForConfig(c.config)
	if err != nil {
		return nil, fmt.Errorf("client for %s: %w", c.config.Host, err)
	}
	if err := c.copyFrom(client); err != nil {
		return nil, err
	}
	if err := c.observe(ctx); err != nil {
		return nil, err
	}
	config := core.Config{
		Client: client, Cache: c.watcher, Log: c.log, Deadline: o.Deadline, Metrics: c.counts,
		Policy: allowed.Check, Keys: keys, Now: now, KeepFinished: o.KeepFinished, LocalLease: o.LocalLease,
	}
	if o.ReadOutputs {
		config.Outputs = outputs.New(o.Store)
	}
	if c.core, err = core.New(config, plugins...); err != nil && c.traces != nil {
		c.traces.Stop(ctx)
	}
	return c, err
}

// copyFrom makes what keeps the copy of the cluster.
func (c *connector) copyFrom(client dynamic.Interface) error {
	pods, err := podsClient(c.config)
	if err != nil {
		return err
	}
	c.watcher, err = watch.New(watch.Config{
		Client: client, Pods: pods, Namespaces: c.options.Namespaces, Resources: resources(c.plugins), Selector: core.Selector,
		Events: c.options.Events, Log: c.log,
	})
	return err
}

// listeners are opened before anything else is done, so that an address that is taken shows at once.
type listeners struct{ grpc, probes, metrics net.Listener }

func listen(o Options) (result listeners, err error) {
	for _, one := range []struct {
		flag, address string
		target        *net.Listener
	}{
		{"listen", o.Listen, &result.grpc}, {"health-listen", o.HealthListen, &result.probes},
		{"metrics-listen", o.MetricsListen, &result.metrics},
	} {
		if one.address == "" && one.target != &result.grpc {
			continue
		}
		listener, problem := net.Listen("tcp", one.address)
		if problem != nil {
			err = errors.Join(err, fmt.Errorf("--%s %s: %w", one.flag, one.address, problem))
			continue
		}
		*one.target = listener
	}
	return result, err
}

func (l listeners) close() {
	for _, listener := range []net.Listener{l.grpc, l.probes, l.metrics} {
		if listener != nil {
			listener.Close()
		}
	}
}
