package core

import (
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

// counter is a plugin that counts how often it is asked, and changes what it gets, which it may.
type counter struct {
	double
	asked *int
}

func (c counter) Resource() plugin.Resource {
	result := c.double.Resource()
	result.TaskTypes = []string{"double"}
	return result
}

func (c counter) GetTaskPhase(object *unstructured.Unstructured, pods []corev1.Pod) (plugin.PhaseInfo, error) {
	*c.asked++
	object.SetName("changed")
	for i := range pods {
		pods[i].Name = "changed"
	}
	return plugin.PhaseInfo{Phase: plugin.Running, Info: map[string]any{"asked": *c.asked}}, nil
}

func counted(t *testing.T) (c *Core, asked *int, get func() *Answer) {
	t.Helper()
	c, _ = newCore(t, double{}, seen{})
	raw := create(t, c)
	asked = new(int)
	s := c.byType["double"]
	s.plugin = counter{asked: asked}
	c.byType["double"] = s
	return c, asked, func() *Answer {
		t.Helper()
		answer, err := c.Get(t.Context(), "double", raw)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

func TestThePluginIsAskedOnceAboutTheSame(t *testing.T) {
	c, asked, get := counted(t)
	object, pods := created("u"), []corev1.Pod{{ObjectMeta: metav1.ObjectMeta{Name: "n-0"}}}
	steps := []struct {
		name  string
		cache seen
		asked int
	}{
		{"first", seen{object: object, pods: pods}, 1},
		{"nothing has changed", seen{object: object, pods: pods}, 1},
		{"the resource has changed", seen{object: object.DeepCopy(), pods: pods}, 2},
		{"a pod has changed", seen{object: object, pods: slices.Clone(pods)}, 3},
		{"the pod is gone", seen{object: object}, 4},
		{"nothing has changed since", seen{object: object}, 4},
	}
	for _, step := range steps {
		c.config.Cache = step.cache
		if answer := get(); *asked != step.asked || answer.Info["asked"] != step.asked || answer.Phase != plugin.Running {
			t.Errorf("%s: the plugin was asked %d times, want %d; got %+v", step.name, *asked, step.asked, answer.PhaseInfo)
		}
		if again := get(); again != get() {
			t.Errorf("%s: two answers for one state", step.name)
		}
	}
	if object.GetName() != "n" || pods[0].Name != "n-0" {
		t.Errorf("the plugin has changed the cache: %s, %s", object.GetName(), pods[0].Name)
	}
}

func TestATimeoutEndsWhatIsRemembered(t *testing.T) {
	c, _, get := counted(t)
	object := aged(time.Now(), 0)
	c.config.Cache = seen{object: object}
	if before := get(); before.Phase != plugin.Running {
		t.Fatalf("want it running, got %+v", before.PhaseInfo)
	}
	c.config.Now = func() time.Time { return time.Now().Add(time.Hour) }
	if after := get(); after.Phase != plugin.RetryableFailed {
		t.Errorf("want the timeout, got %+v", after.PhaseInfo)
	}
}

func TestWhatIsGoneIsForgotten(t *testing.T) {
	c, _, get := counted(t)
	c.config.Cache = seen{object: created("u")}
	get()
	size := func() (answers int) {
		c.answers.known.Range(func(any, any) bool { answers++; return true })
		return answers*100 + len(c.recognised.byRaw)*10 + len(c.recognised.raws)
	}
	newSweeper(c).once(t.Context())
	if size() != 111 {
		t.Errorf("want what is there remembered, got %d", size())
	}
	c.config.Cache = seen{}
	newSweeper(c).once(t.Context())
	if size() != 0 {
		t.Errorf("want nothing remembered, got %d", size())
	}
}

func TestOneEntryForOneTaskHoweverItIsWritten(t *testing.T) {
	c, _ := newCore(t, double{info: plugin.PhaseInfo{Phase: plugin.Running}}, seen{object: created("u")})
	raw := create(t, c)
	for spaces := range 100 {
		again := append(slices.Clone(raw[:len(raw)-1]), slices.Repeat([]byte(" "), spaces)...)
		if info, err := c.Get(t.Context(), "double", append(again, '}')); err != nil || info.Phase != plugin.Running {
			t.Fatalf("%d spaces: %+v, %v", spaces, info, err)
		}
	}
	if len(c.recognised.byRaw) != 1 || len(c.recognised.raws) != 1 {
		t.Errorf("want one entry, got %d and %d", len(c.recognised.byRaw), len(c.recognised.raws))
	}
	if _, err := c.Get(t.Context(), "other", raw); err == nil {
		t.Error("want an unknown task type refused, even with bytes that are known")
	}
}

func TestAnAnswerIsTranslatedOnce(t *testing.T) {
	answer, calls := &Answer{PhaseInfo: plugin.PhaseInfo{Reason: "why"}}, 0
	translate := func(info plugin.PhaseInfo) *string { calls++; return &info.Reason }
	if first, second := Translated(answer, translate), Translated(answer, translate); first != second || calls != 1 || *first != "why" {
		t.Errorf("translated %d times, %q", calls, *first)
	}
	if got := Translated(answer, func(plugin.PhaseInfo) int { return 7 }); got != 7 {
		t.Errorf("another form is %d", got)
	}
}
