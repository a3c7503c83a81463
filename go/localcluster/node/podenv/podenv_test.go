package podenv

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestExpand(t *testing.T) {
	values := map[string]string{"A": "one", "B_2": "two", "EMPTY": ""}
	for text, want := range map[string]string{
		"$(A)": "one", "x$(A)$(B_2)y": "xonetwoy", "$(EMPTY)": "", "$(MISSING)": "$(MISSING)", "$$(A)": "$(A)",
		"$$$(A)": "$one", "$A": "$A", "$": "$", "$(A": "$(A", "100$": "100$", "": "", "$()": "$()", "a)$(A)": "a)one",
	} {
		if got := Expand(text, values); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func examplePod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "ns", UID: "u", Labels: map[string]string{"b": "2", "a": "1"},
			Annotations: map[string]string{"example.com/x": "noted"}},
		Spec: corev1.PodSpec{NodeName: "n", ServiceAccountName: "sa", Containers: []corev1.Container{{
			Name: "main", Resources: corev1.ResourceRequirements{
				Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1500Mi")},
				Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1500m")}}}}},
		Status: corev1.PodStatus{PodIP: "127.0.10.1", HostIP: "127.0.0.1"},
	}
}

func TestField(t *testing.T) {
	for path, want := range map[string]string{
		"metadata.name": "p", "metadata.namespace": "ns", "metadata.uid": "u", "spec.nodeName": "n",
		"spec.serviceAccountName": "sa", "status.podIP": "127.0.10.1", "status.hostIP": "127.0.0.1",
		"metadata.labels['a']": "1", "metadata.labels['none']": "", "metadata.annotations['example.com/x']": "noted",
		"metadata.labels": "a=\"1\"\nb=\"2\"",
	} {
		if got, err := Field(examplePod(), path); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", path, got, err, want)
		}
	}
	if _, err := Field(examplePod(), "spec.hostname"); err == nil || !strings.Contains(err.Error(), "spec.hostname") {
		t.Errorf("error %v", err)
	}
}

func TestResource(t *testing.T) {
	capacity := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("8")}
	cases := map[string]struct{ resource, divisor, want string }{
		"bytes":                                {"limits.memory", "0", "1572864000"},
		"mebibytes":                            {"limits.memory", "1Mi", "1500"},
		"rounded up":                           {"limits.memory", "1Gi", "2"},
		"whole CPUs, rounded up":               {"requests.cpu", "0", "2"},
		"thousandths of a CPU":                 {"requests.cpu", "1m", "1500"},
		"without a limit it is the whole node": {"limits.cpu", "1", "8"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			ref := &corev1.ResourceFieldSelector{Resource: c.resource, Divisor: resource.MustParse(c.divisor)}
			if got, err := Resource(examplePod(), "main", ref, capacity); err != nil || got != c.want {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
		})
	}
}

// objects is a Source with one ConfigMap and one Secret.
type objects struct{}

func (objects) ConfigMap(_ context.Context, _, name string) (*corev1.ConfigMap, error) {
	if name != "config" {
		return nil, errors.NewNotFound(schema.GroupResource{Resource: "configmaps"}, name)
	}
	return &corev1.ConfigMap{Data: map[string]string{"key": "in /data"}}, nil
}

func (objects) Secret(_ context.Context, _, name string) (*corev1.Secret, error) {
	if name != "secret" {
		return nil, errors.NewNotFound(schema.GroupResource{Resource: "secrets"}, name)
	}
	return &corev1.Secret{Data: map[string][]byte{"key": []byte("hidden")}}, nil
}

func build(env []corev1.EnvVar, from ...corev1.EnvFromSource) (map[string]string, error) {
	return Build(context.Background(), Input{
		Pod: examplePod(), Container: &corev1.Container{Name: "main", Env: env, EnvFrom: from},
		Base:    map[string]string{"HOME": "/data/home", "SET": "image"},
		Rewrite: func(text string) string { return strings.ReplaceAll(text, "/data", "/real") },
	}, objects{})
}

func configKey(name, key string, optional bool) *corev1.EnvVarSource {
	return &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key, Optional: &optional}}
}

func TestBuild(t *testing.T) {
	got, err := build([]corev1.EnvVar{
		{Name: "SET", Value: "container"}, {Name: "DIR", Value: "/data/x"}, {Name: "TWO", Value: "$(SET) $(DIR) $(LATER)"},
		{Name: "LATER", Value: "1"}, {Name: "C", ValueFrom: configKey("config", "key", false)},
		{Name: "NO_KEY", ValueFrom: configKey("config", "none", true)}, {Name: "NO_MAP", ValueFrom: configKey("none", "key", true)},
		{Name: "S", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: "secret"}, Key: "key"}}},
		{Name: "IP", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "status.podIP"}}},
	}, corev1.EnvFromSource{Prefix: "P_", SecretRef: &corev1.SecretEnvSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: "secret"}}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"HOME": "/data/home", "SET": "container", "DIR": "/real/x", "TWO": "container /real/x $(LATER)",
		"LATER": "1", "C": "in /real", "S": "hidden", "IP": "127.0.10.1", "P_key": "hidden"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBuildNamesWhatIsMissing(t *testing.T) {
	for name, words := range map[string][]string{"no such map": {"none", "key"}, "no such key": {"config", "none"}} {
		_, err := build([]corev1.EnvVar{{Name: "WANTED", ValueFrom: configKey(words[0], words[1], false)}})
		if err == nil || !strings.Contains(err.Error(), "WANTED") || !strings.Contains(err.Error(), "none") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestCommand(t *testing.T) {
	env := map[string]string{"A": "one"}
	same := func(text string) string { return text }
	cases := map[string]struct{ entrypoint, command, args, want []string }{
		"args follow the image's entrypoint":   {[]string{"run"}, nil, []string{"$(A)"}, []string{"run", "one"}},
		"a command replaces the entrypoint":    {[]string{"run"}, []string{"sh", "-c"}, []string{"x"}, []string{"sh", "-c", "x"}},
		"without either, args are the command": {nil, nil, []string{"ls", "-l"}, []string{"ls", "-l"}},
		"nothing is an error":                  {nil, nil, nil, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Command(c.entrypoint, c.command, c.args, env, same)
			if diff := cmp.Diff(c.want, got); diff != "" || (err != nil) != (c.want == nil) {
				t.Errorf("error %v\n%s", err, diff)
			}
		})
	}
}

func TestLookPath(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"tool": 0o755, "data": 0o644} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	for program, want := range map[string]string{"tool": dir + "/tool", "./tool": dir + "/tool", dir + "/tool": dir + "/tool",
		"data": "", "none": "", "./none": ""} {
		if got, err := LookPath(program, "/nowhere:"+dir, dir); got != want || (err != nil) != (want == "") {
			t.Errorf("%s is %q (%v), want %q", program, got, err, want)
		}
	}
}
