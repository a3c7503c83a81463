// Which resources are there?

package watch

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/cache"

	"example.com/flyteconnector/plugin"
)

// LineageLabel is equal for the attempts of one task; see core.LineageLabel.
const LineageLabel = "flyteconnector.example.com/lineage"

// lineageIndex finds resources by "<namespace>/<value of LineageLabel>".
const lineageIndex = "lineage"

func byLineage(object any) ([]string, error) {
	resource, ok := object.(*unstructured.Unstructured)
	if !ok {
		return nil, fmt.Errorf("index resources by label %s: got a %T", LineageLabel, object)
	}
	lineage := resource.GetLabels()[LineageLabel]
	if lineage == "" {
		return nil, nil
	}
	return []string{resource.GetNamespace() + "/" + lineage}, nil
}

// All returns every copy of the kind. They belong to the cache: do not change them.
func (w *Watcher) All(resource plugin.Resource) []*unstructured.Unstructured {
	var result []*unstructured.Unstructured
	for _, namespace := range w.config.Namespaces {
		if informer := w.find(key{PluralOf(resource), namespace, w.config.Selector, ""}); informer != nil {
			result = append(result, resources(informer.GetStore().List())...)
		}
	}
	return result
}

// Lineage returns the copies in a namespace that carry LineageLabel with the value. They belong to the cache.
func (w *Watcher) Lineage(resource plugin.Resource, namespace, lineage string) []*unstructured.Unstructured {
	informer := w.find(key{PluralOf(resource), namespace, w.config.Selector, ""})
	if informer == nil {
		return nil
	}
	return indexed(informer, lineageIndex, namespace+"/"+lineage)
}

func indexed(informer cache.SharedIndexInformer, index, value string) []*unstructured.Unstructured {
	objects, err := informer.GetIndexer().ByIndex(index, value)
	if err != nil {
		return nil
	}
	return resources(objects)
}

func resources(objects []any) []*unstructured.Unstructured {
	result := make([]*unstructured.Unstructured, 0, len(objects))
	for _, object := range objects {
		if resource, ok := object.(*unstructured.Unstructured); ok {
			result = append(result, resource)
		}
	}
	return result
}
