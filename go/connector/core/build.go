// Is what a plugin builds what the connector asked for?

package core

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

// build calls the plugin and writes the connector's own marks on the result. Its errors are final.
func build(s served, task plugin.Task) (object *unstructured.Unstructured, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("plugin for task type %q crashed in BuildResource: %v", task.Type, problem)
		}
	}()
	object, err = s.plugin.BuildResource(task)
	if err != nil {
		return nil, err
	}
	if object == nil {
		return nil, errors.New("BuildResource returned no object and no error")
	}
	wrong := func(field, got, want string) error {
		return fmt.Errorf("BuildResource for task type %q set %s %q; it must be %q", task.Type, field, got, want)
	}
	switch {
	case object.GroupVersionKind() != s.resource.GroupVersionKind:
		return nil, wrong("kind", object.GroupVersionKind().String(), s.resource.GroupVersionKind.String())
	case object.GetName() != task.Name:
		return nil, wrong("metadata.name", object.GetName(), task.Name)
	case object.GetNamespace() != task.Namespace:
		return nil, wrong("metadata.namespace", object.GetNamespace(), task.Namespace)
	}
	object.SetLabels(with(object.GetLabels(), ManagedLabel, "true"))
	object.SetAnnotations(with(object.GetAnnotations(), OutputPrefixAnnotation, task.OutputPrefix))
	return object, nil
}

func with(values map[string]string, key, value string) map[string]string {
	if values == nil {
		values = map[string]string{}
	}
	values[key] = value
	return values
}
