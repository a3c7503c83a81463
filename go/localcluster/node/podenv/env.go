// Package podenv answers: which environment, which command does a container have?
package podenv

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
)

// Source reads the objects that env refers to.
type Source interface {
	ConfigMap(ctx context.Context, namespace, name string) (*corev1.ConfigMap, error)
	Secret(ctx context.Context, namespace, name string) (*corev1.Secret, error)
}

// Input is what the environment of one container is made from.
type Input struct {
	Pod       *corev1.Pod // with its address in status.podIP
	Container *corev1.Container
	Base      map[string]string // from the image and the node; the container's own wins
	Capacity  corev1.ResourceList
	Rewrite   func(string) string // puts real folders in place of mounted ones, in the container's own values
}

// Build returns the environment. An object or key that is missing and not optional is an error that names it.
func Build(ctx context.Context, in Input, source Source) (map[string]string, error) {
	env := map[string]string{}
	for name, value := range in.Base {
		env[name] = value
	}
	for _, from := range in.Container.EnvFrom {
		values, err := fromObject(ctx, in.Pod.Namespace, from, source)
		if err != nil {
			return nil, err
		}
		for name, value := range values {
			env[from.Prefix+name] = in.Rewrite(value)
		}
	}
	for _, variable := range in.Container.Env {
		value, present, err := valueOf(ctx, in, variable, env, source)
		if err != nil {
			return nil, fmt.Errorf("env %s: %w", variable.Name, err)
		}
		if present {
			env[variable.Name] = in.Rewrite(value)
		}
	}
	return env, nil
}

func fromObject(ctx context.Context, namespace string, from corev1.EnvFromSource, source Source) (map[string]string, error) {
	values := map[string]string{}
	if ref := from.ConfigMapRef; ref != nil {
		object, err := source.ConfigMap(ctx, namespace, ref.Name)
		if absent(err, ref.Optional) {
			return values, nil
		}
		if err != nil {
			return nil, fmt.Errorf("envFrom configMap %q: %w", ref.Name, err)
		}
		return object.Data, nil
	}
	if ref := from.SecretRef; ref != nil {
		object, err := source.Secret(ctx, namespace, ref.Name)
		if absent(err, ref.Optional) {
			return values, nil
		}
		if err != nil {
			return nil, fmt.Errorf("envFrom secret %q: %w", ref.Name, err)
		}
		for name, value := range object.Data {
			values[name] = string(value)
		}
	}
	return values, nil
}

func valueOf(
	ctx context.Context, in Input, variable corev1.EnvVar, env map[string]string, source Source,
) (value string, present bool, err error) {
	from := variable.ValueFrom
	switch {
	case from == nil:
		return Expand(variable.Value, env), true, nil
	case from.FieldRef != nil:
		value, err := Field(in.Pod, from.FieldRef.FieldPath)
		return value, true, err
	case from.ResourceFieldRef != nil:
		value, err := Resource(in.Pod, in.Container.Name, from.ResourceFieldRef, in.Capacity)
		return value, true, err
	case from.ConfigMapKeyRef != nil:
		ref := from.ConfigMapKeyRef
		object, err := source.ConfigMap(ctx, in.Pod.Namespace, ref.Name)
		if err != nil {
			return "", false, missing("configMap", ref.Name, err, ref.Optional)
		}
		value, ok := object.Data[ref.Key]
		return value, ok, missingKey("configMap", ref.Name, ref.Key, ok, ref.Optional)
	case from.SecretKeyRef != nil:
		ref := from.SecretKeyRef
		object, err := source.Secret(ctx, in.Pod.Namespace, ref.Name)
		if err != nil {
			return "", false, missing("secret", ref.Name, err, ref.Optional)
		}
		value, ok := object.Data[ref.Key]
		return string(value), ok, missingKey("secret", ref.Name, ref.Key, ok, ref.Optional)
	}
	return "", false, fmt.Errorf("this kind of valueFrom is not supported")
}

func absent(err error, optional *bool) bool {
	return errors.IsNotFound(err) && optional != nil && *optional
}

func missing(kind, name string, err error, optional *bool) error {
	if absent(err, optional) {
		return nil
	}
	return fmt.Errorf("%s %q: %w", kind, name, err)
}

func missingKey(kind, name, key string, found bool, optional *bool) error {
	if found || (optional != nil && *optional) {
		return nil
	}
	return fmt.Errorf("couldn't find key %s in %s %q", key, kind, name)
}
