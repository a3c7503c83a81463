// Which pods belong to a resource?

package watch

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"

	"example.com/flyteconnector/plugin"
)

// PodsResource is the kind of pods.
var PodsResource = corev1.SchemeGroupVersion.WithResource("pods")

// ownerIndex finds pods by "<namespace>/<name of the resource>".
const ownerIndex = "owner"

func byLabel(label string) cache.IndexFunc {
	return func(object any) ([]string, error) {
		pod, ok := object.(*corev1.Pod)
		if !ok {
			return nil, fmt.Errorf("index pods by label %s: got a %T", label, object)
		}
		return []string{pod.Namespace + "/" + pod.Labels[label]}, nil
	}
}

// toPod converts a pod once, when it arrives, and not with every GetTask.
func (w *Watcher) toPod(object any) (any, error) {
	var pod *corev1.Pod
	switch came := object.(type) {
	case *unstructured.Unstructured:
		pod = new(corev1.Pod)
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(came.Object, pod); err != nil {
			return nil, fmt.Errorf("read pod %s/%s: %w", came.GetNamespace(), came.GetName(), err)
		}
	case *corev1.Pod:
		if pod = came; pod.ManagedFields == nil {
			return pod, nil // it has been here before, see toResource
		}
	default:
		return object, nil // a tombstone
	}
	result := plugin.Forget(pod)
	w.texts.pod(result)
	return result, nil
}

func sortedPods(indexer cache.Indexer, owner string) []*corev1.Pod {
	objects, err := indexer.ByIndex(ownerIndex, owner)
	if err != nil {
		return nil
	}
	result := make([]*corev1.Pod, 0, len(objects))
	for _, object := range objects {
		if pod, ok := object.(*corev1.Pod); ok {
			result = append(result, pod)
		}
	}
	slices.SortFunc(result, func(a, b *corev1.Pod) int { return cmp.Compare(a.Name, b.Name) })
	return result
}

// Pods returns the copies of a resource's pods, by name, with those that the cluster took away (see gone); plugin.Forget
// says what is left of each. They belong to the cache: do not change them. A pod that has changed is another one.
func (w *Watcher) Pods(resource plugin.Resource, namespace, name string) []*corev1.Pod {
	if resource.PodLabel == "" {
		return nil
	}
	informer := w.find(key{PodsResource, namespace, resource.PodLabel, ""})
	if informer == nil {
		return nil
	}
	pods := sortedPods(informer.GetIndexer(), namespace+"/"+name)
	if owner := w.Resource(resource, namespace, name); owner != nil {
		return w.gone.with(pods, owner.GetUID())
	}
	return pods
}
