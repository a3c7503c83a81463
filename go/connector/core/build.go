// Is what a plugin builds what the connector asked for?

package core

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/attempt"
	"example.com/flyteconnector/plugin"
)

// build calls the plugin, asks the policy, and writes the connector's own marks on the result. Its errors are final.
func (c *Core) build(s served, task attempt.Attempt) (*unstructured.Unstructured, error) {
	object, err := built(s, task.Task)
	if err != nil {
		return nil, err
	}
	if c.config.Policy != nil {
		if err := c.config.Policy(object); err != nil {
			return nil, fmt.Errorf("not allowed here: %w", err)
		}
	}
	mark(object, task)
	return object, nil
}

// built calls the plugin, and checks that its answer is the resource that was asked for.
func built(s served, task plugin.Task) (object *unstructured.Unstructured, err error) {
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
	return object, nil
}
