// How does Flyte 1 create, watch and abort a task?

// Package flyte1 serves Flyte 1's API for connectors (flyteidl.service, called "agent" on the wire) on top of package
// core. It translates and decides nothing.
package flyte1

import (
	"context"
	"log/slog"

	"google.golang.org/grpc"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/service"
	"example.com/flyteconnector/internal/dialect"
	"example.com/flyteconnector/pod"
)

// Adapter implements AsyncAgentService and AgentMetadataService. What it does not implement answers UNIMPLEMENTED.
type Adapter struct {
	service.UnimplementedAsyncAgentServiceServer
	service.UnimplementedAgentMetadataServiceServer
	// Name is what the connector calls itself in ListAgents.
	Name    string
	Core    *core.Core
	Options pod.Options
	Log     *slog.Logger
}

// Register adds the services to a server. SyncAgentService is not one of them: Flyte does not call it where is_sync is false.
func (a *Adapter) Register(server *grpc.Server) {
	service.RegisterAsyncAgentServiceServer(server, a)
	service.RegisterAgentMetadataServiceServer(server, a)
}

func (a *Adapter) dialect() dialect.Service {
	options := a.Options
	options.Engine = pod.Flyte1
	return dialect.Service{Name: a.Name, Core: a.Core, Options: options, Log: a.Log}
}

// CreateTask makes the task's resource, once for each attempt.
func (a *Adapter) CreateTask(ctx context.Context, request *admin.CreateTaskRequest) (*admin.CreateTaskResponse, error) {
	meta, err := a.dialect().Create(ctx, request, nil)
	if err != nil {
		return nil, err
	}
	return &admin.CreateTaskResponse{ResourceMeta: meta}, nil
}

// GetTask reports how far the task is.
func (a *Adapter) GetTask(ctx context.Context, request *admin.GetTaskRequest) (*admin.GetTaskResponse, error) {
	answer, err := a.dialect().Get(ctx, taskType(request), request.GetResourceMeta())
	if err != nil {
		return nil, err
	}
	return &admin.GetTaskResponse{Resource: core.Translated(answer, a.resource)}, nil
}

// DeleteTask ends the task.
func (a *Adapter) DeleteTask(ctx context.Context, request *admin.DeleteTaskRequest) (*admin.DeleteTaskResponse, error) {
	if err := a.dialect().Delete(ctx, taskType(request), request.GetResourceMeta()); err != nil {
		return nil, err
	}
	return &admin.DeleteTaskResponse{}, nil
}

// categorised is what GetTaskRequest and DeleteTaskRequest share.
type categorised interface {
	GetTaskCategory() *admin.TaskCategory
	GetTaskType() string
}

// taskType prefers the task_category; propellers before Flyte 1.13 send only the task_type.
func taskType(request categorised) string {
	if name := request.GetTaskCategory().GetName(); name != "" {
		return name
	}
	return request.GetTaskType()
}
