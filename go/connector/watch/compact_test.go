package watch

import (
	"fmt"
	"reflect"
	"testing"
	"unsafe"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func value(name string) map[string]any {
	return map[string]any{
		"text": "True", "number": int64(7), "none": nil, "list": []any{"a", 1.5, map[string]any{name: true}},
		"empty": map[string]any{}, "nothing": []any{},
	}
}

func TestACompactCopyIsTheSame(t *testing.T) {
	texts := newTexts()
	for i := range 2 * len(texts.places) { // more strings than places
		name := fmt.Sprint("name-", i)
		if got := texts.compact(value(name)); !reflect.DeepEqual(got, any(value(name))) {
			t.Fatalf("got %v, want %v", got, value(name))
		}
	}
	pod := func() *corev1.Pod {
		result := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", Labels: map[string]string{"a": "b"}}}
		result.OwnerReferences = []metav1.OwnerReference{{APIVersion: "batch/v1", Kind: "Job", Name: "j"}}
		result.Spec.Containers = []corev1.Container{{Name: "main"}}
		result.Status = corev1.PodStatus{Phase: corev1.PodRunning, HostIP: "10.0.0.1", Reason: "r"}
		result.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
		result.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "main", Image: "i", ImageID: "id", Ready: true}}
		return result
	}
	got := pod()
	texts.pod(got)
	if !reflect.DeepEqual(got, pod()) {
		t.Errorf("got %v, want %v", got, pod())
	}
}

func TestEqualTextsOfTwoObjectsAreOne(t *testing.T) {
	texts := newTexts()
	read := func() *byte {
		copied, _ := texts.compact(map[string]any{"status": string([]byte("True"))}).(map[string]any)
		text, _ := copied["status"].(string)
		return unsafe.StringData(text)
	}
	if read() != read() {
		t.Error("the second object has a string of its own")
	}
}
