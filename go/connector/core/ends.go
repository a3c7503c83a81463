// What has Flyte been told about the end of a task?

package core

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/cache"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/metrics"
	"example.com/flyteconnector/plugin"
)

// How many ends are remembered, and for how long. Flyte seldom asks again after an end, and then within a minute.
const (
	rememberedEnds = 4096
	rememberedFor  = time.Hour
)

// end is a phase, and what to count if it is a task's end.
type end struct {
	*Answer
	event metrics.Event
}

func endOf(info plugin.PhaseInfo, event metrics.Event) end {
	return end{&Answer{PhaseInfo: info}, event}
}

// ends remembers terminal answers, so that an end never changes: not when an operator goes back to an earlier state, not
// when the resource is deleted afterwards. And what needs the object store is read once.
//
// It is only a memory. After a restart, or in another replica, the same resource is judged again: the answer differs if
// the resource has changed since. Flyte 2 does not ask after an end, and FlytePropeller only after RETRYABLE_FAILED,
// where it goes on to the next attempt whatever the answer is.
type ends struct {
	mutex sync.Mutex
	known *cache.LRUExpireCache // from meta.Meta, all of it: a forged one must not change what another gets
}

func newEnds() *ends { return &ends{known: cache.NewLRUExpireCache(rememberedEnds)} }

func (e *ends) of(m meta.Meta) (*Answer, bool) {
	known, found := e.known.Get(m)
	if !found {
		return nil, false
	}
	answer, ok := known.(*Answer)
	return answer, ok
}

// keep returns the end that was there first: two calls at once may have come to different ones.
func (e *ends) keep(m meta.Meta, answer *Answer) (kept *Answer, first bool) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if before, found := e.of(m); found {
		return before, false
	}
	e.known.Add(m, answer, rememberedFor)
	return answer, true
}
