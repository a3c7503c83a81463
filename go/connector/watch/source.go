// How do thousands of objects arrive without filling the memory?

package watch

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"

	"example.com/flyteconnector/plugin"
)

// source lists and watches what a key stands for.
//
// The first list comes in pages, and what nobody reads is taken out of each page before the next one is asked for: a list
// of 10,000 pods as they are takes some 300 MB for a moment, which the process would keep. client-go asks for
// resourceVersion 0, the API server's own cache, which does not know pages; without it, it gets them.
func (w *Watcher) source(k key, transform cache.TransformFunc) cache.ListerWatcher {
	list, follow := w.calls(k)
	return &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			options.LabelSelector, options.FieldSelector = k.selector, k.fields
			if options.ResourceVersion == "0" {
				options.ResourceVersion = ""
			}
			page, err := list(ctx, options)
			if err != nil {
				return nil, err
			}
			return smaller(page, transform)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.LabelSelector, options.FieldSelector = k.selector, k.fields
			return follow(ctx, options)
		},
	}
}

// calls are how a key is listed and watched.
func (w *Watcher) calls(k key) (
	list func(context.Context, metav1.ListOptions) (runtime.Object, error),
	follow func(context.Context, metav1.ListOptions) (watch.Interface, error),
) {
	if w.typed(k) {
		pods := w.config.Pods.Pods(k.namespace)
		return func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			return pods.List(ctx, options)
		}, pods.Watch
	}
	client := w.config.Client.Resource(k.resource).Namespace(k.namespace)
	return func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return client.List(ctx, options)
	}, client.Watch
}

func (w *Watcher) typed(k key) bool { return k.resource == PodsResource && w.config.Pods != nil }

// arrives is the type of what calls return.
func (w *Watcher) arrives(k key) runtime.Object {
	if w.typed(k) {
		return &corev1.Pod{}
	}
	return &unstructured.Unstructured{}
}

func smaller(page runtime.Object, transform cache.TransformFunc) (*metav1.List, error) {
	about, err := meta.ListAccessor(page)
	if err != nil {
		return nil, fmt.Errorf("read a list: %w", err)
	}
	result := &metav1.List{}
	result.ResourceVersion, result.Continue = about.GetResourceVersion(), about.GetContinue()
	result.RemainingItemCount = about.GetRemainingItemCount()
	err = meta.EachListItem(page, func(item runtime.Object) error {
		kept, err := transform(item)
		if err != nil {
			return err
		}
		object, ok := kept.(runtime.Object)
		if !ok {
			return fmt.Errorf("read a list: a %T is no object", kept)
		}
		result.Items = append(result.Items, runtime.RawExtension{Object: object})
		return nil
	})
	return result, err
}

// toResource keeps what a plugin with this kind may read.
func (w *Watcher) toResource(resource plugin.Resource) cache.TransformFunc {
	for _, other := range w.config.Resources {
		if PluralOf(other) == PluralOf(resource) {
			resource.Ignored = slices.DeleteFunc(slices.Clone(resource.Ignored), func(path string) bool {
				return !slices.Contains(other.Ignored, path)
			})
		}
	}
	return func(object any) (any, error) {
		if found, ok := object.(*unstructured.Unstructured); ok { // else a tombstone
			// What has none was here before: the informer asks again about what was on a page of a list.
			_, asItCame, _ := unstructured.NestedFieldNoCopy(found.Object, "metadata", "managedFields")
			resource.Forget(found)
			if asItCame {
				found.Object, _ = w.texts.compact(found.Object).(map[string]any)
			}
		}
		return object, nil
	}
}
