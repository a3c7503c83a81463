// Command connector serves the plugins of this repository to Flyte. It only wires: which plugins, their settings, signals.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"example.com/flyteconnector"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/store"
	// step:spec begin
	"example.com/larkspur/plugins/job"
	// step:spec end
)

func main() {
	options := flyteconnector.Flags(flag.CommandLine)
	logURL := plugin.LogURL("")
	flag.StringVar((*string)(&logURL), "log-url", "", "`address` of a container's log, with {{.Namespace}}, {{.Pod}}, {{.PodUID}} and "+
		"{{.Container}} in it; default: no links")
	// step:spark begin
	spark := sparkFlags(flag.CommandLine)
	// step:spark end
	flag.Parse()
	options.Store = store.Linked{}
	plugins := []plugin.Plugin{
		// step:spec begin
		job.Plugin{LogURL: logURL},
		// step:spec end
	}
	// step:spark begin
	plugins = append(plugins, spark.plugins(logURL)...)
	// step:spark end
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *options, logURL, flag.Args(), plugins)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "connector:", err)
		os.Exit(1)
	}
}

func run(
	ctx context.Context, options flyteconnector.Options, logURL plugin.LogURL, rest []string, plugins []plugin.Plugin,
) error {
	if len(rest) > 0 {
		return fmt.Errorf("%q is no flag; see --help", rest)
	}
	if err := logURL.Check(); err != nil {
		return fmt.Errorf("--log-url: %w", err)
	}
	return flyteconnector.Run(ctx, options, plugins...)
}
