// What becomes of a create that Flyte has given up?

package core

import (
	"context"
	"errors"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/metrics"
)

// place is where a task's resource is: the same in every call for one attempt.
type place struct {
	plural          schema.GroupVersionResource
	namespace, name string
}

// creating is what goes on at a place: calls, or the undo after them. Never both: an undo would delete what a repeated
// call has just made or adopted. Only within one process: if the repeated call goes to another replica, it adopts what is
// being deleted here, Get says RETRYABLE_FAILED, and one attempt is lost. Flyte repeats a call that has failed only if its
// configuration says so (a retryPolicy for gRPC).
type creating struct {
	calls      int
	made, late bool               // what calls have come to, while the entry exists
	cancel     context.CancelFunc // nil: no undo
	undone     chan struct{}
	doubt      bool // the undo has sent a DELETE and got no answer
}

// enter counts a call in, and ends the undo of an earlier one. It waits for the answer to a DELETE that the undo has sent,
// so that what is there afterwards stays. It returns true if no answer came: then the DELETE may still be done.
func (c *Core) enter(ctx context.Context, where place) (doubt bool) {
	c.mutex.Lock()
	now := c.creating[where]
	if now == nil {
		now = &creating{}
		c.creating[where] = now
	}
	now.calls++
	cancel, undone := now.cancel, now.undone
	c.mutex.Unlock()
	if cancel == nil {
		return false
	}
	cancel()
	select {
	case <-undone:
	case <-ctx.Done():
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return now.doubt
}

// still looks once more at what was created or adopted while a DELETE without an answer may have been on its way. What
// comes even later than that takes the resource away, and Get says so: one attempt is lost then, and nothing runs twice.
// Only a DELETE for a certain resourceVersion would rule it out, and takes the right to change resources.
func (c *Core) still(ctx context.Context, s served, created *unstructured.Unstructured) error {
	sleep(ctx, longestPause)
	object, err := c.live(ctx, s, metaOf(s, created))
	switch {
	case err != nil:
		return unlessFinal(err)
	case object == nil || object.GetDeletionTimestamp() != nil:
		return again{errors.New("a delete that was sent before has taken the resource away")}
	}
	return nil
}

// ending is how a create ended.
type ending int

const (
	failed ending = iota
	made
	late
)

// outcome is late when the time is up: Flyte gives the attempt up and starts another one, and will never know of what the
// create may have left behind. So it is when a POST was sent that got no answer, and a later one was refused.
//
// It is not so when the caller has cut the connection: it is an engine that restarts, and it repeats the create. By then
// the repeated one may have adopted the resource at another replica, of which this one knows nothing, and an undo would
// take it away. The price: if no repeated call ever comes, the resource stays although no resource_meta names it, and runs
// to its own end, to its task's timeout, or until the next attempt of the task is created.
func outcome(ctx context.Context, err error, sent bool) ending {
	switch {
	case err == nil:
		return made
	case (errors.Is(err, ErrUnavailable) || sent) && !wentAway(ctx):
		return late
	}
	return failed
}

// leave counts a call out. The last one starts the undo, if any was late and none has made the resource.
func (c *Core) leave(where place, how ending, undo func(context.Context) (doubt bool)) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	now := c.creating[where]
	now.calls--
	now.made, now.late = now.made || how == made, now.late || how == late
	if now.calls > 0 {
		return
	}
	if now.made || !now.late {
		delete(c.creating, where)
		return
	}
	// And a pause longer: the last look, too, comes after a POST that takes twice the deadline.
	ctx, cancel := context.WithTimeoutCause(context.Background(), c.config.Deadline+longestPause, errInnerDeadline)
	undone := make(chan struct{})
	now.cancel, now.undone = cancel, undone
	c.background.Go(func() {
		doubt := undo(ctx)
		cancel()
		c.mutex.Lock()
		now.doubt = now.doubt || doubt
		c.mutex.Unlock()
		close(undone)
		c.forget(where, undone)
	})
}

// forget drops an entry after its undo, unless another call has come since.
func (c *Core) forget(where place, undone chan struct{}) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if now := c.creating[where]; now != nil && now.undone == undone && now.calls == 0 {
		delete(c.creating, where)
	}
}

// undo deletes what a create may have left behind, until ctx ends. It returns true if a DELETE got no answer.
func (c *Core) undo(ctx context.Context, s served, object *unstructured.Unstructured) (doubt bool) {
	m := meta.Meta{
		Namespace: object.GetNamespace(), Name: object.GetName(),
		Prefix: meta.PrefixHash(object.GetAnnotations()[OutputPrefixAnnotation]),
	}
	// A request on its way may still arrive, so "not there" is believed only at the end.
	for found := false; !found && ctx.Err() == nil; {
		var err error
		found, err = c.remove(ctx, s, m, metrics.Undone)
		if errors.Is(ctx.Err(), context.Canceled) {
			return found && err != nil // the attempt has come back
		}
		if err != nil {
			c.config.Log.Warn("a create that took too long may have left a resource", "kind", s.resource.Kind,
				"namespace", m.Namespace, "name", m.Name, "error", err)
		}
		sleep(ctx, longestPause)
	}
	return false
}

// wentAway tells a caller that has hung up from one whose time was over: gRPC may report the latter as canceled, too.
func wentAway(ctx context.Context) bool {
	deadline, limited := ctx.Deadline()
	return errors.Is(ctx.Err(), context.Canceled) && (!limited || time.Until(deadline) > firstPause)
}
