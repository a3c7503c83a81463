// What does the cluster look like right now?

// Package watch keeps a copy of the resources that this connector has created, and of their pods, in memory. Flyte asks
// for every task every 30 seconds; with a copy, neither the number of tasks nor an outage of the API server matters.
package watch

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/cache"

	"example.com/flyteconnector/plugin"
)

// Config says what to watch.
type Config struct {
	Client dynamic.Interface
	// Pods, if there is one, reads the pods instead of Client: a typed client can speak protobuf, and of all that is read at
	// a start the pods are most.
	Pods corev1client.PodsGetter
	// Namespaces to watch; empty: all of them.
	Namespaces []string
	// Resources are watched where they carry Selector; their pods where they carry Resource.PodLabel.
	Resources []plugin.Resource
	Selector  string
	// Events watches the warnings about resources, too. It takes more rights, see EventsResource.
	Events bool
	Log    *slog.Logger
}

// Watcher holds the copies.
type Watcher struct {
	config    Config
	informers map[key]cache.SharedIndexInformer
	gone      gone
	texts     *texts
	synced    atomic.Bool

	mutex       sync.Mutex
	failures    map[key]error
	interrupted map[key]int
}

// key is one watch: a kind in a namespace ("" is all of them) with a label selector and a field selector.
type key struct {
	resource                    schema.GroupVersionResource
	namespace, selector, fields string
}

func (k key) String() string {
	where := "all namespaces"
	if k.namespace != "" {
		where = "namespace " + k.namespace
	}
	return fmt.Sprintf("%s in %s", k.resource.GroupResource(), where)
}

// PluralOf is the plugin's kind as URLs write it.
func PluralOf(resource plugin.Resource) schema.GroupVersionResource {
	if resource.Plural != "" {
		return resource.GroupVersion().WithResource(resource.Plural)
	}
	plural, _ := meta.UnsafeGuessKindToResource(resource.GroupVersionKind)
	return plural
}

// New makes the informers and starts nothing.
func New(config Config) (*Watcher, error) {
	if len(config.Namespaces) == 0 {
		config.Namespaces = []string{metav1.NamespaceAll}
	}
	w := &Watcher{config: config, informers: map[key]cache.SharedIndexInformer{}, failures: map[key]error{}, interrupted: map[key]int{}}
	w.texts = newTexts()
	for _, resource := range config.Resources {
		if err := resource.CheckIgnored(); err != nil {
			return nil, err
		}
		for _, namespace := range config.Namespaces {
			if err := w.addAll(resource, namespace); err != nil {
				return nil, err
			}
		}
	}
	return w, nil
}

// addAll adds what is to be seen of a kind in a namespace: its resources, their pods, the warnings about them.
func (w *Watcher) addAll(resource plugin.Resource, namespace string) error {
	own := key{PluralOf(resource), namespace, w.config.Selector, ""}
	if err := w.add(own, cache.Indexers{lineageIndex: byLineage}, w.toResource(resource)); err != nil {
		return err
	}
	if resource.PodLabel != "" {
		if err := w.followPods(resource, own, key{PodsResource, namespace, resource.PodLabel, ""}); err != nil {
			return err
		}
	}
	if w.config.Events {
		events := key{EventsResource, namespace, "", warnings(resource)}
		return w.add(events, cache.Indexers{subjectIndex: bySubject}, toEvent)
	}
	return nil
}

func (w *Watcher) add(k key, indexers cache.Indexers, transform cache.TransformFunc) error {
	if w.informers[k] != nil {
		return nil // two plugins may share a kind
	}
	options := cache.SharedIndexInformerOptions{Indexers: indexers, ObjectDescription: k.String()}
	informer := cache.NewSharedIndexInformerWithOptions(w.source(k, transform), w.arrives(k), options)
	if err := informer.SetTransform(transform); err != nil {
		return fmt.Errorf("watch %s: %w", k, err)
	}
	if err := informer.SetWatchErrorHandlerWithContext(func(_ context.Context, _ *cache.Reflector, err error) {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		w.failures[k] = err
		w.interrupted[k]++
		w.config.Log.Warn("watch interrupted; it will be tried again", "watch", k.String(), "error", err)
	}); err != nil {
		return fmt.Errorf("watch %s: %w", k, err)
	}
	w.informers[k] = informer
	return nil
}

// Run watches until ctx ends.
func (w *Watcher) Run(ctx context.Context) {
	var running sync.WaitGroup
	for _, informer := range w.informers {
		running.Go(func() { informer.RunWithContext(ctx) })
	}
	running.Wait()
}

// WaitForSync returns when every copy is complete. The error of an expired ctx says which are not, and why.
func (w *Watcher) WaitForSync(ctx context.Context) error {
	for k, informer := range w.informers {
		if cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
			continue
		}
		w.mutex.Lock()
		defer w.mutex.Unlock()
		if reason := w.failures[k]; reason != nil {
			return fmt.Errorf("first list of %s: %w", k, reason)
		}
		return fmt.Errorf("first list of %s: %w", k, context.Cause(ctx))
	}
	return nil
}

// Resource returns the copy of a resource, without what plugin.Resource.Forget takes away; nil if there is none (yet). It
// belongs to the cache: do not change it. A resource that has changed is another one.
func (w *Watcher) Resource(resource plugin.Resource, namespace, name string) *unstructured.Unstructured {
	informer := w.find(key{PluralOf(resource), namespace, w.config.Selector, ""})
	if informer == nil {
		return nil
	}
	object, found, err := informer.GetStore().GetByKey(namespace + "/" + name)
	if err != nil || !found {
		return nil
	}
	result, _ := object.(*unstructured.Unstructured)
	return result
}

// find returns the informer of the namespace, or of all of them.
func (w *Watcher) find(k key) cache.SharedIndexInformer {
	if informer := w.informers[k]; informer != nil {
		return informer
	}
	k.namespace = metav1.NamespaceAll
	return w.informers[k]
}

// Serves says whether resources in the namespace are watched.
func (w *Watcher) Serves(namespace string) bool {
	for _, served := range w.config.Namespaces {
		if served == metav1.NamespaceAll || served == namespace {
			return true
		}
	}
	return false
}
