package flyte2

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"example.com/flyteconnector/gen/flyteidl2/connector"
	"example.com/flyteconnector/internal/fixture"
)

func TestWhatFlyteFindsOut(t *testing.T) {
	_, a := both(t, &fixture.Double{Version: 1})
	list, err := a.ListConnectors(t.Context(), &connector.ListConnectorsRequest{})
	if err != nil || len(list.GetConnectors()) != 1 || list.GetConnectors()[0].GetName() != "mine" {
		t.Fatalf("want one connector, got %v, %v", list, err)
	}
	categories := list.GetConnectors()[0].GetSupportedTaskCategories()
	if len(categories) != 2 || categories[0].GetVersion() != 0 || categories[1].GetName() != "tut" || categories[1].GetVersion() != 1 {
		t.Errorf("want every version of tut, got %v", categories)
	}
	if _, err := a.GetConnector(t.Context(), &connector.GetConnectorRequest{Name: "mine"}); err != nil {
		t.Errorf("want it under its name, got %v", err)
	}
	if _, err := a.GetConnector(t.Context(), &connector.GetConnectorRequest{Name: "other"}); status.Code(err) != codes.NotFound {
		t.Errorf("want NOT_FOUND under another name, got %v", err)
	}
}
