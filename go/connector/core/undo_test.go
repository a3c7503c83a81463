package core

import (
	"context"
	"errors"
	goruntime "runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic/fake"
	clienttesting "k8s.io/client-go/testing"

	"example.com/flyteconnector/plugin"
)

func deleted(client *fake.FakeDynamicClient) bool {
	return slices.ContainsFunc(client.Actions(), func(a clienttesting.Action) bool { return a.GetVerb() == "delete" })
}

// outage makes creates fail from now on, until the given time has passed.
func outage(client *fake.FakeDynamicClient, lasts time.Duration) {
	end := time.Now().Add(lasts)
	client.PrependReactor("create", "*", func(clienttesting.Action) (bool, runtime.Object, error) {
		return time.Now().Before(end), nil, errors.New("EOF")
	})
}

func TestOnlyAnAttemptThatFlyteGaveUpIsUndone(t *testing.T) {
	for name, c := range map[string]struct {
		deadline, hangUp time.Duration
		undone           bool
	}{
		"the time is over":       {300 * time.Millisecond, time.Minute, true},
		"the caller has hung up": {time.Minute, 50 * time.Millisecond, false}, // it comes back, and adopts
	} {
		engine, client := newCore(t, double{}, seen{}, created("u"))
		engine.config.Deadline = c.deadline
		fail(client, "create", 1000, errors.New("EOF")) // although the resource was made
		ctx, cancel := context.WithCancel(t.Context())
		hangUp := time.AfterFunc(c.hangUp, cancel)
		if _, err := engine.Create(ctx, task); !errors.Is(err, ErrUnavailable) {
			t.Fatalf("%s: want ErrUnavailable, got %v", name, err)
		}
		engine.Wait()
		hangUp.Stop()
		cancel()
		if got := deleted(client); got != c.undone {
			t.Errorf("%s: want the resource deleted: %v, got %v", name, c.undone, got)
		}
	}
}

// The core of these tests has 2 s for a call, and the clock is synctest's.

func TestARepeatedCreateEndsTheUndoOfTheOneBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, client := newCore(t, double{}, seen{})
		outage(client, 2*time.Second)
		if _, err := c.Create(t.Context(), task); !errors.Is(err, ErrUnavailable) {
			t.Fatalf("want ErrUnavailable, got %v", err)
		}
		time.Sleep(10 * time.Millisecond) // the undo has looked once, and will again
		create(t, c)
		c.Wait()
		if deleted(client) || len(c.creating) != 0 {
			t.Errorf("want no delete and nothing to remember, got %v, %v", client.Actions(), c.creating)
		}
	})
}

func TestAPostThatTakesTwiceTheDeadlineIsUndone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, client := newCore(t, double{}, seen{})
		c.config.Deadline = 2500 * time.Millisecond
		fail(client, "create", 1000, errors.New("EOF"))
		time.AfterFunc(4900*time.Millisecond, func() { // the looks are a second apart
			if err := client.Tracker().Add(created("u")); err != nil {
				t.Error(err)
			}
		})
		if _, err := c.Create(t.Context(), task); !errors.Is(err, ErrUnavailable) {
			t.Fatalf("want ErrUnavailable, got %v", err)
		}
		c.Wait()
		if !deleted(client) {
			t.Error("what came after 4.9 s is still there")
		}
	})
}

func TestACreateUnderWayIsNotUndoneByALateOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, client := newCore(t, double{}, seen{})
		outage(client, 2010*time.Millisecond)
		var calls sync.WaitGroup
		calls.Go(func() {
			if _, err := c.Create(t.Context(), task); !errors.Is(err, ErrUnavailable) {
				t.Errorf("want the first one late, got %v", err)
			}
		})
		time.Sleep(1500 * time.Millisecond) // enough for an attempt after the outage, whatever the pauses
		create(t, c)
		calls.Wait()
		c.Wait()
		if deleted(client) {
			t.Errorf("want no delete, got %v", client.Actions())
		}
	})
}

func TestTheUndoGoesOnWhenTheRepeatedCreateFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, client := newCore(t, double{}, seen{})
		fail(client, "create", 9, forbidden("no rights any more"))
		outage(client, 2*time.Second)
		if _, err := c.Create(t.Context(), task); !errors.Is(err, ErrUnavailable) {
			t.Fatalf("want ErrUnavailable, got %v", err)
		}
		time.Sleep(10 * time.Millisecond)
		if _, err := c.Create(t.Context(), task); err == nil {
			t.Fatal("want an error")
		}
		time.Sleep(10 * time.Millisecond)
		if err := client.Tracker().Add(created("u")); err != nil { // what the first one sent arrives
			t.Fatal(err)
		}
		c.Wait()
		if !deleted(client) || len(c.creating) != 0 {
			t.Errorf("want a delete and nothing to remember, got %v, %v", client.Actions(), c.creating)
		}
	})
}

// What a DELETE without an answer does, it may do late: after the repeated create has adopted what it deletes.
func TestADeleteWithoutAnAnswerDoesNotTakeAnAdoptedResourceAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, client := newCore(t, double{}, seen{}, created("old"))
		outage(client, 2*time.Second)
		fail(client, "delete", 1000, errors.New("no answer"))
		if _, err := c.Create(t.Context(), task); !errors.Is(err, ErrUnavailable) {
			t.Fatalf("want ErrUnavailable, got %v", err)
		}
		time.Sleep(10 * time.Millisecond) // the undo has sent its DELETE
		time.AfterFunc(500*time.Millisecond, func() {
			if err := client.Tracker().Delete(c.byType["double"].plural, "ns", "n"); err != nil {
				t.Errorf("the late DELETE: %v", err)
			}
		})
		m, err := unsigned.Decode(create(t, c))
		if err != nil || m.UID != "u" {
			t.Errorf("want a new resource instead of the one that was about to go, got %+v, %v", m, err)
		}
		if _, err := client.Tracker().Get(c.byType["double"].plural, "ns", "n"); err != nil {
			t.Errorf("want the resource there, got %v", err)
		}
		c.Wait()
	})
}

func TestADeleteThatWasSentIsNotHungUpOn(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	uncut, done := withoutHangingUp(ctx)
	defer done()
	cancel()
	want, _ := ctx.Deadline()
	if got, limited := uncut.Deadline(); uncut.Err() != nil || !limited || !got.Equal(want) {
		t.Errorf("want the deadline kept and nothing else, got %v, %v, %v", got, limited, uncut.Err())
	}
}

func TestAThousandTasksLeaveNothingBehindInTheConnector(t *testing.T) {
	c, _ := newCore(t, double{info: plugin.PhaseInfo{Phase: plugin.Failed, CleanupOnFailure: true}}, seen{object: created("u")})
	before := goruntime.NumGoroutine()
	for range 1000 {
		raw := create(t, c)
		if _, err := c.Get(t.Context(), "double", raw); err != nil {
			t.Fatal(err)
		}
		if err := c.Delete(t.Context(), "double", raw); err != nil {
			t.Fatal(err)
		}
		c.Wait()
	}
	left := 0
	c.dropping.Range(func(any, any) bool { left++; return true })
	c.polls.Range(func(any, any) bool { left++; return true })
	if left += len(c.creating); left != 0 || goruntime.NumGoroutine() > before+5 {
		t.Errorf("want nothing left, got %d entries, and %d goroutines instead of %d", left, goruntime.NumGoroutine(), before)
	}
}
