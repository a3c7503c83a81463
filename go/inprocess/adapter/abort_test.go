package adapter

import (
	"errors"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

func TestAnAbortEndsThePods(t *testing.T) {
	e := start(t, behind(&fake{}))
	e.abort()
	if e.cluster.object != nil || e.cluster.pods != 0 {
		t.Errorf("%d pods run on after the abort", e.cluster.pods)
	}
}

func TestTheModelOrphansAJobsPods(t *testing.T) {
	e := start(t, behind(&fake{}))
	e.cluster.object.SetFinalizers(nil)
	e.abort()
	if e.cluster.pods != 1 {
		t.Error("the model ends pods without the finalizer; then no other test here shows that it is needed")
	}
}

func TestThePluginsOwnFinalizersStay(t *testing.T) {
	for _, own := range [][]string{{"example.com/bill"}, {"example.com/bill", metav1.FinalizerDeleteDependents}} {
		p := &fake{build: func(task plugin.Task) (*unstructured.Unstructured, error) {
			object, err := (&fake{}).BuildResource(task)
			object.SetFinalizers(own)
			return object, err
		}}
		want := []string{"example.com/bill", metav1.FinalizerDeleteDependents}
		if got := start(t, behind(p)).cluster.object.GetFinalizers(); !slices.Equal(got, want) {
			t.Errorf("%v became %v", own, got)
		}
	}
}

// stopping is a plugin whose resource must be told to stop.
type stopping struct{ fake }

func (stopping) StopPatch() []byte { return []byte(`{"spec":{"suspend":true}}`) }

func TestAPluginCanStopInsteadOfDelete(t *testing.T) {
	e := start(t, behind(&stopping{}))
	e.abort()
	if e.cluster.object == nil || e.cluster.object.GetAnnotations()["patched"] != `{"spec":{"suspend":true}}` {
		t.Errorf("the resource is %v", e.cluster.object)
	}
}

func TestWhereThePatchFailsTheResourceIsDeleted(t *testing.T) {
	e := start(t, behind(&stopping{}))
	e.cluster.denied = errors.New("forbidden")
	e.abort()
	if e.cluster.object != nil || e.cluster.pods != 0 {
		t.Errorf("%d pods run on after the abort", e.cluster.pods)
	}
}

func TestAnAbortNeedsNoTemplate(t *testing.T) {
	other := &fake{}
	other.resource = other.Resource()
	other.resource.TaskTypes = []string{"other"}
	e := start(t, behind(&stopping{}, other))
	e.task.ReadErr = errors.New("object store is down")
	e.abort()
	if e.cluster.object != nil {
		t.Error("the resource is still there")
	}
}
