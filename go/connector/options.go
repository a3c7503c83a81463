// What can be set when a connector starts?

package flyteconnector

import (
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"example.com/flyteconnector/access"
	"example.com/flyteconnector/core"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/watch"
)

// Options of Run. The zero value of each field but Listen is its default.
type Options struct {
	// Name is what the connector calls itself to Flyte.
	Name string
	// Listen is the address, for example "127.0.0.1:0" for a free port. AddressFile, if set, gets the real one.
	Listen, AddressFile string
	// Kubeconfig is a file; empty: the identity that Kubernetes gives to the connector's own pod.
	Kubeconfig string
	// Namespaces that tasks run in; empty: all.
	Namespaces []string
	// Deadline of one call; 0: core.DefaultDeadline.
	Deadline time.Duration
	// Env is added to every task; see pod.Options.
	Env map[string]string
	// Log; nil: text on standard error.
	Log *slog.Logger
}

// Flags defines the command line. The result is filled when the flags are parsed.
func Flags(flags *flag.FlagSet) *Options {
	o := &Options{Env: map[string]string{}}
	flags.StringVar(&o.Name, "name", "flyteconnector", "what the connector calls `itself` to Flyte")
	flags.StringVar(&o.Listen, "listen", ":8000", "`host:port` to serve gRPC on; port 0 takes a free one")
	flags.StringVar(&o.AddressFile, "address-file", "", "`file` that gets the real host:port once the connector is ready")
	flags.StringVar(&o.Kubeconfig, "kubeconfig", "", "kubeconfig `file`; default: the account of the connector's own pod")
	flags.DurationVar(&o.Deadline, "deadline", core.DefaultDeadline,
		"longest `time` for one call; keep it below Flyte's own timeout (10 s)")
	flags.Func("namespaces", "`names` of tasks' namespaces, with commas between them; default: all", func(value string) error {
		o.Namespaces = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
		return nil
	})
	flags.Func("env", "`NAME=value` for every task, as Flyte's default-env-vars; may be repeated", func(value string) error {
		name, text, found := strings.Cut(value, "=")
		if !found || name == "" {
			return fmt.Errorf("%q is not NAME=value", value)
		}
		o.Env[name] = text
		return nil
	})
	return o
}

func (o Options) logger() *slog.Logger {
	if o.Log != nil {
		return o.Log
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

// restConfig takes the client's own limit away (5 calls a second by default): a burst of tasks would wait in the connector
// for longer than Flyte does. Flyte's limits and the API server's priority and fairness are in force as they are.
func (o Options) restConfig() (*rest.Config, error) {
	config, err := rest.InClusterConfig()
	if o.Kubeconfig != "" {
		config, err = clientcmd.BuildConfigFromFlags("", o.Kubeconfig)
	}
	switch {
	case err != nil && o.Kubeconfig == "":
		return nil, fmt.Errorf("no --kubeconfig, and this is no pod with a service account: %w", err)
	case err != nil:
		return nil, fmt.Errorf("--kubeconfig %s: %w", o.Kubeconfig, err)
	}
	config.QPS = -1
	config.UserAgent = "flyteconnector"
	return config, nil
}

// needs lists the rights that the connector uses.
func needs(plugins []plugin.Plugin, namespaces []string) []access.Need {
	if len(namespaces) == 0 {
		namespaces = []string{""}
	}
	var result []access.Need
	for _, resource := range resources(plugins) {
		for _, namespace := range namespaces {
			own := access.Need{Resource: watch.PluralOf(resource), Namespace: namespace, Verbs: access.OnResources}
			result = append(result, own)
			if resource.PodLabel != "" {
				pods := access.Need{Resource: watch.PodsResource, Namespace: namespace, Verbs: access.OnPods}
				result = append(result, pods)
			}
		}
	}
	return result
}
