// Package versioned shows how a plugin reads tasks that were registered with an older form of its message.
package versioned

import (
	"example.com/flyteconnector/plugin"
	"example.com/larkspur/plugins/job"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Plugin is the job plugin as it would be if max_failed_indexes had once been called tolerated.
type Plugin struct{ job.Plugin }

// Resource says up to which task_type_version this plugin reads tasks: 0 is the first one, 1 is what the SDK writes now.
func (p Plugin) Resource() plugin.Resource {
	resource := p.Plugin.Resource()
	resource.TypeVersion = 1
	return resource
}

// BuildResource brings an old task up to date, and then there is one message only.
func (p Plugin) BuildResource(task plugin.Task) (*unstructured.Unstructured, error) {
	if task.TypeVersion < 1 {
		task.Custom = renamed(task.Custom, "tolerated", "maxFailedIndexes")
	}
	return p.Plugin.BuildResource(task)
}

// renamed returns a copy with another key; the task itself is the connector's.
func renamed(custom *structpb.Struct, old, now string) *structpb.Struct {
	result := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	for key, value := range custom.GetFields() {
		if key == old {
			key = now
		}
		result.Fields[key] = value
	}
	return result
}
