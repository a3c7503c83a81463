package flyte1

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"example.com/flyteconnector/gen/flyteidl/admin"
)

func TestWhatFlyteFindsOut(t *testing.T) {
	a := adapter(t)
	list, err := a.ListAgents(t.Context(), &admin.ListAgentsRequest{})
	if err != nil || len(list.GetAgents()) != 1 {
		t.Fatalf("want one connector, got %v, %v", list, err)
	}
	agent := list.GetAgents()[0]
	if agent.GetIsSync() || agent.GetName() != "mine" || agent.GetSupportedTaskTypes()[0] != "double" ||
		agent.GetSupportedTaskCategories()[0].GetName() != "double" {
		t.Errorf("want an asynchronous connector for double, got %v", agent)
	}
	if _, err := a.GetAgent(t.Context(), &admin.GetAgentRequest{Name: "mine"}); err != nil {
		t.Errorf("want it under its name, got %v", err)
	}
	if _, err := a.GetAgent(t.Context(), &admin.GetAgentRequest{Name: "other"}); status.Code(err) != codes.NotFound {
		t.Errorf("want NOT_FOUND under another name, got %v", err)
	}
}
