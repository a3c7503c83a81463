package flyte1

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/internal/fixture"
)

func TestWhatFlyteFindsOut(t *testing.T) {
	a := adapter(t, &fixture.Double{Version: 1})
	list, err := a.ListAgents(t.Context(), &admin.ListAgentsRequest{})
	if err != nil || len(list.GetAgents()) != 1 {
		t.Fatalf("want one connector, got %v, %v", list, err)
	}
	agent := list.GetAgents()[0]
	if agent.GetIsSync() || agent.GetName() != "mine" || agent.GetSupportedTaskTypes()[0] != "tut" {
		t.Errorf("want an asynchronous connector for tut, got %v", agent)
	}
	// FlytePropeller keeps only the last one.
	categories := agent.GetSupportedTaskCategories()
	if len(categories) != 2 || categories[1].GetName() != "tut" || categories[1].GetVersion() != 1 {
		t.Errorf("want the versions with the newest at the end, got %v", categories)
	}
	if _, err := a.GetAgent(t.Context(), &admin.GetAgentRequest{Name: "mine"}); err != nil {
		t.Errorf("want it under its name, got %v", err)
	}
	if _, err := a.GetAgent(t.Context(), &admin.GetAgentRequest{Name: "other"}); status.Code(err) != codes.NotFound {
		t.Errorf("want NOT_FOUND under another name, got %v", err)
	}
}
