// Which of Flyte's messages does the code under test touch?

// Package core is a double: Go structs with the names of the generated messages that the adapter uses, no wire format.
package core

import (
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
)

// TaskTemplate is what the SDK registered.
type TaskTemplate struct {
	Type     string
	Metadata *TaskMetadata
	Custom   *structpb.Struct
	Target   isTaskTemplate_Target
	Config   map[string]string
}

// TaskMetadata holds what every task may set.
type TaskMetadata struct {
	Timeout  *durationpb.Duration
	Metadata *K8SObjectMetadata
}

// K8SObjectMetadata is what a user wants on the resource.
type K8SObjectMetadata struct{ Labels, Annotations map[string]string }

func (m *K8SObjectMetadata) GetLabels() map[string]string {
	if m == nil {
		return nil
	}
	return m.Labels
}

func (m *K8SObjectMetadata) GetAnnotations() map[string]string {
	if m == nil {
		return nil
	}
	return m.Annotations
}

// Types that the fakes only name.
type (
	ExtendedResources struct{}
	K8SPod            struct{}
	LiteralMap        struct{}
)

func (m *TaskMetadata) GetMetadata() *K8SObjectMetadata {
	if m == nil {
		return nil
	}
	return m.Metadata
}

// GetTimeout returns nil where there is no limit.
func (m *TaskMetadata) GetTimeout() *durationpb.Duration {
	if m == nil {
		return nil
	}
	return m.Timeout
}

// GetType and the other getters accept nil, as generated ones do.
func (t *TaskTemplate) GetType() string {
	if t == nil {
		return ""
	}
	return t.Type
}

func (t *TaskTemplate) GetMetadata() *TaskMetadata {
	if t == nil {
		return nil
	}
	return t.Metadata
}

func (t *TaskTemplate) GetCustom() *structpb.Struct {
	if t == nil {
		return nil
	}
	return t.Custom
}

func (t *TaskTemplate) GetConfig() map[string]string {
	if t == nil {
		return nil
	}
	return t.Config
}

func (t *TaskTemplate) GetContainer() *Container {
	if target, ok := t.Target.(*TaskTemplate_Container); ok {
		return target.Container
	}
	return nil
}

type isTaskTemplate_Target interface{ isTaskTemplate_Target() }

// TaskTemplate_Container is the container target.
type TaskTemplate_Container struct{ Container *Container }

func (*TaskTemplate_Container) isTaskTemplate_Target() {}

// Container is what the SDK knows of the pod.
type Container struct {
	Image string
	Args  []string
}

// TaskExecutionIdentifier names one attempt.
type TaskExecutionIdentifier struct{ RetryAttempt uint32 }

// TaskLog is a link.
type TaskLog struct {
	Uri, Name        string
	MessageFormat    TaskLog_MessageFormat
	ShowWhilePending bool
}

// TaskLog_MessageFormat says how the console shows a link.
type TaskLog_MessageFormat int32

// TaskLog_JSON is the value of the same name.
const TaskLog_JSON TaskLog_MessageFormat = 2

// ExecutionError is what the user reads.
type ExecutionError struct {
	Code, Message string
	Kind          ExecutionError_ErrorKind
}

// ExecutionError_ErrorKind says whose error it is.
type ExecutionError_ErrorKind int32

const (
	ExecutionError_USER   ExecutionError_ErrorKind = 1
	ExecutionError_SYSTEM ExecutionError_ErrorKind = 2
)
