// How often is a call to the API server tried?

package core

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"example.com/flyteconnector/metrics"
)

const (
	// attemptTimeout ends an attempt that hangs, so that the deadline leaves room for others.
	attemptTimeout = 3 * time.Second
	firstPause     = 100 * time.Millisecond
	longestPause   = time.Second
)

// retry calls step until it returns nil or an error that is not marked with again, or until ctx ends. Kubernetes' client
// repeats little on its own: neither POST nor DELETE after a broken connection, nor a 500 (measured, client-go 0.36).
// It does repeat 429, and keeps to attemptTimeout.
func (c *Core) retry(ctx context.Context, s served, step func(context.Context) error) error {
	pause := firstPause
	for {
		attempt, cancel := context.WithTimeout(ctx, attemptTimeout)
		err := step(attempt)
		cancel()
		if marked := (again{}); !errors.As(err, &marked) {
			return err
		}
		// Half of the pause is random: replicas that lost the same API server do not come back all at once.
		if !sleep(ctx, pause/2+rand.N(pause/2+1)) {
			return fmt.Errorf("%w (%w): %w", ErrUnavailable, context.Cause(ctx), err)
		}
		c.config.Metrics.Count(s.taskType, metrics.APIRetry)
		pause = min(2*pause, longestPause)
	}
}

// sleep returns false if ctx ended first.
func sleep(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
