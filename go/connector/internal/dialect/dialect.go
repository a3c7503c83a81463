// What do the APIs of Flyte 1 and Flyte 2 have in common?

// Package dialect is what both adapters (flyte1, flyte2) do alike: which calls reach the core, which task types there
// are, what a phase looks like, and which code an error gets. The adapters add the messages and the names of the services.
package dialect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/pod"
)

// Service is the connector as an adapter sees it. The errors of its methods are ready for gRPC.
type Service struct {
	// Name is what the connector calls itself.
	Name    string
	Core    *core.Core
	Options pod.Options
	Log     *slog.Logger
}

// Create makes the task's resource, once for each attempt, and returns resource_meta. A refusal that is not nil is an
// adapter's own reason why the task can never run: then nothing is created, and Get says FAILED with its text.
func (s Service) Create(ctx context.Context, request *admin.CreateTaskRequest, refusal error) ([]byte, error) {
	raw, err := s.create(ctx, request, refusal)
	return raw, failed(ctx, err)
}

func (s Service) create(ctx context.Context, request *admin.CreateTaskRequest, refusal error) ([]byte, error) {
	task, err := pod.Finish(request, s.Options)
	if errors.Is(err, pod.ErrRequest) {
		return nil, err
	}
	template := request.GetTemplate()
	if err := s.serves(template.GetType(), template.GetTaskTypeVersion()); err != nil {
		return nil, err
	}
	if refusal != nil {
		err = refusal
	}
	if err != nil {
		return s.Core.Refuse(template.GetType(), err.Error())
	}
	return s.Core.Create(ctx, task)
}

// Get reports how far the task is. The version of the type does not matter any more: the task was accepted, perhaps by
// another release of the connector, and FlytePropeller stops asking for good after six errors in a task's life.
func (s Service) Get(ctx context.Context, taskType string, meta []byte) (*core.Answer, error) {
	answer, err := s.Core.Get(ctx, taskType, meta)
	return answer, failed(ctx, err)
}

// Delete ends the task, whatever the version of its type is: Flyte 2 repeats a failed delete for ever.
func (s Service) Delete(ctx context.Context, taskType string, meta []byte) error {
	return failed(ctx, s.Core.Delete(ctx, taskType, meta))
}

// Category is a task type in one version.
type Category struct {
	Type    string
	Version int32
}

// Categories are what the connector serves. The versions of a type ascend, because of those that one connector names,
// FlytePropeller 1.16 keeps the last one (read in plugins/webapi/connector/client.go; the others reach the connector if it
// is the defaultConnector); Flyte 2 keeps all (measured with main of 2026-08).
func (s Service) Categories() []Category {
	var result []Category
	for _, taskType := range s.Core.TaskTypes() {
		newest, _ := s.Core.TypeVersion(taskType) // the type is known
		for version := range newest + 1 {
			result = append(result, Category{taskType, version})
		}
	}
	return result
}

// Known refuses a connector's name that is not this one's.
func (s Service) Known(name string) error {
	if name == s.Name {
		return nil
	}
	return notFound("no connector %q here, only %q", name, s.Name)
}

// errVersion: the plugin was written for older tasks.
var errVersion = errors.New("task_type_version")

// serves refuses what no plugin here was written for. An engine may send it nevertheless: its defaultConnector gets
// whatever no connector has named.
func (s Service) serves(taskType string, version int32) error {
	newest, err := s.Core.TypeVersion(taskType)
	if err == nil && (version < 0 || version > newest) {
		err = fmt.Errorf("%w %d of task type %q: this connector serves 0 to %d", errVersion, version, taskType, newest)
	}
	return err
}
