// What does Flyte show a plugin of a task?

// Package flytetest plays a task for tests of plugins that are linked into FlytePropeller.
package flytetest

import (
	"context"

	idl "github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/core"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/io"
	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/k8s"
	"github.com/flyteorg/flyte/flytestdlib/storage"
	corev1 "k8s.io/api/core/v1"
)

// Task is one attempt: a TaskExecutionContext, and a PluginContext. The embedded interfaces are nil, so a test fails where
// the code begins to ask for more than this package knows.
type Task struct {
	core.TaskExecutionContext
	Name     string
	Template *idl.TaskTemplate
	ReadErr  error
	Attempt  uint32
	State    k8s.PluginState // what the engine stored after the last round
	StateErr error
}

// New is a task of that type with one container.
func New(taskType string) *Task {
	return &Task{
		Name: "h1-n0-0",
		Template: &idl.TaskTemplate{Type: taskType, Target: &idl.TaskTemplate_Container{
			Container: &idl.Container{Image: "task:1", Args: []string{"pyflyte-execute"}},
		}},
	}
}

func (t *Task) TaskReader() core.TaskReader                       { return reader{task: t} }
func (t *Task) TaskExecutionMetadata() core.TaskExecutionMetadata { return metadata{task: t} }
func (t *Task) InputReader() io.InputReader                       { return inputs{} }
func (t *Task) OutputWriter() io.OutputWriter                     { return outputs{} }
func (t *Task) PluginStateReader() core.PluginStateReader         { return stored{task: t} }

type reader struct {
	core.TaskReader
	task *Task
}

func (r reader) Read(context.Context) (*idl.TaskTemplate, error) {
	return r.task.Template, r.task.ReadErr
}

type stored struct {
	core.PluginStateReader
	task *Task
}

func (s stored) Get(into interface{}) (uint8, error) {
	*into.(*k8s.PluginState) = s.task.State
	return 1, s.task.StateErr
}

type metadata struct {
	core.TaskExecutionMetadata
	task *Task
}

func (m metadata) GetTaskExecutionID() core.TaskExecutionID { return identifier{task: m.task} }
func (metadata) GetNamespace() string                       { return "flytesnacks-development" }
func (metadata) GetLabels() map[string]string {
	return map[string]string{"execution-id": "h1", "node-id": "n0"}
}
func (metadata) GetAnnotations() map[string]string {
	return map[string]string{"flyte.secrets/s0": "ref"}
}
func (metadata) GetK8sServiceAccount() string     { return "default" }
func (metadata) IsInterruptible() bool            { return true }
func (metadata) GetOverrides() core.TaskOverrides { return overrides{} }
func (metadata) GetPlatformResources() *corev1.ResourceRequirements {
	return &corev1.ResourceRequirements{}
}
func (metadata) GetEnvironmentVariables() map[string]string { return nil }
func (metadata) GetConsoleURL() string                      { return "" }

type overrides struct{ core.TaskOverrides }

func (overrides) GetResources() *corev1.ResourceRequirements   { return &corev1.ResourceRequirements{} }
func (overrides) GetExtendedResources() *idl.ExtendedResources { return nil }
func (overrides) GetContainerImage() string                    { return "" }
func (overrides) GetPodTemplate() *idl.K8SPod                  { return nil }
func (overrides) GetConfig() *corev1.ConfigMap                 { return nil }

type identifier struct {
	core.TaskExecutionID
	task *Task
}

func (i identifier) GetGeneratedName() string { return i.task.Name }
func (i identifier) GetID() idl.TaskExecutionIdentifier {
	return idl.TaskExecutionIdentifier{RetryAttempt: i.task.Attempt}
}

type inputs struct{ io.InputReader }

func (inputs) GetInputPrefixPath() storage.DataReference    { return "s3://bucket/h1/n0/data" }
func (inputs) GetInputPath() storage.DataReference          { return "s3://bucket/h1/n0/data/inputs.pb" }
func (inputs) Get(context.Context) (*idl.LiteralMap, error) { return nil, nil }

type outputs struct{ io.OutputWriter }

func (outputs) GetOutputPrefixPath() storage.DataReference          { return "s3://bucket/h1/n0/data/0" }
func (outputs) GetRawOutputPrefix() storage.DataReference           { return "s3://raw/h1" }
func (outputs) GetCheckpointPrefix() storage.DataReference          { return "s3://raw/h1/checkpoints" }
func (outputs) GetPreviousCheckpointsPrefix() storage.DataReference { return "" }
