// What does the connector do without being asked?

package core

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"example.com/flyteconnector/metrics"
	"example.com/flyteconnector/plugin"
)

// DefaultSweepEvery is the time between two sweeps.
const DefaultSweepEvery = time.Minute

// grace leaves it to a call of Flyte to say first that a task has failed or that its timeout is over: then its user reads
// the reason. It asks every 30 s.
const grace = 2 * time.Minute

// Run sweeps until ctx ends. A sweep deletes what Flyte does not: attempts that a later one has replaced, failed tasks
// whose resource would go on, what has finished long ago, what is over its timeout, and what nobody asks about if there is
// a lease. Every replica may sweep: what is to be deleted is read from the resources, and deleted by its uid.
func (c *Core) Run(ctx context.Context) {
	every := c.config.SweepEvery
	if c.config.LocalLease > 0 {
		every = min(every, c.config.LocalLease/4)
	}
	sweep := newSweeper(c)
	for sleep(ctx, every) {
		sweep.once(ctx)
	}
}

// sweeper remembers since when it has seen what, by the machine's monotonic clock. After a restart it begins anew, and so
// keeps things longer, never shorter.
type sweeper struct {
	*Core
	first, ended map[types.UID]time.Time
}

func newSweeper(c *Core) sweeper {
	return sweeper{Core: c, first: map[types.UID]time.Time{}, ended: map[types.UID]time.Time{}}
}

// away is after how many deletions in a row without an answer the API server itself is the reason, and not an object, as
// one whose webhook is broken. Each of them takes the deadline of a call.
const away = 3

func (w sweeper) once(ctx context.Context) {
	there, unanswered := map[types.UID]bool{}, 0
	for _, s := range w.kinds() {
		for _, object := range w.config.Cache.All(s.resource) {
			there[object.GetUID()] = true
			if ctx.Err() == nil && unanswered < away {
				unanswered = w.visit(ctx, object, unanswered)
			} // else the next sweep tries again
		}
	}
	w.forgetAllBut(there)
}

// visit deletes an object if it is due. It returns how many deletions in a row the API server has not answered: those
// before, and this one.
func (w sweeper) visit(ctx context.Context, object *unstructured.Unstructured, unanswered int) int {
	s, known := w.byType[object.GetAnnotations()[TypeAnnotation]]
	if !known || !managed(object) || object.GetDeletionTimestamp() != nil {
		return unanswered // another connector's
	}
	why := w.due(s, object)
	if why == "" {
		return unanswered
	}
	w.keepEnd(ctx, s, object)
	err := w.drop(ctx, s, object, why)
	if err != nil {
		w.config.Log.Warn("sweep", "error", err)
	}
	if unavailable(err) {
		return unanswered + 1
	}
	return 0
}

// keepEnd notes how a task has ended before its resource is deleted: else a call after that would find it lost.
func (w sweeper) keepEnd(ctx context.Context, s served, object *unstructured.Unstructured) {
	m := metaOf(s, object)
	if _, told := w.ends.of(m); told {
		return
	}
	if found := w.judge(ctx, s, object); found.Phase.Terminal() {
		w.ends.keep(m, found.Answer)
	}
}

// due says why an object is to be deleted; "" if it is not.
func (w sweeper) due(s served, object *unstructured.Unstructured) metrics.Event {
	uid, now := object.GetUID(), time.Now()
	if w.superseded(s, object) {
		return metrics.Superseded
	}
	pods := w.config.Cache.Pods(s.resource, object.GetNamespace(), object.GetName())
	info := w.phaseOf(s, object, pods).PhaseInfo
	if info.Phase.Terminal() {
		return w.ending(info, now.Sub(since(w.ended, uid, now)))
	}
	delete(w.ended, uid)
	if _, late := overdue(object, info, w.config.Now().Add(-grace)); late {
		return metrics.TimedOut
	}
	return w.abandoned(uid, since(w.first, uid, now))
}

// ending says why an object is to be deleted that was seen to have ended so long ago.
func (w sweeper) ending(info plugin.PhaseInfo, ago time.Duration) metrics.Event {
	switch {
	case failure(info.Phase) && info.CleanupOnFailure && ago > grace:
		return metrics.Deleted
	case w.config.KeepFinished > 0 && ago > w.config.KeepFinished:
		return metrics.Expired
	}
	return ""
}

// since is when the uid was noted first, which is now if it was not.
func since(noted map[types.UID]time.Time, uid types.UID, now time.Time) time.Time {
	if _, known := noted[uid]; !known {
		noted[uid] = now
	}
	return noted[uid]
}

func (w sweeper) forgetAllBut(there map[types.UID]bool) {
	for _, known := range []map[types.UID]time.Time{w.first, w.ended} {
		for uid := range known {
			if !there[uid] {
				delete(known, uid)
			}
		}
	}
	w.recognised.forgetAllBut(there)
	for _, byUID := range []*sync.Map{&w.polls, &w.unsettled, &w.answers.known} {
		byUID.Range(func(uid, _ any) bool {
			if id, ok := uid.(types.UID); ok && !there[id] {
				byUID.Delete(uid)
			}
			return true
		})
	}
}
