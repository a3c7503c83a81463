// How much memory does the connector take beyond what it needs?

package flyteconnector

import (
	"os"
	"runtime/debug"
)

// gcPercent is how much the heap may grow, in percent of what is alive, before garbage is collected. Go's own 100 would
// double the size of the copy of the cluster, which is nearly all that is alive and hardly changes; Flyte's polls leave
// little garbage.
const gcPercent = 35

// saveMemory leaves an administrator's own GOGC alone.
func saveMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// afterFirstLists gives back what the first lists took while they were read; with thousands of tasks it is as much as the
// copy itself.
func afterFirstLists() { debug.FreeOSMemory() }
