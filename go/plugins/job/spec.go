// %% Spec: what may a user ask for?
//
// A plugin begins with the question that the user answers. Here it is ``larkspur.v1.Job``, the message that
// ``proto/larkspur/v1/job.proto`` describes. This file reads it, refuses what breaks its rules, and fills in the defaults.
// After this file nobody checks again.

// Package job runs a Flyte task as an indexed Kubernetes Job.
package job

import (
	"example.com/flyteconnector/plugin"
	larkspurv1 "example.com/larkspur/gen/larkspur/v1"
	batchv1 "k8s.io/api/batch/v1"
)

// %% The plugin
//
// A plugin is a value without state. ``plugin.Unimplemented`` has all methods of the interface, and each of them refuses;
// so this file builds and can be tested before the next ones exist.

// Plugin is the job plugin.
type Plugin struct {
	plugin.Unimplemented
	// LogURL is the address of a worker's log.
	LogURL plugin.LogURL
}

// TaskType is the name that the SDK writes into TaskTemplate.type. Flyte's configuration must say the same.
const TaskType = "larkspur_job"

// Resource says that this plugin makes Jobs. The Job controller puts the PodLabel on every pod of a Job.
// TODO(kind): Name the kind that your operator watches, and the label that it puts on its pods.
func (Plugin) Resource() plugin.Resource {
	return plugin.Resource{
		GroupVersionKind: batchv1.SchemeGroupVersion.WithKind("Job"),
		TaskTypes:        []string{TaskType},
		PodLabel:         batchv1.JobNameLabel,
		Ignored:          []string{"spec.template", "spec.selector"},
	}
}

// %% Reading the message
//
// ``Decode`` refuses what breaks a rule of the message. An error reaches the user as the task's error message, with the
// field as the user wrote it, the value, and what would be right: ``completions = -1: must be between 1 and 10000``.
//
// It also refuses keys that the message does not have: a typing error, or an SDK that is newer than this connector. In
// both cases the user asked for something that would silently not happen.
//
// What is left to write here are the defaults, and what no rule can say.

// TODO(spec-fields): Fill in the defaults of your fields.
func decode(task plugin.Task) (*larkspurv1.Job, error) {
	spec := &larkspurv1.Job{}
	if err := plugin.Decode(task, spec); err != nil {
		return nil, err
	}
	orDefault(&spec.Completions, 1)
	orDefault(&spec.Parallelism, spec.Completions)
	orDefault(&spec.TtlSecondsAfterFinished, 600)
	return spec, nil
}

func orDefault(field *int32, value int32) {
	if *field == 0 {
		*field = value
	}
}
