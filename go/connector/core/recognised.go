// Has this resource_meta been read before?

package core

import (
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"example.com/flyteconnector/meta"
)

// recognised remembers what resource_meta says, for the tasks whose resources are in the cache: every poll of a task brings
// the same bytes, which were decoded, compared with the task type and verified the first time. There is one entry for a
// resource, so that a caller who writes the same in many ways cannot fill the memory.
type recognised struct {
	mutex sync.RWMutex
	byRaw map[string]recognition
	raws  map[types.UID]string
}

const maxRecognised = 4 << 10

type recognition struct {
	taskType string
	meta     meta.Meta
	object   *unstructured.Unstructured // which the meta was compared with
}

func newRecognised() *recognised {
	return &recognised{byRaw: map[string]recognition{}, raws: map[types.UID]string{}}
}

// of returns what the bytes say, and the resource that they were last found to belong to; nil if they are not known.
func (r *recognised) of(taskType string, raw []byte) (meta.Meta, *unstructured.Unstructured) {
	r.mutex.RLock()
	defer r.mutex.RUnlock()
	found := r.byRaw[string(raw)]
	if found.taskType != taskType {
		return meta.Meta{}, nil
	}
	return found.meta, found.object
}

// keep remembers, unless the bytes are more than this connector writes: names that it ignores may have any length.
func (r *recognised) keep(taskType string, raw []byte, m meta.Meta, object *unstructured.Unstructured) {
	if len(raw) > maxRecognised {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	delete(r.byRaw, r.raws[m.UID])
	text := string(raw)
	r.raws[m.UID], r.byRaw[text] = text, recognition{taskType, m, object}
}

func (r *recognised) forgetAllBut(there map[types.UID]bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for uid, raw := range r.raws {
		if !there[uid] {
			delete(r.byRaw, raw)
			delete(r.raws, uid)
		}
	}
}
