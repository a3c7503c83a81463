// What does Flyte 1 see of a phase?

package flyte1

import (
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/internal/dialect"
	"example.com/flyteconnector/plugin"
)

// resource leaves outputs unset, always: the container writes outputs.pb, and even an empty map here would hide it.
// Nothing changes the result, so it may be sent any number of times.
func (a *Adapter) resource(info plugin.PhaseInfo) *admin.Resource {
	result := &admin.Resource{
		Phase:      dialect.Phase(info.Phase),
		Message:    dialect.Message(info.Reason),
		CustomInfo: a.dialect().CustomInfo(info.Info),
	}
	for _, link := range info.Links {
		result.LogLinks = append(result.LogLinks, &core.TaskLog{
			Name:          link.Name,
			Uri:           link.URI,
			MessageFormat: core.TaskLog_JSON, // the console shows no link without a format
			// Without it the console hides the link until the task runs.
			ShowWhilePending: true,
		})
	}
	return result
}
