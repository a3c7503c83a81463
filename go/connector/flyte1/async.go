// How does Flyte 1 create, watch and abort a task?

// Package flyte1 serves Flyte 1's API for connectors (flyteidl.service, called "agent" on the wire) on top of package
// core. It translates and decides nothing.
package flyte1

import (
	"context"
	"errors"
	"log/slog"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/service"
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

// Register adds the services to a server.
func (a *Adapter) Register(server *grpc.Server) {
	service.RegisterAsyncAgentServiceServer(server, a)
	service.RegisterAgentMetadataServiceServer(server, a)
	// Flyte does not call it for connectors with is_sync=false; registered so that all answers are of one kind.
	service.RegisterSyncAgentServiceServer(server, service.UnimplementedSyncAgentServiceServer{})
}

// CreateTask makes the task's resource, once for each attempt.
func (a *Adapter) CreateTask(ctx context.Context, request *admin.CreateTaskRequest) (*admin.CreateTaskResponse, error) {
	template := request.GetTemplate()
	if err := a.version(template.GetType(), template.GetTaskTypeVersion()); template != nil && err != nil {
		return nil, err
	}
	task, err := pod.Finish(request, a.Options)
	if errors.Is(err, pod.ErrRequest) {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	var raw []byte
	if err != nil {
		raw, err = a.Core.Refuse(template.GetType(), err.Error())
	} else {
		raw, err = a.Core.Create(ctx, task)
	}
	if err != nil {
		return nil, a.failed(ctx, "CreateTask", err)
	}
	return &admin.CreateTaskResponse{ResourceMeta: raw}, nil
}

// GetTask reports how far the task is.
func (a *Adapter) GetTask(ctx context.Context, request *admin.GetTaskRequest) (*admin.GetTaskResponse, error) {
	taskType, err := a.category(request)
	if err != nil {
		return nil, err
	}
	info, err := a.Core.Get(ctx, taskType, request.GetResourceMeta())
	if err != nil {
		return nil, a.failed(ctx, "GetTask", err)
	}
	return &admin.GetTaskResponse{Resource: a.resource(info)}, nil
}

// DeleteTask ends the task.
func (a *Adapter) DeleteTask(ctx context.Context, request *admin.DeleteTaskRequest) (*admin.DeleteTaskResponse, error) {
	taskType, err := a.category(request)
	if err != nil {
		return nil, err
	}
	if err := a.Core.Delete(ctx, taskType, request.GetResourceMeta()); err != nil {
		return nil, a.failed(ctx, "DeleteTask", err)
	}
	return &admin.DeleteTaskResponse{}, nil
}

// categorised is what GetTaskRequest and DeleteTaskRequest share.
type categorised interface {
	GetTaskCategory() *admin.TaskCategory
	GetTaskType() string
}

// category prefers the task_category; propellers before Flyte 1.13 send only the task_type.
func (a *Adapter) category(request categorised) (string, error) {
	category := request.GetTaskCategory()
	if category.GetName() == "" {
		return request.GetTaskType(), nil
	}
	return category.GetName(), a.version(category.GetName(), category.GetVersion())
}

// version refuses what no plugin here was written for. Flyte 1 can route to one version of a type only.
func (a *Adapter) version(taskType string, version int32) error {
	if version == typeVersion {
		return nil
	}
	return status.Errorf(codes.NotFound, "task type %q version %d: this connector serves version %d", taskType, version,
		typeVersion)
}
