// What does the connector need of its cluster before it is ready?

package flyteconnector

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	authorization "k8s.io/client-go/kubernetes/typed/authorization/v1"

	"example.com/flyteconnector/access"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/serve"
	"example.com/flyteconnector/watch"
)

// A look at the cluster takes so long at most, and the pause after it grows up to longestPause.
const (
	lookLimit    = 10 * time.Second
	longestPause = 8 * time.Second
)

// start waits until the rights are complete and every copy is, however long that takes, and then opens the server. The
// only errors are those that somebody has to repair: a missing right, an address file that cannot be written.
func (c *connector) start(ctx context.Context, server *serve.Server, address func() error) error {
	server.NotReady(errors.New("the first look at the cluster is not complete"))
	for pause := time.Second; ; pause = min(2*pause, longestPause) {
		err := c.look(ctx)
		if err == nil {
			break
		}
		if ctx.Err() != nil || errors.Is(err, access.ErrMissing) {
			return err
		}
		server.NotReady(err)
		c.log.Warn("not ready; it will be tried again", "server", c.config.Host, "error", err)
		if !sleep(ctx, pause) {
			return ctx.Err()
		}
	}
	server.Ready()
	afterFirstLists()
	c.log.Info("ready", "types", c.core.TaskTypes(), "namespaces", c.options.Namespaces)
	return address()
}

func (c *connector) look(ctx context.Context) error {
	reviews, err := authorization.NewForConfig(c.config)
	if err != nil {
		return fmt.Errorf("client for %s: %w", c.config.Host, err)
	}
	limited, cancel := context.WithTimeoutCause(ctx, lookLimit, fmt.Errorf("no answer in %s", lookLimit))
	defer cancel()
	if err := access.Check(limited, reviews.SelfSubjectAccessReviews(), needs(c.plugins, c.options)); err != nil {
		return err
	}
	err = c.watcher.WaitForSync(limited)
	if apierrors.IsNotFound(err) {
		return fmt.Errorf("%w: is the operator installed that brings this kind?", err)
	}
	return err
}

func sleep(ctx context.Context, pause time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
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

// needs lists the rights that the connector uses.
func needs(plugins []plugin.Plugin, o Options) []access.Need {
	namespaces := o.Namespaces
	if len(namespaces) == 0 {
		namespaces = []string{""}
	}
	var result []access.Need
	for _, namespace := range namespaces {
		for _, resource := range resources(plugins) {
			result = append(result, access.Need{Resource: watch.PluralOf(resource), Namespace: namespace, Verbs: access.OnResources})
			if resource.PodLabel != "" {
				result = append(result, access.Need{Resource: watch.PodsResource, Namespace: namespace, Verbs: access.OnPods})
			}
		}
		if o.Events {
			result = append(result, access.Need{Resource: watch.EventsResource, Namespace: namespace, Verbs: watch.OnEvents})
		}
	}
	return result
}
