// What does Flyte 2 see of a phase?

package flyte2

import (
	"example.com/flyteconnector/gen/flyteidl2/connector"
	"example.com/flyteconnector/gen/flyteidl2/core"
	"example.com/flyteconnector/internal/dialect"
	"example.com/flyteconnector/plugin"
)

// resource leaves outputs unset, always: Flyte 2 then reads the outputs.pb that the container wrote, and empty ones here
// would count as a success without them (measured with main of 2026-08). Nothing changes the result, so it may be sent any
// number of times.
func (a *Adapter) resource(info plugin.PhaseInfo) *connector.Resource {
	result := &connector.Resource{
		Phase:      core.TaskExecution_Phase(dialect.Phase(info.Phase)),
		Message:    dialect.Message(info.Reason),
		CustomInfo: a.dialect().CustomInfo(info.Info),
	}
	for _, link := range info.Links {
		result.LogLinks = append(result.LogLinks, &core.TaskLog{
			Name:             link.Name, // Flyte 2 merges links by name: the latest wins
			Uri:              link.URI,
			MessageFormat:    core.TaskLog_JSON,
			ShowWhilePending: true,
		})
	}
	return result
}
