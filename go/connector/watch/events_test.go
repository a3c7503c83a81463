package watch

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clienttesting "k8s.io/client-go/testing"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// event is one about a Job with the uid, as the older API writes it.
func event(name string, uid types.UID, after time.Duration, message string) *corev1.Event {
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "a", Name: name, CreationTimestamp: metav1.NewTime(noon)},
		InvolvedObject: corev1.ObjectReference{Kind: "Job", UID: uid, Name: "one"},
		Reason:         "FailedCreate", Message: message, Type: corev1.EventTypeWarning,
		LastTimestamp: metav1.NewTime(noon.Add(after)),
	}
}

func TestTheNewestWarningAboutExactlyThisResource(t *testing.T) {
	newer := event("c", "u", 0, "seen again and again")
	newer.LastTimestamp = metav1.Time{}
	newer.EventTime = metav1.NewMicroTime(noon)
	newer.Series = &corev1.EventSeries{Count: 9, LastObservedTime: metav1.NewMicroTime(noon.Add(3 * time.Minute))}
	for name, c := range map[string]struct {
		events []runtime.Object
		want   string
	}{
		"none":               {nil, ""},
		"another resource's": {[]runtime.Object{event("a", "v", 0, "x")}, ""},
		"the latest counts, not the one that was made last": {
			[]runtime.Object{event("a", "u", 2*time.Minute, "late"), event("b", "u", time.Minute, "early")}, "FailedCreate: late",
		},
		"a series in the newer form": {
			[]runtime.Object{event("a", "u", 2*time.Minute, "late"), newer}, "FailedCreate: seen again and again",
		},
	} {
		w := runWith(t, Config{Client: client(t, c.events...), Namespaces: []string{"a"}, Events: true})
		if err := w.WaitForSync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := w.Warning(jobs, "a", "u"); got != c.want {
			t.Errorf("%s: want %q, got %q", name, c.want, got)
		}
	}
}

func TestEventsAreWatchedOnlyOnRequestAndOnlyWarningsAboutTheKind(t *testing.T) {
	for _, wanted := range []bool{false, true} {
		cluster := client(t, event("a", "u", 0, "x"))
		w := runWith(t, Config{Client: cluster, Namespaces: []string{"a"}, Events: wanted})
		if err := w.WaitForSync(t.Context()); err != nil {
			t.Fatal(err)
		}
		selector := ""
		for _, action := range cluster.Actions() {
			if list, ok := action.(clienttesting.ListActionImpl); ok && list.GetResource() == EventsResource {
				selector = list.GetListRestrictions().Fields.String()
			}
		}
		want := map[bool]string{true: "involvedObject.kind=Job,type=Warning"}[wanted]
		if selector != want || (w.Warning(jobs, "a", "u") != "") != wanted {
			t.Errorf("events %v: want the selector %q, got %q and %q", wanted, want, selector, w.Warning(jobs, "a", "u"))
		}
	}
}
