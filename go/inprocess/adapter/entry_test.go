package adapter

import (
	"strings"
	"testing"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/k8s"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kinds "k8s.io/apimachinery/pkg/runtime/schema"

	"example.com/flyteconnector/plugin"
)

func gvk(group, kind string) kinds.GroupVersionKind {
	return kinds.GroupVersionKind{Group: group, Version: "v1", Kind: kind}
}

func serves(group, kind string, types ...string) plugin.Plugin {
	return &fake{resource: plugin.Resource{GroupVersionKind: gvk(group, kind), TaskTypes: types}}
}

func made(plugins ...plugin.Plugin) Make { return func(Settings) []plugin.Plugin { return plugins } }

func TestOneEntryServesSeveralTypesOfOneKind(t *testing.T) {
	entry, err := newEntry("jobs", made(serves("batch", "Job", "a", "b"), serves("batch", "Job", "c")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if entry.ID != "jobs" || strings.Join(entry.RegisteredTaskTypes, " ") != "a b c" {
		t.Errorf("entry is %+v", entry)
	}
	watched, ok := entry.ResourceToWatch.(*unstructured.Unstructured)
	if !ok || watched.GroupVersionKind() != gvk("batch", "Job") {
		t.Errorf("it watches %#v", entry.ResourceToWatch)
	}
}

func TestRefusedEntries(t *testing.T) {
	jobs := k8s.PluginEntry{ID: "jobs", ResourceToWatch: empty(gvk("batch", "Job"))}
	typed := k8s.PluginEntry{ID: "flyte's own", ResourceToWatch: &batchv1.Job{}}
	cases := map[string]struct {
		id     string
		make   Make
		others []k8s.PluginEntry
		want   string
	}{
		"no id":                      {"", made(serves("batch", "Job", "a")), nil, "the id is empty"},
		"no plugin":                  {"x", made(), nil, "there is no plugin in it"},
		"two kinds":                  {"x", made(serves("batch", "Job", "a"), serves("b.com", "Widget", "b")), nil, "two calls and two ids"},
		"one type twice":             {"x", made(serves("batch", "Job", "a"), serves("batch", "Job", "a")), nil, `serve task type "a"`},
		"a plugin without Resource":  {"x", made(plugin.Unimplemented{}), nil, "names no kind"},
		"no task type":               {"x", made(serves("batch", "Job")), nil, "names no task type"},
		"the kind has an entry":      {"x", made(serves("batch", "Job", "a")), []k8s.PluginEntry{jobs}, `plugin "jobs" watches batch/v1, Kind=Job already`},
		"the Kind of another group":  {"x", made(serves("b.com", "Job", "a")), []k8s.PluginEntry{typed, jobs}, "whatever its group"},
		"a typed entry is no hurdle": {"x", made(serves("batch", "Job", "a")), []k8s.PluginEntry{typed}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := newEntry(c.id, c.make, c.others)
			if c.want == "" && err == nil {
				return
			}
			if err == nil || c.want == "" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant one with %q", err, c.want)
			}
		})
	}
}

func TestEachTypeHasItsOwnPlugin(t *testing.T) {
	says := func(name, word string) *fake {
		p := serves("batch", "Job", name).(*fake)
		p.phase = func(*unstructured.Unstructured, []corev1.Pod) (plugin.PhaseInfo, error) {
			return plugin.PhaseInfo{Phase: plugin.Running, Reason: word}, nil
		}
		return p
	}
	e := start(t, behind(says("other", "from other"), says("sleep", "from sleep")))
	e.round()
	if e.admin.last() != "from sleep" {
		t.Errorf("the user reads %q", e.admin.last())
	}
	e.task.Template.Type = "nobody"
	e.round()
	if e.failed > 0 || !strings.Contains(e.admin.last(), `none for task type "nobody"`) {
		t.Errorf("%d failed rounds; the user reads %q", e.failed, e.admin.last())
	}
}
