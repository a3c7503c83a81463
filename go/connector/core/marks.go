// What does the connector write on a resource, so that it need not remember?

package core

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/attempt"
	"example.com/flyteconnector/watch"
)

// What the connector writes on every resource that it creates. It never touches a resource that has no ManagedLabel or no
// OutputPrefixAnnotation.
const (
	markPrefix = "flyteconnector.example.com/"

	ManagedLabel = markPrefix + "managed"
	// LineageLabel is equal for the attempts of one task. It is missing where nothing may be deleted because of it.
	LineageLabel = watch.LineageLabel
	// OutputPrefixAnnotation is the folder of the attempt; TypeAnnotation its task type.
	OutputPrefixAnnotation = markPrefix + "output-prefix"
	TypeAnnotation         = markPrefix + "task-type"
	// AttemptAnnotation counts the attempts from 0, in decimal digits.
	AttemptAnnotation = markPrefix + "attempt"
	// TimeoutAnnotation is the task's timeout as Go writes a duration ("1h30m0s"); missing if there is none.
	TimeoutAnnotation = markPrefix + "timeout"
	// OutputsAnnotation is "true" if a success leaves outputs; missing otherwise.
	OutputsAnnotation = markPrefix + "outputs"

	// Selector finds the connector's resources.
	Selector = ManagedLabel + "=true"
)

// mark writes on what a plugin built, and takes away what only looks like a mark: Flyte's users choose labels, too.
func mark(object *unstructured.Unstructured, task attempt.Attempt) {
	labels, annotations := without(object.GetLabels()), without(object.GetAnnotations())
	labels[ManagedLabel] = "true"
	if task.Lineage != "" {
		labels[LineageLabel] = task.Lineage
	}
	annotations[OutputPrefixAnnotation] = task.OutputPrefix
	annotations[TypeAnnotation] = task.Type
	annotations[AttemptAnnotation] = strconv.FormatUint(uint64(task.Attempt), 10)
	if task.Timeout > 0 {
		annotations[TimeoutAnnotation] = task.Timeout.String()
	}
	if task.DeclaresOutputs {
		annotations[OutputsAnnotation] = "true"
	}
	object.SetLabels(labels)
	object.SetAnnotations(annotations)
}

func without(values map[string]string) map[string]string {
	result := map[string]string{}
	maps.Copy(result, values)
	maps.DeleteFunc(result, func(name, _ string) bool { return strings.HasPrefix(name, markPrefix) })
	return result
}

// managed says whether a connector made the object.
func managed(object *unstructured.Unstructured) bool {
	return metadata(object, "labels", ManagedLabel) == "true" && metadata(object, "annotations", OutputPrefixAnnotation) != ""
}

// metadata reads one label or annotation without a copy of all of them: every poll does.
func metadata(object *unstructured.Unstructured, field, name string) string {
	values, _, _ := unstructured.NestedFieldNoCopy(object.Object, "metadata", field)
	all, _ := values.(map[string]any)
	text, _ := all[name].(string)
	return text
}

// attemptOf is -1 if the object does not say which attempt it is.
func attemptOf(object *unstructured.Unstructured) int64 {
	number, err := strconv.ParseUint(object.GetAnnotations()[AttemptAnnotation], 10, 32)
	if err != nil {
		return -1
	}
	return int64(number)
}

// timeoutOf is 0 if there is none, or none that can be read.
func timeoutOf(object *unstructured.Unstructured) time.Duration {
	text := metadata(object, "annotations", TimeoutAnnotation)
	if text == "" {
		return 0
	}
	timeout, err := time.ParseDuration(text)
	if err != nil {
		return 0
	}
	return timeout
}
