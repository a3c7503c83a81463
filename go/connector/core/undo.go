// What becomes of a create that Flyte has given up?

package core

import (
	"context"
	"errors"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"example.com/flyteconnector/meta"
)

// place is where a task's resource is: the same in every call for one attempt.
type place struct {
	plural          schema.GroupVersionResource
	namespace, name string
}

// creating is what goes on at a place: calls, or the undo after them. Never both: an undo would delete what a repeated
// call has just made or adopted.
type creating struct {
	calls      int
	made, late bool               // what calls have come to, while the entry exists
	cancel     context.CancelFunc // nil: no undo
	undone     chan struct{}
}

// enter counts a call in, and ends the undo of an earlier one.
func (c *Core) enter(ctx context.Context, where place) {
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
		return
	}
	cancel()
	select {
	case <-undone:
	case <-ctx.Done():
	}
}

// ending is how a create ended.
type ending int

const (
	failed ending = iota
	made
	late
)

// outcome is late when the time is up: Flyte gives the attempt up and starts another one, and will never know of what the
// create may have left behind. It is not so when the caller went away: it comes back and adopts.
func outcome(ctx context.Context, err error) ending {
	switch {
	case err == nil:
		return made
	case errors.Is(err, ErrUnavailable) && !wentAway(ctx):
		return late
	}
	return failed
}

// leave counts a call out. The last one starts the undo, if any was late and none has made the resource.
func (c *Core) leave(where place, how ending, undo func(context.Context)) {
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
	ctx, cancel := context.WithTimeoutCause(context.Background(), c.config.Deadline, errInnerDeadline)
	undone := make(chan struct{})
	now.cancel, now.undone = cancel, undone
	c.background.Go(func() {
		undo(ctx)
		cancel()
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

// undo deletes what a create may have left behind, until ctx ends.
func (c *Core) undo(ctx context.Context, s served, object *unstructured.Unstructured) {
	prefix := meta.PrefixHash(object.GetAnnotations()[OutputPrefixAnnotation])
	// A request on its way may still arrive, so "not there" is believed only at the end.
	for found := false; !found && ctx.Err() == nil; {
		var err error
		found, err = c.remove(ctx, s, object.GetNamespace(), object.GetName(), prefix, "")
		if errors.Is(ctx.Err(), context.Canceled) {
			return // the attempt has come back
		}
		if err != nil {
			c.config.Log.Warn("a create that took too long may have left a resource", "kind", s.resource.Kind,
				"namespace", object.GetNamespace(), "name", object.GetName(), "error", err)
		}
		sleep(ctx, longestPause)
	}
}

// wentAway tells a caller that has hung up from one whose time was over: gRPC may report the latter as canceled, too.
func wentAway(ctx context.Context) bool {
	deadline, limited := ctx.Deadline()
	return errors.Is(ctx.Err(), context.Canceled) && (!limited || time.Until(deadline) > firstPause)
}
