// How does Flyte 1 find out what this connector serves?

package flyte1

import (
	"context"

	"example.com/flyteconnector/gen/flyteidl/admin"
)

// ListAgents is asked every 10 seconds.
func (a *Adapter) ListAgents(context.Context, *admin.ListAgentsRequest) (*admin.ListAgentsResponse, error) {
	return &admin.ListAgentsResponse{Agents: []*admin.Agent{a.agent()}}, nil
}

// GetAgent describes this connector under its own name.
func (a *Adapter) GetAgent(_ context.Context, request *admin.GetAgentRequest) (*admin.GetAgentResponse, error) {
	if err := a.dialect().Known(request.GetName()); err != nil {
		return nil, err
	}
	return &admin.GetAgentResponse{Agent: a.agent()}, nil
}

// agent fills the deprecated supported_task_types too: propellers before Flyte 1.13 read nothing else.
func (a *Adapter) agent() *admin.Agent {
	result := &admin.Agent{Name: a.Name, IsSync: false, SupportedTaskTypes: a.Core.TaskTypes()}
	for _, category := range a.dialect().Categories() {
		result.SupportedTaskCategories = append(result.SupportedTaskCategories,
			&admin.TaskCategory{Name: category.Type, Version: category.Version})
	}
	return result
}
