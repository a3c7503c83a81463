// How little memory does a copy need?

package watch

import (
	"hash/maphash"
	"sync"

	corev1 "k8s.io/api/core/v1"
)

// texts holds strings that were seen lately. Names of fields and labels, words such as "True", images and addresses are
// the same in thousands of objects, and a decoder makes a new string of each: they are two thirds of a copy's size. A place
// is taken over by the next string that falls on it, so the size is fixed.
type texts struct {
	mutex  sync.Mutex
	seed   maphash.Seed
	places [4096]any
}

func newTexts() *texts { return &texts{seed: maphash.MakeSeed()} }

// longest is the length from which on equal strings are rare.
const longest = 128

// any returns the string in an interface, which is an allocation of its own.
func (t *texts) any(text string) any {
	if len(text) > longest {
		return text
	}
	place := maphash.String(t.seed, text) % uint64(len(t.places))
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if before, ok := t.places[place].(string); ok && before == text {
		return t.places[place]
	}
	t.places[place] = text
	return t.places[place]
}

func (t *texts) string(text string) string {
	result, _ := t.any(text).(string)
	return result
}

// compact returns the same JSON value in maps and slices of the right size.
func (t *texts) compact(value any) any {
	switch value := value.(type) {
	case map[string]any:
		result := make(map[string]any, len(value))
		for name, field := range value {
			result[t.string(name)] = t.compact(field)
		}
		return result
	case []any:
		result := make([]any, len(value))
		for i, item := range value {
			result[i] = t.compact(item)
		}
		return result
	case string:
		return t.any(value)
	}
	return value
}

// pod does the same with what pods have in common. It changes the pod.
func (t *texts) pod(pod *corev1.Pod) {
	pod.Labels, pod.Annotations = t.values(pod.Labels), t.values(pod.Annotations)
	status := &pod.Status
	for _, text := range []*string{&pod.Namespace, &pod.GenerateName, &pod.Spec.NodeName, &status.HostIP, &status.Message, &status.Reason} {
		*text = t.string(*text)
	}
	for i := range pod.OwnerReferences {
		owner := &pod.OwnerReferences[i]
		owner.APIVersion, owner.Kind = t.string(owner.APIVersion), t.string(owner.Kind)
	}
	for i := range pod.Spec.Containers {
		pod.Spec.Containers[i].Name = t.string(pod.Spec.Containers[i].Name)
	}
	for i := range status.Conditions {
		condition := &status.Conditions[i]
		condition.Type = corev1.PodConditionType(t.string(string(condition.Type)))
		condition.Status = corev1.ConditionStatus(t.string(string(condition.Status)))
	}
	for i := range status.ContainerStatuses {
		container := &status.ContainerStatuses[i]
		for _, text := range []*string{&container.Name, &container.Image, &container.ImageID} {
			*text = t.string(*text)
		}
	}
}

func (t *texts) values(values map[string]string) map[string]string {
	if len(values) == 0 {
		return nil
	}
	result := make(map[string]string, len(values))
	for name, value := range values {
		result[t.string(name)] = t.string(value)
	}
	return result
}
