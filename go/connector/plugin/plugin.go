// Package plugin is what a connector's author sees of Flyte: a task goes in, a custom resource comes out, and the state of
// that resource is read back as a phase.
//
// It imports no gRPC, no Kubernetes client and no Flyte stubs, so that the same plugin can be linked into a connector
// and into FlytePropeller.
package plugin

import (
	"errors"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Task is one attempt of a Flyte task. The connector has decoded it, and finished its pod, before a plugin sees it.
type Task struct {
	// Type is the task type, in lower case.
	Type string
	// TypeVersion is the task_type_version that the task was registered with: 0 to Resource.TypeVersion.
	TypeVersion int32
	// Name is what the resource has to be called: DNS-1035, at most 48 characters, unique for each attempt, derived from
	// a hash of OutputPrefix. Namespace is where it has to be.
	Name, Namespace string
	// Labels and Annotations are sanitised and belong on the resource and on its pods. The connector adds its own to the
	// resource after BuildResource.
	Labels, Annotations map[string]string
	// Custom is what the SDK wrote into TaskTemplate.custom; decode it with Decode. Nil if the task sent nothing.
	Custom *structpb.Struct
	// Config is TaskTemplate.config: texts by keys. It is for what one text says, when a message would be too much.
	Config map[string]string
	// Pod is the finished pod of the task, with Labels and Annotations on it, whether the task came as a container or as
	// a pod, from either Flyte.
	Pod corev1.PodTemplateSpec
	// PrimaryContainer names the container of Pod that runs the user's code.
	PrimaryContainer string
	// Interruptible says that the task may run on machines that can be taken away.
	Interruptible bool
	// Attempt counts Flyte's attempts from 0.
	Attempt uint32
	// Timeout is the longest time that the attempt may run; 0 means that there is no limit.
	Timeout time.Duration
	// OutputPrefix is the folder in the object store that belongs to this attempt alone.
	OutputPrefix string
}

// PhaseInfo is what Flyte's user sees. Reason, Links and Info reach the UI at a change of phase: fill them early.
type PhaseInfo struct {
	Phase  Phase
	Reason string
	Links  []Link
	Info   map[string]any
	// CleanupOnFailure makes the connector delete the resource of a failed task. Set it where the resource would go on by
	// itself: Flyte deletes nothing after the last attempt, and a time to live begins only at the resource's own end.
	CleanupOnFailure bool
}

// Link is a log or a page about the task. Flyte 2 merges links by name over the phases, so keep names stable.
type Link struct {
	Name, URI string
}

// Resource says what kind of object a plugin creates.
type Resource struct {
	schema.GroupVersionKind
	// Plural is the name of the kind in URLs. Empty: derived from the kind ("Job" gives "jobs").
	Plural string
	// TaskTypes are the Flyte task types that the plugin serves, in lower case.
	TaskTypes []string
	// TypeVersion is the newest task_type_version that the plugin reads. It has to read all older ones too: a task stays
	// registered in Flyte as it was. 0 is what flytekit's and flyte's task classes send.
	TypeVersion int32
	// PodLabel is the label that the operator puts on the resource's pods, with the resource's name as its value.
	// Empty: the plugin does not want to see pods.
	PodLabel string
	// Ignored are parts of the resource that GetTaskPhase does not read, as paths with dots, for example "spec.template".
	// A list on the way stands for each of its items: "spec.groups.template".
	// The connector's copy leaves them out, so with thousands of tasks each of them saves megabytes. GetTaskPhase may get
	// a resource with or without them. Fields below metadata and status cannot be left out. See also package watch for
	// what is left of a pod.
	Ignored []string
}

// Plugin is what you write. All of it is pure: no context, client, clock, logger. Names follow Flyteplugins' k8s.Plugin.
type Plugin interface {
	// Resource says which kind of object the plugin creates, and for which task types.
	Resource() Resource
	// BuildResource turns a task into a custom resource. An error is the user's: it fails the task for good, with its text.
	BuildResource(Task) (*unstructured.Unstructured, error)
	// GetTaskPhase reads how far the task is from the resource and its pods. An error does not fail the task: it is
	// logged, and the task counts as RUNNING until the plugin knows better.
	GetTaskPhase(*unstructured.Unstructured, []corev1.Pod) (PhaseInfo, error)
}

// Unimplemented is embedded by every plugin, so that a plugin that lacks a method still builds (gRPC's idiom).
type Unimplemented struct{}

var _ Plugin = Unimplemented{}

// Resource returns the zero Resource, which no connector accepts.
func (Unimplemented) Resource() Resource { return Resource{} }

// BuildResource refuses every task.
func (Unimplemented) BuildResource(Task) (*unstructured.Unstructured, error) {
	return nil, errors.New("this plugin has no BuildResource yet")
}

// GetTaskPhase knows no phase.
func (Unimplemented) GetTaskPhase(*unstructured.Unstructured, []corev1.Pod) (PhaseInfo, error) {
	return PhaseInfo{}, errors.New("this plugin has no GetTaskPhase yet")
}
