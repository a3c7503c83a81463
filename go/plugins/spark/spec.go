// %% Spec: what may a user ask for?
//
// Flyte already runs Spark. This plugin does it once more, because you can compare: it has grown up where the Job plugin
// is small, and shows what an operator with pods of two kinds, settings of its own and retries of its own asks for.
//
// As in the Job plugin this file reads the message, ``larkspur.v1.Spark``, refuses what breaks its rules, and fills in the
// defaults.

// Package spark runs a Flyte task as the driver of a SparkApplication.
package spark

import (
	"cmp"

	"example.com/flyteconnector/plugin"
	larkspurv1 "example.com/larkspur/gen/larkspur/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// %% The plugin and its settings
//
// What an administrator decides for all tasks are the fields of the plugin: it stays a value without state, and a test
// needs no flags.

// Plugin is the spark plugin.
type Plugin struct {
	plugin.Unimplemented
	// LogURL is the address of a pod's log.
	LogURL plugin.LogURL
	// UI and History are the addresses of Spark's pages while the application runs, and after its end.
	UI, History Address
	// Conf is Spark configuration for every task that does not say otherwise.
	Conf map[string]string
	// ServiceAccount is that of tasks without one: the driver needs the right to make pods.
	ServiceAccount string
	// Interruptible is a pod template for the executors of interruptible tasks, such as the tolerations of your spot nodes.
	Interruptible map[string]any
}

// TaskType is the name that the SDK writes into TaskTemplate.type. Flyte's configuration must say the same.
const TaskType = "larkspur_spark"

// Resource says that this plugin makes SparkApplications. The operator puts the PodLabel on driver and executors.
// TODO(kind): Name the kind that your operator watches, and the label that it puts on its pods.
func (Plugin) Resource() plugin.Resource {
	return plugin.Resource{
		GroupVersionKind: schema.GroupVersionKind{Group: "sparkoperator.k8s.io", Version: "v1beta2", Kind: "SparkApplication"},
		TaskTypes:        []string{TaskType},
		PodLabel:         "sparkoperator.k8s.io/app-name",
		Ignored:          []string{"spec.driver.template", "spec.executor.template", "spec.sparkConf", "spec.arguments"},
	}
}

// %% Reading the message
//
// ``Decode`` enforces the rules that stand in the message's own file. What is left is the connector's policy about
// ``sparkConf``, on the next page.
//
// The file that the driver runs is in the image, and only the SDK knows where: so the SDK sends it. Without an SDK's word
// it is where flytekit's own default is. A file without ``local://`` would be one of the *operator's* pod, which
// spark-submit would send to the driver.

// TODO(spec-fields): Fill in the defaults of your fields.
func decode(task plugin.Task) (*larkspurv1.Spark, error) {
	spec := &larkspurv1.Spark{}
	if err := plugin.Decode(task, spec); err != nil {
		return nil, err
	}
	spec.Executors = cmp.Or(spec.Executors, 2)
	spec.TtlSecondsAfterFinished = cmp.Or(spec.TtlSecondsAfterFinished, 600)
	spec.MainApplicationFile = cmp.Or(spec.MainApplicationFile, "local:///opt/venv/bin/entrypoint.py")
	return spec, checkConf(spec.SparkConf)
}
