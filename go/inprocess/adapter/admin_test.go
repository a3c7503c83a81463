// Which events does Flyte's database keep?

package adapter

import (
	idl "github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
)

// admin is a model of flyteadmin: what becomes of the events of one attempt. Its rules were read in v1.16
// (flyteadmin, manager/impl/task_execution_manager.go and repositories/transformers/task_execution.go) and seen with 1.16.8.
type admin struct {
	phase   core.Phase
	version uint32
	err     *idl.ExecutionError
	reasons []string
	links   map[string]string
	info    map[string]any
	events  int
	dropped int
}

func (a *admin) record(event core.PhaseInfo) {
	// "have already recorded task execution phase": AlreadyExists, which FlytePropeller takes for a success.
	if event.Phase() == a.phase && event.Version() <= a.version && a.events > 0 {
		a.dropped++
		return
	}
	if a.phase.IsTerminal() {
		a.dropped++
		return
	}
	a.events++
	a.phase = event.Phase()
	if event.Version() != 0 { // the update statement leaves out zero values
		a.version = event.Version()
	}
	a.err = event.Err()
	if event.Reason() != "" {
		a.reasons = append(a.reasons, event.Reason())
	}
	for _, reason := range event.Info().AdditionalReasons {
		_ = reason.OccurredAt.Unix() // without a time FlytePropeller panics
		a.reasons = append(a.reasons, reason.Reason)
	}
	if a.links == nil {
		a.links, a.info = map[string]string{}, map[string]any{}
	}
	for _, link := range event.Info().Logs {
		a.links[link.Name] = link.Uri
	}
	for key, value := range event.Info().CustomInfo.AsMap() {
		a.info[key] = value
	}
}

// last is what the user reads.
func (a *admin) last() string {
	if len(a.reasons) == 0 {
		return ""
	}
	return a.reasons[len(a.reasons)-1]
}
