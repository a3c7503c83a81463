package volumes

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// objects is a Source with one ConfigMap and one Secret; a token says what was asked for.
type objects struct{}

func (objects) ConfigMap(_ context.Context, _, name string) (*corev1.ConfigMap, error) {
	if name != "config" {
		return nil, errors.NewNotFound(schema.GroupResource{Resource: "configmaps"}, name)
	}
	return &corev1.ConfigMap{Data: map[string]string{"a": "A", "b": "B"}, BinaryData: map[string][]byte{"c": {0}}}, nil
}

func (objects) Secret(context.Context, string, string) (*corev1.Secret, error) {
	return &corev1.Secret{Data: map[string][]byte{"key": []byte("hidden")}}, nil
}

func (objects) Token(_ context.Context, pod *corev1.Pod, audience string, seconds int64) (string, error) {
	return fmt.Sprintf("%s for %s, %d s", pod.Spec.ServiceAccountName, audience, seconds), nil
}

var yes, private = true, int32(0o400)

func keys(pairs ...string) []corev1.KeyToPath {
	var items []corev1.KeyToPath
	for i := 0; i < len(pairs); i += 2 {
		items = append(items, corev1.KeyToPath{Key: pairs[i], Path: pairs[i+1]})
	}
	return items
}

func config(name string, items []corev1.KeyToPath, optional *bool) corev1.VolumeSource {
	return corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: name}, Items: items, Optional: optional}}
}

func build(source corev1.VolumeSource) (Files, error) {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", Labels: map[string]string{"l": "1"}},
		Spec: corev1.PodSpec{ServiceAccountName: "sa"}}
	return Builder{Pod: pod, Source: objects{}}.Build(context.Background(), corev1.Volume{Name: "vol", VolumeSource: source})
}

func TestBuild(t *testing.T) {
	name := corev1.DownwardAPIVolumeFile{Path: "name", FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}
	cases := map[string]struct {
		source corev1.VolumeSource
		want   Files
	}{
		"an emptyDir is empty": {corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}, Files{}},
		"a whole configMap": {config("config", nil, nil), Files{"a": {[]byte("A"), 0o644, true},
			"b": {[]byte("B"), 0o644, true}, "c": {[]byte{0}, 0o644, false}}},
		"items of a configMap":           {config("config", keys("a", "x/y"), nil), Files{"x/y": {[]byte("A"), 0o644, true}}},
		"a configMap that may be absent": {config("none", nil, &yes), Files{}},
		"a key that may be absent":       {config("config", keys("none", "x"), &yes), Files{}},
		"a secret with its mode": {corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "s", DefaultMode: &private}},
			Files{"key": {[]byte("hidden"), 0o400, false}}},
		"fields": {corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: []corev1.DownwardAPIVolumeFile{name}}},
			Files{"name": {[]byte("p"), 0o644, false}}},
		"all in one": {corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
			{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token", Audience: "you"}},
			{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "config"}, Items: keys("b", "b")}},
			{DownwardAPI: &corev1.DownwardAPIProjection{Items: []corev1.DownwardAPIVolumeFile{name}}}}}},
			Files{"token": {[]byte("sa for you, 3600 s"), 0o600, false}, "b": {[]byte("B"), 0o644, true}, "name": {[]byte("p"), 0o644, false}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := build(c.source)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBuildNamesWhatIsWrong(t *testing.T) {
	cases := map[string]struct {
		source corev1.VolumeSource
		word   string
	}{
		"no such configMap":     {config("none", nil, nil), `"none"`},
		"no such key":           {config("config", keys("zzz", "x"), nil), "zzz"},
		"a path that leaves":    {config("config", keys("a", "../x"), nil), "leaves"},
		"a kind that is absent": {corev1.VolumeSource{NFS: &corev1.NFSVolumeSource{}}, "only emptyDir"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := build(c.source)
			if err == nil || !strings.Contains(err.Error(), c.word) || !strings.Contains(err.Error(), `"vol"`) {
				t.Errorf("error %v, want one with the volume's name and %q", err, c.word)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "vol")
	files := Files{"x/y": {[]byte("text"), 0o400, true}, "z": {[]byte("text"), 0o644, false}}
	for range 2 { // a restart writes it again
		if err := Write(dir, files, strings.ToUpper); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{"x/y": "TEXT", "z": "text"} {
		data, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil || string(data) != want {
			t.Errorf("%s holds %q (%v), want %q", path, data, err, want)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "x/y")); err != nil || info.Mode().Perm() != 0o400 {
		t.Errorf("mode of x/y: %v (%v)", info, err)
	}
}
