// How does Flyte 2 create, watch and abort a task?

// Package flyte2 serves Flyte 2's API for connectors (flyteidl2.connector) on top of package core, beside package flyte1
// on the same server. It translates and decides nothing.
package flyte2

import (
	"context"
	"log/slog"

	"google.golang.org/grpc"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/gen/flyteidl2/connector"
	"example.com/flyteconnector/internal/dialect"
	"example.com/flyteconnector/pod"
)

// Adapter implements AsyncConnectorService and ConnectorMetadataService. What it does not implement answers UNIMPLEMENTED.
type Adapter struct {
	connector.UnimplementedAsyncConnectorServiceServer
	connector.UnimplementedConnectorMetadataServiceServer
	// Name is what the connector calls itself in ListConnectors.
	Name    string
	Core    *core.Core
	Options pod.Options
	Log     *slog.Logger
}

// Register adds the services to a server.
func (a *Adapter) Register(server *grpc.Server) {
	connector.RegisterAsyncConnectorServiceServer(server, a)
	connector.RegisterConnectorMetadataServiceServer(server, a)
}

func (a *Adapter) dialect() dialect.Service {
	options := a.Options
	options.Engine = pod.Flyte2
	return dialect.Service{Name: a.Name, Core: a.Core, Options: options, Log: a.Log}
}

// CreateTask makes the task's resource, once for each attempt.
func (a *Adapter) CreateTask(
	ctx context.Context, request *connector.CreateTaskRequest,
) (*connector.CreateTaskResponse, error) {
	read, err := asFlyte1(request)
	if err != nil {
		return nil, err
	}
	meta, err := a.dialect().Create(ctx, read, taken(request.GetConnection()))
	if err != nil {
		return nil, err
	}
	return &connector.CreateTaskResponse{ResourceMeta: meta}, nil
}

// GetTask reports how far the task is. The connection in the request is not read.
func (a *Adapter) GetTask(ctx context.Context, request *connector.GetTaskRequest) (*connector.GetTaskResponse, error) {
	answer, err := a.dialect().Get(ctx, request.GetTaskCategory().GetName(), request.GetResourceMeta())
	if err != nil {
		return nil, err
	}
	return &connector.GetTaskResponse{Resource: core.Translated(answer, a.resource)}, nil
}

// DeleteTask ends the task. Flyte 2 calls it for finished tasks too, about an hour later.
func (a *Adapter) DeleteTask(
	ctx context.Context, request *connector.DeleteTaskRequest,
) (*connector.DeleteTaskResponse, error) {
	if err := a.dialect().Delete(ctx, request.GetTaskCategory().GetName(), request.GetResourceMeta()); err != nil {
		return nil, err
	}
	return &connector.DeleteTaskResponse{}, nil
}
