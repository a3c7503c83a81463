package core

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/attempt"
	"example.com/flyteconnector/plugin"
)

func TestAResourceSaysAllThatTheConnectorMustKnowLater(t *testing.T) {
	full := attempt.Attempt{Task: task.Task, DeclaresOutputs: true, Lineage: "l"}
	full.Attempt, full.Timeout = 3, 90*time.Minute
	for name, c := range map[string]struct {
		task                attempt.Attempt
		labels, annotations map[string]string
	}{
		"a task with everything": {full, map[string]string{"app": "x", ManagedLabel: "true", LineageLabel: "l"}, map[string]string{
			OutputPrefixAnnotation: "s3://b/0", TypeAnnotation: "double", AttemptAnnotation: "3", TimeoutAnnotation: "1h30m0s",
			OutputsAnnotation: "true", "note": "x",
		}},
		"a task with nothing special": {task, map[string]string{"app": "x", ManagedLabel: "true"}, map[string]string{
			OutputPrefixAnnotation: "s3://b/0", TypeAnnotation: "double", AttemptAnnotation: "0", "note": "x",
		}},
	} {
		// The plugin copies what Flyte's user wrote, and that may look like a mark.
		forged := double{build: func(task plugin.Task) (*unstructured.Unstructured, error) {
			o := object(task.Name, "")
			o.SetLabels(map[string]string{"app": "x", LineageLabel: "another's", ManagedLabel: "no"})
			o.SetAnnotations(map[string]string{"note": "x", TimeoutAnnotation: "1ns", OutputsAnnotation: "true", AttemptAnnotation: "9"})
			return o, nil
		}}
		engine, _ := newCore(t, forged, seen{})
		got, err := engine.build(engine.byType["double"], c.task)
		if err != nil || !maps.Equal(got.GetLabels(), c.labels) || !maps.Equal(got.GetAnnotations(), c.annotations) {
			t.Errorf("%s: got %v, %v, %v", name, got.GetLabels(), got.GetAnnotations(), err)
		}
	}
}

func TestMarksThatSomebodyChangedCountAsNone(t *testing.T) {
	o := created("u")
	for _, value := range []string{"", "x", "-1", "99999999999999999999"} {
		o.SetAnnotations(map[string]string{AttemptAnnotation: value, TimeoutAnnotation: value})
		if attemptOf(o) != -1 || timeoutOf(o) != 0 {
			t.Errorf("%q: want no attempt and no timeout, got %d and %s", value, attemptOf(o), timeoutOf(o))
		}
	}
}

func TestThePolicySeesWhatThePluginBuiltAndItsErrorIsARefusal(t *testing.T) {
	c, client := newCore(t, double{}, seen{})
	var asked *unstructured.Unstructured
	c.config.Policy = func(o *unstructured.Unstructured) error {
		asked = o
		return errors.New("spec.hostNetwork: not allowed")
	}
	info, err := c.Get(t.Context(), "double", create(t, c))
	if err != nil || info.Phase != plugin.Failed || !strings.Contains(info.Reason, "spec.hostNetwork: not allowed") {
		t.Errorf("want FAILED with the policy's words, got %+v, %v", info, err)
	}
	if asked == nil || asked.GetName() != "n" || len(client.Actions()) != 0 {
		t.Errorf("want the built object shown and no call, got %v, %v", asked, client.Actions())
	}
	c.config.Policy = func(*unstructured.Unstructured) error { return nil }
	create(t, c)
	if len(client.Actions()) != 1 {
		t.Errorf("want an allowed resource created, got %v", client.Actions())
	}
}
