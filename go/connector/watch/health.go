// Are the copies up to date?

package watch

import "slices"

// Health is how the watches of one kind in one namespace ("" is all of them) are.
type Health struct {
	Resource, Namespace string
	// Synced: the first list is complete. Failures are the lists and watches that have failed since the start; a watch
	// that cannot be opened again fails several times a minute.
	Synced   bool
	Failures int
}

// Synced says whether every copy is complete. Once they are, they stay so.
func (w *Watcher) Synced() bool {
	if w.synced.Load() {
		return true
	}
	for _, informer := range w.informers {
		if !informer.HasSynced() {
			return false
		}
	}
	w.synced.Store(true)
	return true
}

// Health returns one entry for each kind and namespace, in no order that means anything.
func (w *Watcher) Health() []Health {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	var result []Health
	for k, informer := range w.informers {
		one := Health{k.resource.GroupResource().String(), k.namespace, informer.HasSynced(), w.interrupted[k]}
		same := func(h Health) bool { return h.Resource == one.Resource && h.Namespace == one.Namespace }
		if i := slices.IndexFunc(result, same); i >= 0 { // the same kind with another selector
			result[i].Synced = result[i].Synced && one.Synced
			result[i].Failures += one.Failures
			continue
		}
		result = append(result, one)
	}
	return result
}
