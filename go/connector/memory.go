// How much memory does the connector take beyond what it needs?

package flyteconnector

import (
	"os"
	"runtime/debug"
)

// gcPercent is how much the heap may grow, in percent of what is alive, before garbage is collected. Go's own 100 would
// double the size of the copy of the cluster, which is nearly all that is alive and hardly changes. Less would collect
// all the time while there are few tasks, and a percentage costs the same for each poll, however many tasks there are.
const gcPercent = 60

// afterFirstLists gives back what the first lists took while they were read; with thousands of tasks it is as much as the
// copy itself. From then on memory counts more than the time of a start. An administrator's own GOGC is left alone.
func afterFirstLists() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	debug.FreeOSMemory()
}
