// How much memory does the connector take beyond what it needs?

package flyteconnector

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// headroom in bytes is how much the heap may grow before garbage is collected. Go's own rule, as much as is alive, would
	// double the copy of the cluster, which is nearly all that is alive with thousands of tasks and hardly changes; and it
	// would collect without a pause while there are few.
	headroom = 56 << 20
	// The least and the most growth in percent of what is alive: a collection goes through all that is alive, so it must not
	// come with every few calls.
	leastGrowth, mostGrowth = 40, 400
	lookEvery               = 5 * time.Second
)

// liveHeap is what the last collection found alive.
const liveHeap = "/gc/heap/live:bytes"

// saveMemory sets how much the heap may grow by what is alive, until ctx ends. It leaves an administrator's GOGC alone.
func saveMemory(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	sample := []metrics.Sample{{Name: liveHeap}}
	for tick := time.NewTicker(lookEvery); ; {
		metrics.Read(sample)
		debug.SetGCPercent(growth(sample[0].Value.Uint64()))
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

// growth in percent for so many bytes alive.
func growth(alive uint64) int {
	return int(min(max(headroom*100/max(alive, 1), leastGrowth), mostGrowth))
}

// afterFirstLists gives back what the first lists took while they were read; with thousands of tasks it is as much as the
// copy itself.
func afterFirstLists() { debug.FreeOSMemory() }
