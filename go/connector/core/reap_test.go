package core

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

// try is a resource of an attempt of the lineage "l".
func try(name string, attempt int) *unstructured.Unstructured {
	o := phased(name, plugin.Running, AttemptAnnotation, strconv.Itoa(attempt))
	o.SetLabels(map[string]string{ManagedLabel: "true", LineageLabel: "l"})
	return o
}

// canaries look like an older attempt, and each is none.
func canaries() []*unstructured.Unstructured {
	lineage, alone, namespace, nobodys := try("lineage", 0), try("alone", 0), try("namespace", 0), try("nobodys", 0)
	number, taskType, ending := try("number", 0), try("type", 0), try("ending", 0)
	lineage.SetLabels(map[string]string{ManagedLabel: "true", LineageLabel: "m"})
	alone.SetLabels(map[string]string{ManagedLabel: "true"})
	namespace.SetNamespace("other")
	nobodys.SetLabels(map[string]string{LineageLabel: "l"})
	number.SetAnnotations(map[string]string{OutputPrefixAnnotation: "x", TypeAnnotation: "double", AttemptAnnotation: "zero"})
	taskType.SetAnnotations(map[string]string{OutputPrefixAnnotation: "x", TypeAnnotation: "triple", AttemptAnnotation: "0"})
	return []*unstructured.Unstructured{lineage, alone, namespace, nobodys, number, taskType, marked(ending), try("later", 3)}
}

func TestAnAttemptTakesTheOlderOnesAway(t *testing.T) {
	for name, c := range map[string]struct {
		attempt uint32
		lineage string
		want    []string
	}{
		"the third of a task":      {2, "l", []string{"one", "zero"}},
		"the second of a task":     {1, "l", []string{"zero"}},
		"the first of a task":      {0, "l", nil},
		"one that may be anyone's": {2, "", nil},
	} {
		engine, client := newCore(t, double{}, seen{others: append(canaries(), try("zero", 0), try("one", 1), try("itself", 2))})
		next := task
		next.Attempt, next.Lineage = c.attempt, c.lineage
		if _, err := engine.Create(t.Context(), next); err != nil {
			t.Fatal(err)
		}
		engine.Wait()
		if got := swept(client); !slices.Equal(got, c.want) {
			t.Errorf("%s: want %q deleted, got %q", name, c.want, got)
		}
	}
}

func TestACreateThatFailsTakesNothingAway(t *testing.T) {
	engine, client := newCore(t, double{}, seen{others: []*unstructured.Unstructured{try("zero", 0)}})
	fail(client, "create", 9, forbidden("no rights"))
	next := task
	next.Attempt, next.Lineage = 1, "l"
	if _, err := engine.Create(t.Context(), next); err == nil {
		t.Fatal("want an error")
	}
	engine.Wait()
	if got := swept(client); len(got) != 0 {
		t.Errorf("want nothing deleted, got %q", got)
	}
}

// A create that was too slow for Flyte may arrive after the next attempt's: then only the sweep sees both.
func TestTheSweepTakesOlderAttemptsAwayThatCameLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine, client := newCore(t, double{}, seen{others: append(canaries()[:6], try("zero", 0), try("one", 1), try("latest", 2))})
		replace(engine, walker{})
		sweepFor(t, engine, 90*time.Second)
		if got := swept(client); !slices.Equal(got, []string{"one", "zero"}) {
			t.Errorf("want the older ones deleted, got %q", got)
		}
	})
}

func TestTakingAwayIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine, client := newCore(t, double{}, seen{others: []*unstructured.Unstructured{try("zero", 0)}})
		calls := fail(client, "delete", 2, errors.New("EOF"))
		next := task
		next.Attempt, next.Lineage = 1, "l"
		for range 3 { // more calls at once add no more deletes
			if _, err := engine.Create(t.Context(), next); err != nil {
				t.Fatal(err)
			}
		}
		engine.Wait()
		if *calls != 3 {
			t.Errorf("want two failures and a success, got %d calls", *calls)
		}
	})
}
