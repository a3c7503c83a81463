// What does the connector do without being asked?

package core

import (
	"context"
	"time"
)

// DefaultSweepEvery is the time between two sweeps.
const DefaultSweepEvery = time.Minute

// Run sweeps until ctx ends. Every replica may: what is to be deleted is read from the resources, and deleted by its uid.
func (c *Core) Run(ctx context.Context) {
	for sleep(ctx, c.config.SweepEvery) {
	}
}
