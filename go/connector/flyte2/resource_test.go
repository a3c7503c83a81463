package flyte2

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"example.com/flyteconnector/flyte1"
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl2/connector"
	"example.com/flyteconnector/gen/flyteidl2/core"
	"example.com/flyteconnector/internal/fixture"
	"example.com/flyteconnector/plugin"
)

// both are the two adapters over one core.
func both(t *testing.T, double *fixture.Double) (*flyte1.Adapter, *Adapter) {
	double.Types = []string{"tut"} // the type in the fixture's requests
	engine, _ := fixture.Core(t, double)
	log := fixture.Log(t)
	return &flyte1.Adapter{Name: "mine", Core: engine, Log: log}, &Adapter{Name: "mine", Core: engine, Log: log}
}

func TestBothFlytesSeeTheSameOfEveryPhase(t *testing.T) {
	double := &fixture.Double{}
	first, second := both(t, double)
	request := fixture.Requests(t)["container_target"]
	for phase := plugin.Queued; phase <= plugin.Failed; phase++ {
		t.Run(phase.String(), func(t *testing.T) {
			request.OutputPrefix = "s3://b/" + phase.String() // another task, because an end never changes
			meta := create(t, first, second, request)
			double.Info = plugin.PhaseInfo{
				Phase: phase, Reason: "because", Info: map[string]any{"pods": 2},
				Links: []plugin.Link{{Name: "log", URI: "https://logs/1"}, {Name: "page", URI: "https://pages/1"}},
			}
			one, err := first.GetTask(t.Context(), &admin.GetTaskRequest{TaskType: "tut", ResourceMeta: meta})
			if err != nil {
				t.Fatal(err)
			}
			category := &connector.TaskCategory{Name: "tut"}
			two, err := second.GetTask(t.Context(), &connector.GetTaskRequest{TaskCategory: category, ResourceMeta: meta})
			if err != nil {
				t.Fatal(err)
			}
			if same := reread(t, one, new(connector.GetTaskResponse)); !proto.Equal(same, two) {
				t.Errorf("want what Flyte 1 gets, %v, got %v", same, two)
			}
			resource := two.GetResource()
			if resource.GetPhase() == core.TaskExecution_UNDEFINED || resource.GetMessage() != "because" || len(resource.GetLogLinks()) != 2 ||
				resource.GetCustomInfo().GetFields()["pods"].GetNumberValue() != 2 || resource.GetOutputs() != nil {
				t.Errorf("want phase, reason, links, info and no outputs, got %v", resource)
			}
		})
	}
}
