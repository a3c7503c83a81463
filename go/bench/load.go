// How is a server kept busy?

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// callers is how many calls are under way at any time: as many as a burst of tasks in one round of FlytePropeller's.
const callers = 16

// each calls do once for every number below count, from all callers, and returns how long each call took, in milliseconds.
func each(ctx context.Context, count int, do func(ctx context.Context, n int) error) ([]float64, error) {
	took := make([]float64, count)
	err := together(func(caller int) error {
		for n := caller; n < count; n += callers {
			began := time.Now()
			if err := do(ctx, n); err != nil {
				return err
			}
			took[n] = float64(time.Since(began).Microseconds()) / 1000
		}
		return nil
	})
	return took, err
}

// flood calls do again and again until the span is over, from all callers, and returns how many calls came back.
func flood(ctx context.Context, span time.Duration, do func(ctx context.Context, n int) error) (int, error) {
	var number atomic.Int64
	end := time.Now().Add(span)
	err := together(func(int) error {
		for time.Now().Before(end) {
			if err := do(ctx, int(number.Add(1)-1)); err != nil {
				return err
			}
		}
		return nil
	})
	return int(number.Load()), err
}

// together runs all callers and returns what went wrong with any of them.
func together(call func(caller int) error) error {
	var group sync.WaitGroup
	problems := make([]error, callers)
	for caller := range callers {
		group.Go(func() { problems[caller] = call(caller) })
	}
	group.Wait()
	return errors.Join(problems...)
}

// turn is one process under load for a while.
type turn struct {
	Calls   int     `json:"calls"`
	Seconds float64 `json:"seconds"`
	// CPU is the server's processor time, in seconds.
	CPU float64 `json:"cpu"`
}

// measure floods a server, and says what that cost it.
func (s *server) measure(ctx context.Context, span time.Duration, do func(ctx context.Context, n int) error) (turn, error) {
	before, err := s.cpu()
	if err != nil {
		return turn{}, err
	}
	began := time.Now()
	calls, err := flood(ctx, span, do)
	if err != nil {
		return turn{}, fmt.Errorf("%s under load: %w", s.name, err)
	}
	seconds := time.Since(began).Seconds()
	after, err := s.cpu()
	return turn{Calls: calls, Seconds: seconds, CPU: (after - before).Seconds()}, err
}

// limit is Flyte's own: what it would not wait for is no success.
func limit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, 10*time.Second)
}
