// Does anybody still ask about a task?

package core

import (
	"time"

	"k8s.io/apimachinery/pkg/types"

	"example.com/flyteconnector/metrics"
)

// polled notes that somebody has asked. Without a lease nobody wants to know.
func (c *Core) polled(uid types.UID) {
	if c.config.LocalLease > 0 {
		c.polls.Store(uid, time.Now())
	}
}

// abandoned says so if nobody has asked about an unfinished resource for as long as the lease, by a process that has seen
// it since then. A local run that was ended by force sends no delete: its resource would run on.
func (c *Core) abandoned(uid types.UID, since time.Time) metrics.Event {
	if c.config.LocalLease <= 0 {
		return ""
	}
	if last, known := c.polls.Load(uid); known {
		if at, ok := last.(time.Time); ok && at.After(since) {
			since = at
		}
	}
	if time.Since(since) > c.config.LocalLease {
		return metrics.Abandoned
	}
	return ""
}
