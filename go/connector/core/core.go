// What does a connector do, whichever Flyte asks?

// Package core creates, reads and deletes the resources of tasks. It knows Kubernetes and plugins, and no engine: an
// adapter (package flyte1) translates what an engine sends and what comes back.
//
// It keeps no state beyond the calls that it works on: what it has to remember travels in resource_meta, and everything
// else is in the cluster. So it may be restarted, upgraded and replicated at any time.
package core

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/cache"
	"k8s.io/client-go/dynamic"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/metrics"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/watch"
)

// DefaultDeadline ends a call before Flyte does (10 s by default): an answer that comes too late costs one of the
// user's retries, and Flyte never deletes what a late create left behind.
const DefaultDeadline = 8 * time.Second

// Cache is the connector's copy of the cluster; *watch.Watcher is one.
type Cache interface {
	// Resource is nil if the copy has none. The caller must not change it.
	Resource(resource plugin.Resource, namespace, name string) *unstructured.Unstructured
	// Pods by name. The caller must not change them. Resources and pods that have changed are other ones.
	Pods(resource plugin.Resource, namespace, name string) []*corev1.Pod
	// All returns every resource of the kind; Lineage those of one task's attempts. The caller must not change them.
	All(resource plugin.Resource) []*unstructured.Unstructured
	Lineage(resource plugin.Resource, namespace, lineage string) []*unstructured.Unstructured
	// Warning is the text of the newest warning about a resource; "" if there is none, or if nobody watches events.
	Warning(resource plugin.Resource, namespace string, uid types.UID) string
	// Serves says whether resources in the namespace are seen at all.
	Serves(namespace string) bool
	// Synced says whether the copy is complete: before, what it lacks may be there.
	Synced() bool
}

// Store reads what tasks have written into the object store.
type Store interface {
	// Read returns at most limit bytes of an object. The error is fs.ErrNotExist only if the store says plainly that
	// there is no such object; a refusal is another error.
	Read(ctx context.Context, uri string, limit int64) ([]byte, error)
}

// Config is what a Core works with. Client, Cache and Log are required.
type Config struct {
	Client dynamic.Interface
	Cache  Cache
	Log    *slog.Logger
	// Deadline of one call; 0 means DefaultDeadline.
	Deadline time.Duration
	// Metrics; nil counts nothing.
	Metrics *metrics.Metrics
	// Outputs reads what a task has left in the object store: outputs.New(store), or nil. Nil: the exit code of the pods
	// alone says whether a task has succeeded.
	Outputs Outputs
	// Policy refuses resources that a task must not have; it sees what the plugin built. Nil allows everything.
	Policy func(*unstructured.Unstructured) error
	// Keys sign resource_meta. Changing from none to one makes the tasks that run unreadable.
	Keys meta.Keys
	// Now is the API server's time, see clock.Wrap; nil: the machine's.
	Now func() time.Time
	// KeepFinished is how long a resource stays after its end was first seen; 0: for ever. Flyte may ask for the end up to
	// two minutes later, and what is gone by then counts as lost.
	KeepFinished time.Duration
	// LocalLease deletes unfinished resources that nobody has asked about for so long; 0: never. Only for a cluster that
	// one developer has for himself: with two connectors, each would miss the other's calls.
	LocalLease time.Duration
	// SweepEvery is the time between two sweeps, see Run; 0: DefaultSweepEvery.
	SweepEvery time.Duration
}

// Core serves the plugins' task types.
type Core struct {
	config     Config
	byType     map[string]served
	types      []string
	background sync.WaitGroup
	mutex      sync.Mutex
	creating   map[place]*creating
	ends       *ends
	answers    answers
	recognised *recognised
	said       *cache.LRUExpireCache // what was logged once
	unsettled  sync.Map              // from a uid to the time when the object store did not say how it ended
	dropping   sync.Map              // uids of what is being deleted in the background
	polls      sync.Map              // from a uid to the time of its last Get
}

// served is a task type's plugin, and the kind that it creates.
type served struct {
	taskType string
	plugin   plugin.Plugin
	resource plugin.Resource
	plural   schema.GroupVersionResource
}

// New returns an error if a plugin has no kind or no task types, or if two plugins claim the same type.
func New(config Config, plugins ...plugin.Plugin) (*Core, error) {
	if err := config.Keys.Validate(); err != nil {
		return nil, err
	}
	config.Deadline = cmp.Or(config.Deadline, DefaultDeadline)
	config.SweepEvery = cmp.Or(config.SweepEvery, DefaultSweepEvery)
	if config.Now == nil {
		config.Now = time.Now
	}
	c := &Core{
		config: config, byType: map[string]served{}, creating: map[place]*creating{},
		ends: newEnds(), recognised: newRecognised(),
		said: cache.NewLRUExpireCache(rememberedEnds),
	}
	for _, p := range plugins {
		resource := p.Resource()
		if err := servable(p, resource); err != nil {
			return nil, err
		}
		for _, taskType := range resource.TaskTypes {
			if other, taken := c.byType[taskType]; taken {
				return nil, fmt.Errorf("task type %q is claimed by %T and by %T", taskType, other.plugin, p)
			}
			resource.Plural = watch.PluralOf(resource).Resource // here, and not with every poll
			c.byType[taskType] = served{taskType: taskType, plugin: p, resource: resource, plural: watch.PluralOf(resource)}
			c.types = append(c.types, taskType)
		}
	}
	if len(c.types) == 0 {
		return nil, fmt.Errorf("a connector needs at least one plugin")
	}
	return c, nil
}

// TaskTypes are the types that the plugins serve, in the order of the plugins.
func (c *Core) TaskTypes() []string { return c.types }

// Wait returns when nothing runs in the background any more.
func (c *Core) Wait() { c.background.Wait() }

func (c *Core) served(taskType string) (served, error) {
	s, ok := c.byType[taskType]
	if !ok {
		return served{}, fmt.Errorf("%w: %q; this connector serves %q", ErrUnknownType, taskType, c.types)
	}
	return s, nil
}

// kinds are the plugins' kinds, each once.
func (c *Core) kinds() []served {
	var result []served
	for _, taskType := range c.types {
		s := c.byType[taskType]
		if !slices.ContainsFunc(result, func(other served) bool { return other.plural == s.plural }) {
			result = append(result, s)
		}
	}
	return result
}

func (c *Core) client(s served, namespace string) dynamic.ResourceInterface {
	return c.config.Client.Resource(s.plural).Namespace(namespace)
}

// deadline is the inner one, or the caller's if that is earlier.
func (c *Core) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, c.config.Deadline, errInnerDeadline)
}
