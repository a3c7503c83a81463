package adapter

import (
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
	"example.com/flyteinprocess/adapter/flytetest"
	idl "github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
)

// seen returns the task that a plugin gets.
func seen(t *testing.T, of *flytetest.Task) plugin.Task {
	t.Helper()
	var got plugin.Task
	p := &fake{}
	p.build = func(task plugin.Task) (*unstructured.Unstructured, error) {
		got = task
		return (&fake{}).BuildResource(task)
	}
	if _, err := behind(p).BuildResource(t.Context(), of); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestWhatAPluginGetsOfATask(t *testing.T) {
	of := newTask()
	of.Attempt = 2
	of.Template.Custom, _ = structpb.NewStruct(map[string]any{"completions": 4})
	of.Template.Config = map[string]string{"queue": "nightly"}
	of.Template.Metadata = &idl.TaskMetadata{Timeout: durationpb.New(90 * time.Second)}
	got := seen(t, of)
	want := plugin.Task{
		Type: "sleep", Name: "h1-n0-0", Namespace: "flytesnacks-development", PrimaryContainer: "h1-n0-0",
		Interruptible: true, Attempt: 2, Timeout: 90 * time.Second, OutputPrefix: "s3://bucket/h1/n0/data/0",
	}
	if got.Type != want.Type || got.Name != want.Name || got.Namespace != want.Namespace || got.Attempt != want.Attempt ||
		got.PrimaryContainer != want.PrimaryContainer || !got.Interruptible || got.Timeout != want.Timeout ||
		got.OutputPrefix != want.OutputPrefix {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got.Custom.AsMap()["completions"] != float64(4) || got.Config["queue"] != "nightly" {
		t.Errorf("custom is %v, config is %v", got.Custom, got.Config)
	}
	container := got.Pod.Spec.Containers[0]
	if container.Image != "task:1" || container.TerminationMessagePolicy != corev1.TerminationMessageFallbackToLogsOnError {
		t.Errorf("container is %+v", container)
	}
}

func TestFlytesLabelsAndAnnotationsAreOnThePods(t *testing.T) {
	of := newTask()
	wanted := &idl.K8SObjectMetadata{Labels: map[string]string{"team": "rain", "node-id": "mine"}}
	of.Template.Metadata = &idl.TaskMetadata{Metadata: wanted}
	pod := seen(t, of).Pod
	for key, want := range map[string]string{"execution-id": "h1", "node-id": "n0", "team": "rain"} {
		if pod.Labels[key] != want {
			t.Errorf("label %s is %q, want %q", key, pod.Labels[key], want)
		}
	}
	for key, want := range map[string]string{
		"flyte.secrets/s0":                               "ref",
		plugin.DefaultContainer:                          "h1-n0-0",
		"cluster-autoscaler.kubernetes.io/safe-to-evict": "false", // plugins.k8s.default-annotations
	} {
		if pod.Annotations[key] != want {
			t.Errorf("annotation %s is %q, want %q", key, pod.Annotations[key], want)
		}
	}
}

func TestTheNameIsTheOneThatTheManagerWillSet(t *testing.T) {
	of := newTask()
	of.Name = "h1-N0-0" // FlytePropeller changes such a name on its way to Kubernetes
	if got := seen(t, of).Name; got == "h1-N0-0" || strings.ToLower(got) != got {
		t.Errorf("the plugin sees %q, and the resource will be called otherwise", got)
	}
}

func TestBuildResourceErrors(t *testing.T) {
	answer := func(object *unstructured.Unstructured, err error) *fake {
		return &fake{build: func(plugin.Task) (*unstructured.Unstructured, error) { return object, err }}
	}
	renamed := &fake{build: func(task plugin.Task) (*unstructured.Unstructured, error) {
		task.Name = "mine"
		return (&fake{}).BuildResource(task)
	}}
	cases := map[string]struct {
		plugin *fake
		want   string
	}{
		"the plugin's own words arrive as they are": {answer(nil, errors.New("completions = -1")), "completions = -1"},
		"neither object nor error":                  {answer(nil, nil), "returned no object and no error"},
		"another kind":                              {answer(empty(gvk("batch", "CronJob")), nil), `set kind "batch/v1, Kind=CronJob"`},
		"a name of its own":                         {renamed, `set metadata.name "mine"; it must be "h1-n0-0"`},
		"a panic is no Go stack": {
			&fake{build: func(plugin.Task) (*unstructured.Unstructured, error) { panic("no such field") }},
			`plugin for task type "sleep" crashed in BuildResource: no such field`,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := behind(c.plugin).BuildResource(t.Context(), newTask())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant one with %q", err, c.want)
			}
		})
	}
}

func TestThePluginsErrorIsNotWrapped(t *testing.T) {
	own := errors.New("completions = -1: must be between 1 and 10000")
	p := &fake{build: func(plugin.Task) (*unstructured.Unstructured, error) { return nil, own }}
	if _, err := behind(p).BuildResource(t.Context(), newTask()); err != own {
		t.Errorf("got %v", err)
	}
}

// The client copies what it creates, and the copy panics on an int.
func TestGoNumbersDoNotCrashTheCopy(t *testing.T) {
	p := &fake{build: func(task plugin.Task) (*unstructured.Unstructured, error) {
		object, err := (&fake{}).BuildResource(task)
		object.Object["spec"] = map[string]any{"parallelism": 4, "share": float32(0.5), "hosts": []string{"a"}}
		return object, err
	}}
	e := start(t, behind(p))
	if got, _, err := unstructured.NestedInt64(e.cluster.object.Object, "spec", "parallelism"); got != 4 || err != nil {
		t.Errorf("parallelism is %v, error %v", got, err)
	}
}

func TestAValueWithoutJSONIsAnError(t *testing.T) {
	p := &fake{build: func(task plugin.Task) (*unstructured.Unstructured, error) {
		object, err := (&fake{}).BuildResource(task)
		object.Object["spec"] = map[string]any{"f": func() {}}
		return object, err
	}}
	if _, err := behind(p).BuildResource(t.Context(), newTask()); err == nil || !strings.Contains(err.Error(), "no JSON form") {
		t.Errorf("error %v", err)
	}
}
