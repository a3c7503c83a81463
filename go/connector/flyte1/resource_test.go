package flyte1

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/internal/fixture"
	"example.com/flyteconnector/plugin"
)

func TestAPhaseInFlytesWords(t *testing.T) {
	info := plugin.PhaseInfo{
		Phase: plugin.Initializing, Reason: "image", Links: []plugin.Link{{Name: "log", URI: "u"}}, Info: map[string]any{"pods": 2},
	}
	got := adapter(t, &fixture.Double{}).resource(info)
	want := &admin.Resource{
		Phase: core.TaskExecution_INITIALIZING, Message: "image", CustomInfo: got.GetCustomInfo(),
		LogLinks: []*core.TaskLog{{Name: "log", Uri: "u", MessageFormat: core.TaskLog_JSON, ShowWhilePending: true}},
	}
	if !proto.Equal(got, want) || got.GetCustomInfo().GetFields()["pods"].GetNumberValue() != 2 || got.GetOutputs() != nil {
		t.Errorf("want %v, got %v", want, got)
	}
}
