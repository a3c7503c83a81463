// Has the same been asked before?

package core

import (
	"slices"
	"sync"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

// Answer is what Get says about a task. As long as neither the resource nor its pods change, Get returns the same Answer:
// nearly every poll finds a task as the one before has left it.
type Answer struct {
	plugin.PhaseInfo
	form atomic.Pointer[any]
}

// Translated returns what translate makes of an answer, which is kept with it; so nobody may change it. One form is kept:
// a task belongs to one engine.
func Translated[T any](a *Answer, translate func(plugin.PhaseInfo) T) T {
	if kept := a.form.Load(); kept != nil {
		if form, ok := (*kept).(T); ok {
			return form
		}
	}
	form := translate(a.PhaseInfo)
	kept := any(form)
	a.form.Store(&kept)
	return form
}

// answers remembers, for each resource in the cache, what the plugin has said about it. Plugins are pure, so the same
// resource and the same pods get the same answer; the cache has another object when anything has changed. What depends on
// the time (timeouts, leases) or on anything else than these objects is decided with every call. The sweep drops what is
// about resources that are gone.
type answers struct {
	known sync.Map // from a uid to *answered
}

type answered struct {
	object *unstructured.Unstructured
	pods   []*corev1.Pod
	answer *Answer
}

func (a *answers) to(object *unstructured.Unstructured, pods []*corev1.Pod, ask func() plugin.PhaseInfo) *Answer {
	uid := object.GetUID()
	if found, ok := a.known.Load(uid); ok {
		if before, ok := found.(*answered); ok && before.object == object && slices.Equal(before.pods, pods) {
			return before.answer
		}
	}
	answer := &Answer{PhaseInfo: ask()}
	a.known.Store(uid, &answered{object, pods, answer})
	return answer
}
