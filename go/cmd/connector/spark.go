// Which flags does the spark plugin have?

package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"example.com/flyteconnector/plugin"
	"example.com/larkspur/plugins/spark"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// sparkSettings are the plugin, and whether it is served at all: a connector is not ready before it can watch all of its
// kinds, and not every cluster has the Spark operator's.
type sparkSettings struct {
	spark.Plugin
	serve bool
}

func sparkFlags(flags *flag.FlagSet) *sparkSettings {
	s := &sparkSettings{Plugin: spark.Plugin{Conf: map[string]string{}}}
	flags.BoolVar(&s.serve, "spark", false, "serve Spark tasks, too. The cluster then needs the Spark operator, and the connector's "+
		"account the rights on its SparkApplications")
	flags.Func("spark-conf", "`key=value` of Spark's configuration for every task that does not say otherwise; may be repeated. Nothing "+
		"is refused here, as it is in a task's sparkConf", s.setConf)
	flags.Func("spark-history-url", "`address` of Spark's history server, with {{.ApplicationID}} in it, and {{.Namespace}} and "+
		"{{.Application}} if need be. It also needs spark.eventLog.enabled and spark.eventLog.dir. Default: no link", address(&s.History))
	flags.Func("spark-interruptible-pod", "YAML `file` with a pod template (metadata, spec) for the executors of interruptible tasks: the "+
		"tolerations, say, and the node selector of machines that can be taken away. Drivers stay where they are. Default: such "+
		"tasks run like others", s.readPod)
	flags.StringVar(&s.ServiceAccount, "spark-service-account", "spark", "service account, by its `name`, of Spark tasks that name none; "+
		"the driver makes its executors with it, so it needs create, get, list, watch and delete on pods, services and configmaps")
	flags.Func("spark-ui-url", "`address` of the running application's page, with {{.Namespace}}, {{.Application}} and "+
		"{{.ApplicationID}} in it. Default: that of the Ingress that the operator makes, if it does", address(&s.UI))
	return s
}

func (s *sparkSettings) plugins(logURL plugin.LogURL) []plugin.Plugin {
	if !s.serve {
		return nil
	}
	s.LogURL = logURL
	return []plugin.Plugin{s.Plugin}
}

func address(target *spark.Address) func(string) error {
	return func(value string) error {
		*target = spark.Address(value)
		return target.Check()
	}
}

func (s *sparkSettings) setConf(value string) error {
	key, text, found := strings.Cut(value, "=")
	if !found || !strings.HasPrefix(key, "spark.") {
		return fmt.Errorf("%q is not key=value, with a key that begins with \"spark.\"", value)
	}
	s.Conf[key] = text
	return nil
}

// readPod is strict: what a task would trip over is the administrator's error, and nobody else's.
func (s *sparkSettings) readPod(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := yaml.UnmarshalStrict(raw, &corev1.PodTemplateSpec{}); err != nil {
		return fmt.Errorf("it is no pod template: %w", err)
	}
	return yaml.Unmarshal(raw, &s.Interruptible)
}
