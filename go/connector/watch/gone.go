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
	pods  map[string]map[types.UID]*corev1.Pod // by "<namespace>/<name of the resource>"
}

// followPods adds the watch of a resource's pods. Kinds may share one, if their operators use the same label.
func (w *Watcher) followPods(resource plugin.Resource, own, pods key) error {
	if err := w.add(pods, cache.Indexers{ownerIndex: byLabel(resource.PodLabel)}, w.toPod); err != nil {
		return err
	}
	_, err := w.informers[pods].AddEventHandler(deleted(func(pod *corev1.Pod) {
		owner := pod.Namespace + "/" + pod.Labels[resource.PodLabel]
		if _, there, err := w.informers[own].GetStore().GetByKey(owner); there && err == nil && plugin.Disruption(pod) != "" {
			w.gone.add(owner, pod)
		}
	}))
	if err == nil {
		_, err = w.informers[own].AddEventHandler(deleted(func(resource *unstructured.Unstructured) {
			w.gone.forget(resource.GetNamespace() + "/" + resource.GetName())
		}))
	}
	if err != nil {
		return fmt.Errorf("watch %s: %w", pods, err)
	}
	return nil
}

// deleted calls a function with the last state of what is not there any more.
func deleted[T any](call func(T)) cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{DeleteFunc: func(object any) {
		if missed, ok := object.(cache.DeletedFinalStateUnknown); ok {
			object = missed.Obj
		}
		if last, ok := object.(T); ok {
			call(last)
		}
	}}
}

func (g *gone) add(owner string, pod *corev1.Pod) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.pods == nil {
		g.pods = map[string]map[types.UID]*corev1.Pod{}
	}
	if g.pods[owner] == nil {
		g.pods[owner] = map[types.UID]*corev1.Pod{}
	}
	if len(g.pods[owner]) < maxGone {
		g.pods[owner][pod.UID] = pod
	}
}

func (g *gone) forget(owner string) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	delete(g.pods, owner)
}

// with adds a resource's pods that are gone, and keeps the order.
func (g *gone) with(pods []*corev1.Pod, owner string) []*corev1.Pod {
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
