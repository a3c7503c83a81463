// Package volumes answers: which files does a volume hold? It makes the files of configMap, secret, projected and
// downwardAPI volumes; an emptyDir has none, and other kinds do not exist on this node.
package volumes

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"

	"example.com/localcluster/node/podenv"
)

// Source reads what volumes are made from.
type Source interface {
	podenv.Source
	// Token returns a token of the pod's service account that dies with the pod.
	Token(ctx context.Context, pod *corev1.Pod, audience string, seconds int64) (string, error)
}

// File is one file of a volume.
type File struct {
	Data []byte
	Mode int32 // permission bits
	// Config: the text comes from a ConfigMap, so that mounted paths in it have to be rewritten.
	Config bool
}

// Files maps slash-separated paths below the volume to files.
type Files map[string]File

// Builder makes the files of one pod's volumes.
type Builder struct {
	Pod      *corev1.Pod
	Source   Source
	Capacity corev1.ResourceList
}

// Build returns the files of a volume. Missing objects and keys that are not optional are errors that name them.
func (b Builder) Build(ctx context.Context, volume corev1.Volume) (Files, error) {
	files, err := b.build(ctx, volume.VolumeSource)
	if err != nil {
		return nil, fmt.Errorf("volume %q: %w", volume.Name, err)
	}
	for path := range files {
		if !filepath.IsLocal(path) {
			return nil, fmt.Errorf("volume %q: path %q leaves the volume", volume.Name, path)
		}
	}
	return files, nil
}

func (b Builder) build(ctx context.Context, v corev1.VolumeSource) (Files, error) {
	switch {
	case v.EmptyDir != nil:
		return Files{}, nil
	case v.ConfigMap != nil:
		return b.configMap(ctx, v.ConfigMap.Name, v.ConfigMap.Items, v.ConfigMap.Optional, mode(v.ConfigMap.DefaultMode))
	case v.Secret != nil:
		return b.secret(ctx, v.Secret.SecretName, v.Secret.Items, v.Secret.Optional, mode(v.Secret.DefaultMode))
	case v.DownwardAPI != nil:
		return b.downward(v.DownwardAPI.Items, mode(v.DownwardAPI.DefaultMode))
	case v.Projected != nil:
		return b.projected(ctx, v.Projected)
	}
	return nil, fmt.Errorf("only emptyDir, configMap, secret, projected and downwardAPI volumes exist on this node")
}

func (b Builder) projected(ctx context.Context, v *corev1.ProjectedVolumeSource) (Files, error) {
	all := Files{}
	for _, source := range v.Sources {
		files, err := b.projection(ctx, source, mode(v.DefaultMode))
		if err != nil {
			return nil, err
		}
		for path, file := range files {
			all[path] = file
		}
	}
	return all, nil
}

func (b Builder) projection(ctx context.Context, s corev1.VolumeProjection, mode int32) (Files, error) {
	switch {
	case s.ConfigMap != nil:
		return b.configMap(ctx, s.ConfigMap.Name, s.ConfigMap.Items, s.ConfigMap.Optional, mode)
	case s.Secret != nil:
		return b.secret(ctx, s.Secret.Name, s.Secret.Items, s.Secret.Optional, mode)
	case s.DownwardAPI != nil:
		return b.downward(s.DownwardAPI.Items, mode)
	case s.ServiceAccountToken != nil:
		seconds := int64(3600)
		if s.ServiceAccountToken.ExpirationSeconds != nil {
			seconds = *s.ServiceAccountToken.ExpirationSeconds
		}
		token, err := b.Source.Token(ctx, b.Pod, s.ServiceAccountToken.Audience, seconds)
		if err != nil {
			return nil, fmt.Errorf("token of service account %q: %w", b.Pod.Spec.ServiceAccountName, err)
		}
		return Files{s.ServiceAccountToken.Path: {Data: []byte(token), Mode: 0o600}}, nil
	}
	return nil, fmt.Errorf("only configMap, secret, downwardAPI and serviceAccountToken can be projected on this node")
}

func (b Builder) configMap(
	ctx context.Context, name string, items []corev1.KeyToPath, optional *bool, mode int32,
) (Files, error) {
	object, err := b.Source.ConfigMap(ctx, b.Pod.Namespace, name)
	if err != nil {
		return absent("configMap", name, err, optional)
	}
	files := Files{}
	for key, text := range object.Data {
		files[key] = File{Data: []byte(text), Mode: mode, Config: true}
	}
	for key, data := range object.BinaryData {
		files[key] = File{Data: data, Mode: mode}
	}
	return pick(files, items, optional, "configMap "+name)
}

func (b Builder) secret(
	ctx context.Context, name string, items []corev1.KeyToPath, optional *bool, mode int32,
) (Files, error) {
	object, err := b.Source.Secret(ctx, b.Pod.Namespace, name)
	if err != nil {
		return absent("secret", name, err, optional)
	}
	files := Files{}
	for key, data := range object.Data {
		files[key] = File{Data: data, Mode: mode}
	}
	return pick(files, items, optional, "secret "+name)
}

func (b Builder) downward(items []corev1.DownwardAPIVolumeFile, mode int32) (Files, error) {
	files := Files{}
	for _, item := range items {
		value, err := b.downwardValue(item)
		if err != nil {
			return nil, err
		}
		file := File{Data: []byte(value), Mode: mode}
		if item.Mode != nil {
			file.Mode = *item.Mode
		}
		files[item.Path] = file
	}
	return files, nil
}

func (b Builder) downwardValue(item corev1.DownwardAPIVolumeFile) (string, error) {
	switch {
	case item.FieldRef != nil:
		return podenv.Field(b.Pod, item.FieldRef.FieldPath)
	case item.ResourceFieldRef != nil:
		return podenv.Resource(b.Pod, "", item.ResourceFieldRef, b.Capacity)
	}
	return "", fmt.Errorf("downwardAPI item %q has neither fieldRef nor resourceFieldRef", item.Path)
}

// pick keeps the named items under their paths; without items, everything stays under its key.
func pick(files Files, items []corev1.KeyToPath, optional *bool, what string) (Files, error) {
	if len(items) == 0 {
		return files, nil
	}
	picked := Files{}
	for _, item := range items {
		file, ok := files[item.Key]
		if !ok && (optional == nil || !*optional) {
			return nil, fmt.Errorf("references non-existent key %q of %s", item.Key, what)
		}
		if !ok {
			continue
		}
		if item.Mode != nil {
			file.Mode = *item.Mode
		}
		picked[strings.TrimPrefix(item.Path, "./")] = file
	}
	return picked, nil
}

func absent(kind, name string, err error, optional *bool) (Files, error) {
	if errors.IsNotFound(err) && optional != nil && *optional {
		return Files{}, nil
	}
	return nil, fmt.Errorf("%s %q: %w", kind, name, err)
}

func mode(m *int32) int32 {
	if m == nil {
		return 0o644
	}
	return *m
}
