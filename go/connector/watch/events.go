// What does the cluster warn about?

package watch

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"example.com/flyteconnector/plugin"
)

// EventsResource is the kind of events, and OnEvents the verbs that Config.Events needs on it, in every namespace watched.
var (
	EventsResource = corev1.SchemeGroupVersion.WithResource("events")
	OnEvents       = []string{"list", "watch"}
)

// subjectIndex finds events by "<namespace>/<uid of the object that they are about>".
const subjectIndex = "subject"

// warnings selects the warnings about the kind; the API server leaves out the rest.
func warnings(resource plugin.Resource) string {
	return fields.Set{"type": corev1.EventTypeWarning, "involvedObject.kind": resource.Kind}.String()
}

func bySubject(object any) ([]string, error) {
	event, ok := object.(*corev1.Event)
	if !ok {
		return nil, fmt.Errorf("index events: got a %T", object)
	}
	return []string{event.Namespace + "/" + string(event.InvolvedObject.UID)}, nil
}

// toEvent keeps what Warning reads.
func toEvent(object any) (any, error) {
	raw, ok := object.(*unstructured.Unstructured)
	if !ok {
		return object, nil // a tombstone, or an event that was converted already
	}
	event := new(corev1.Event)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw.Object, event); err != nil {
		return nil, fmt.Errorf("read event %s/%s: %w", raw.GetNamespace(), raw.GetName(), err)
	}
	return &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{
			Name: event.Name, Namespace: event.Namespace, UID: event.UID, ResourceVersion: event.ResourceVersion,
		},
		InvolvedObject: corev1.ObjectReference{UID: event.InvolvedObject.UID},
		Reason:         event.Reason,
		Message:        event.Message,
		LastTimestamp:  metav1.NewTime(lastSeen(event)),
	}, nil
}

// lastSeen reads both forms of an event: the older API has lastTimestamp, the newer one eventTime and a series.
func lastSeen(event *corev1.Event) time.Time {
	last := event.LastTimestamp.Time
	for _, other := range []time.Time{event.EventTime.Time, event.CreationTimestamp.Time} {
		if other.After(last) {
			last = other
		}
	}
	if event.Series != nil && event.Series.LastObservedTime.After(last) {
		last = event.Series.LastObservedTime.Time
	}
	return last
}

// Warning returns "<reason>: <message>" of the newest warning about a resource; "" if there is none, and without
// Config.Events. Kubernetes forgets events after an hour.
func (w *Watcher) Warning(resource plugin.Resource, namespace string, uid types.UID) string {
	informer := w.find(key{EventsResource, namespace, "", warnings(resource)})
	if informer == nil {
		return ""
	}
	objects, err := informer.GetIndexer().ByIndex(subjectIndex, namespace+"/"+string(uid))
	if err != nil || len(objects) == 0 {
		return ""
	}
	newest, ok := slices.MaxFunc(objects, func(a, b any) int {
		first, _ := a.(*corev1.Event)
		second, _ := b.(*corev1.Event)
		return cmp.Or(first.LastTimestamp.Compare(second.LastTimestamp.Time), cmp.Compare(first.Name, second.Name))
	}).(*corev1.Event)
	if !ok {
		return ""
	}
	return newest.Reason + ": " + newest.Message
}
