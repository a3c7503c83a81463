// How does Flyte 1 find out what this connector serves?

package flyte1

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"example.com/flyteconnector/gen/flyteidl/admin"
)

// typeVersion is the task_type_version of every type: flytekit's default.
const typeVersion = 0

// ListAgents is asked every 10 seconds.
func (a *Adapter) ListAgents(context.Context, *admin.ListAgentsRequest) (*admin.ListAgentsResponse, error) {
	return &admin.ListAgentsResponse{Agents: []*admin.Agent{a.agent()}}, nil
}

// GetAgent describes this connector under its own name.
func (a *Adapter) GetAgent(_ context.Context, request *admin.GetAgentRequest) (*admin.GetAgentResponse, error) {
	if request.GetName() != a.Name {
		return nil, status.Errorf(codes.NotFound, "no connector %q here, only %q", request.GetName(), a.Name)
	}
	return &admin.GetAgentResponse{Agent: a.agent()}, nil
}

// agent fills the deprecated supported_task_types too: propellers before Flyte 1.13 read nothing else.
func (a *Adapter) agent() *admin.Agent {
	result := &admin.Agent{Name: a.Name, IsSync: false, SupportedTaskTypes: a.Core.TaskTypes()}
	for _, taskType := range a.Core.TaskTypes() {
		category := &admin.TaskCategory{Name: taskType, Version: typeVersion}
		result.SupportedTaskCategories = append(result.SupportedTaskCategories, category)
	}
	return result
}
