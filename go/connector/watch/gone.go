// What became of a pod that is not there any more?

package watch

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"

	"example.com/flyteconnector/plugin"
)

// maxGone bounds what is remembered of one resource.
const maxGone = 20

// gone remembers the pods that the cluster took away from resources that are still there: one that is preempted or drained
// is deleted, and a Job says that it has failed only after that (measured with Kubernetes' own controller), when nobody
// could tell the user any more why. After a restart that is so.
type gone struct {
	mutex sync.Mutex
	pods  map[types.UID]map[types.UID]*corev1.Pod // by the uid of the resource: another one may get its name
}

// followPods adds the watch of a resource's pods. Kinds may share one, if their operators use the same label.
func (w *Watcher) followPods(resource plugin.Resource, own, pods key) error {
	if err := w.add(pods, cache.Indexers{ownerIndex: byLabel(resource.PodLabel)}, w.toPod); err != nil {
		return err
	}
	_, err := w.informers[pods].AddEventHandler(deleted(func(pod *corev1.Pod) {
		if plugin.Disruption(pod) != "" {
			w.gone.remember(pod, func() *unstructured.Unstructured {
				return w.Resource(resource, pod.Namespace, pod.Labels[resource.PodLabel])
			})
		}
	}))
	if err == nil {
		forget := deleted(func(resource *unstructured.Unstructured) { w.gone.forget(resource.GetUID()) })
		forget.UpdateFunc = func(before, after any) { // a new list may have another one with the name
			if uid := uidOf(before); uid != uidOf(after) {
				w.gone.forget(uid)
			}
		}
		_, err = w.informers[own].AddEventHandler(forget)
	}
	if err != nil {
		return fmt.Errorf("watch %s: %w", pods, err)
	}
	return nil
}

func uidOf(object any) types.UID {
	resource, _ := object.(*unstructured.Unstructured)
	if resource == nil {
		return ""
	}
	return resource.GetUID()
}

// deleted calls a function with the last state of what is not there any more.
func deleted[T any](call func(T)) cache.ResourceEventHandlerFuncs {
	return cache.ResourceEventHandlerFuncs{DeleteFunc: func(object any) {
		if missed, ok := object.(cache.DeletedFinalStateUnknown); ok {
			object = missed.Obj
		}
		if last, ok := object.(T); ok {
			call(last)
		}
	}}
}

// remember keeps a pod that is gone for its owner, if that is there. A pod older than the owner was another's with its name.
// The owner may go at the same time, and forget may be called before add: so it looks again.
func (g *gone) remember(pod *corev1.Pod, owner func() *unstructured.Unstructured) {
	now := owner()
	if now == nil || pod.CreationTimestamp.Time.Before(now.GetCreationTimestamp().Time) {
		return
	}
	g.add(now.GetUID(), pod)
	if uidOf(owner()) != now.GetUID() {
		g.forget(now.GetUID())
	}
}

func (g *gone) add(owner types.UID, pod *corev1.Pod) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.pods == nil {
		g.pods = map[types.UID]map[types.UID]*corev1.Pod{}
	}
	if g.pods[owner] == nil {
		g.pods[owner] = map[types.UID]*corev1.Pod{}
	}
	if len(g.pods[owner]) < maxGone {
		g.pods[owner][pod.UID] = pod
	}
}

func (g *gone) forget(owner types.UID) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	delete(g.pods, owner)
}

// with adds a resource's pods that are gone, and keeps the order.
func (g *gone) with(pods []*corev1.Pod, owner types.UID) []*corev1.Pod {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if len(g.pods[owner]) == 0 {
		return pods
	}
	for _, pod := range g.pods[owner] {
		pods = append(pods, pod)
	}
	slices.SortFunc(pods, func(a, b *corev1.Pod) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.UID, b.UID))
	})
	return pods
}
