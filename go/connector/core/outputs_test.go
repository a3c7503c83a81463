package core

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

// folder is an object store whose answer a test sets.
type folder struct {
	verdict  Verdict
	err      error
	prefix   string
	declared bool
	reads    int
}

func (f *folder) Verdict(_ context.Context, prefix string, declared bool) (Verdict, error) {
	f.prefix, f.declared = prefix, declared
	f.reads++
	return f.verdict, f.err
}

// ended is the task's resource, which promises outputs.
func ended() *unstructured.Unstructured {
	o := created("u")
	o.SetAnnotations(map[string]string{OutputPrefixAnnotation: task.OutputPrefix, OutputsAnnotation: "true"})
	return o
}

func TestTheTasksOwnReportDecides(t *testing.T) {
	report := Verdict{Failure: "USER:ValueError: negative x"}
	again := Verdict{Failure: "USER:ValueError: negative x", Retryable: true}
	missing := Verdict{Missing: "left no outputs: there is no outputs.pb"}
	refused := errors.New("403 Forbidden")
	for name, c := range map[string]struct {
		plugin plugin.Phase
		store  folder
		want   plugin.Phase
		reason string
	}{
		"a success that all agree on":                     {plugin.Succeeded, folder{}, plugin.Succeeded, "exit code 1"},
		"a success with a report":                         {plugin.Succeeded, folder{verdict: report}, plugin.Failed, "USER:ValueError: negative x"},
		"a success with a report that asks for another":   {plugin.Succeeded, folder{verdict: again}, plugin.RetryableFailed, "USER:ValueError: negative x"},
		"a success without its outputs":                   {plugin.Succeeded, folder{verdict: missing}, plugin.RetryableFailed, "the task has succeeded, but left no outputs"},
		"a success, and a store that refuses":             {plugin.Succeeded, folder{err: refused}, plugin.Running, "403 Forbidden"},
		"a failure with a report":                         {plugin.RetryableFailed, folder{verdict: report}, plugin.Failed, "USER:ValueError: negative x"},
		"a failure without a report":                      {plugin.RetryableFailed, folder{}, plugin.RetryableFailed, "exit code 1"},
		"a failure, and a store that refuses":             {plugin.Failed, folder{err: refused}, plugin.Failed, "exit code 1"},
		"a task that runs is not asked about":             {plugin.Running, folder{verdict: report}, plugin.Running, "exit code 1"},
		"a task whose state is not known is asked later":  {plugin.Unknown, folder{verdict: report}, plugin.Running, "no phase"},
		"a task that the plugin wants retried with words": {plugin.RetryableFailed, folder{verdict: again}, plugin.RetryableFailed, "USER:ValueError"},
	} {
		engine, _ := newCore(t, double{info: plugin.PhaseInfo{Phase: c.plugin, Reason: "exit code 1"}}, seen{object: ended()})
		engine.config.Outputs = &c.store
		raw := create(t, engine)
		for range 3 {
			info, err := engine.Get(t.Context(), "double", raw)
			if err != nil || info.Phase != c.want || !strings.Contains(info.Reason, c.reason) {
				t.Errorf("%s: want %s with %q, got %+v, %v", name, c.want, c.reason, info, err)
			}
		}
		if c.want.Terminal() && c.store.reads != 1 {
			t.Errorf("%s: want one look at the store for three calls, got %d", name, c.store.reads)
		}
		if c.store.reads > 0 && (c.store.prefix != task.OutputPrefix || c.store.declared != (c.plugin == plugin.Succeeded)) {
			t.Errorf("%s: asked about %q, declared %v", name, c.store.prefix, c.store.declared)
		}
	}
}

func TestATaskWithoutOutputsOwesNone(t *testing.T) {
	store := &folder{}
	engine, _ := newCore(t, double{info: plugin.PhaseInfo{Phase: plugin.Succeeded}}, seen{object: created("u")})
	engine.config.Outputs = store
	if info, err := engine.Get(t.Context(), "double", create(t, engine)); err != nil || info.Phase != plugin.Succeeded || store.declared {
		t.Errorf("want SUCCEEDED without a look for outputs, got %+v, %v, %+v", info, err, store)
	}
}

func TestAStoreThatDoesNotAnswerIsWaitedForButNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &folder{err: errors.New("connection refused")}
		engine, _ := newCore(t, double{info: plugin.PhaseInfo{Phase: plugin.Succeeded}}, seen{object: ended()})
		engine.config.Outputs = store
		raw := create(t, engine)
		get := func() plugin.PhaseInfo {
			info, err := engine.Get(t.Context(), "double", raw)
			if err != nil || !strings.Contains(info.Reason, "connection refused") {
				t.Errorf("want the store's words and no error, got %+v, %v", info, err)
			}
			return info.PhaseInfo
		}
		for range 10 {
			if info := get(); info.Phase != plugin.Running {
				t.Errorf("want RUNNING, got %+v", info)
			}
			time.Sleep(30 * time.Second)
		}
		time.Sleep(time.Second)
		if info := get(); info.Phase != plugin.RetryableFailed {
			t.Errorf("want RETRYABLE_FAILED after five minutes, got %+v", info)
		}
		store.err = nil // too late: an end does not change
		if info := get(); info.Phase != plugin.RetryableFailed {
			t.Errorf("want RETRYABLE_FAILED still, got %+v", info)
		}
	})
}

func TestAStoreThatComesBackSettlesIt(t *testing.T) {
	store := &folder{err: errors.New("connection refused")}
	engine, _ := newCore(t, double{info: plugin.PhaseInfo{Phase: plugin.Succeeded}}, seen{object: ended()})
	engine.config.Outputs = store
	raw := create(t, engine)
	if info, err := engine.Get(t.Context(), "double", raw); err != nil || info.Phase != plugin.Running {
		t.Errorf("want RUNNING, got %+v, %v", info, err)
	}
	store.err = nil
	if info, err := engine.Get(t.Context(), "double", raw); err != nil || info.Phase != plugin.Succeeded {
		t.Errorf("want SUCCEEDED, got %+v, %v", info, err)
	}
}
