// How does Flyte 2 find out what this connector serves?

package flyte2

import (
	"context"

	"example.com/flyteconnector/gen/flyteidl2/connector"
)

// ListConnectors is asked every 10 seconds. It only tells Flyte 2 which connector serves a type; that a connector serves
// it at all, Flyte 2 reads from its own configuration (measured with main of 2026-08).
func (a *Adapter) ListConnectors(
	context.Context, *connector.ListConnectorsRequest,
) (*connector.ListConnectorsResponse, error) {
	return &connector.ListConnectorsResponse{Connectors: []*connector.Connector{a.self()}}, nil
}

// GetConnector describes this connector under its own name.
func (a *Adapter) GetConnector(
	_ context.Context, request *connector.GetConnectorRequest,
) (*connector.GetConnectorResponse, error) {
	if err := a.dialect().Known(request.GetName()); err != nil {
		return nil, err
	}
	return &connector.GetConnectorResponse{Connector: a.self()}, nil
}

func (a *Adapter) self() *connector.Connector {
	result := &connector.Connector{Name: a.Name}
	for _, category := range a.dialect().Categories() {
		result.SupportedTaskCategories = append(result.SupportedTaskCategories,
			&connector.TaskCategory{Name: category.Type, Version: category.Version})
	}
	return result
}
