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
	logURL := flag.String("log-url", "", "`address` of a container's log, with {{.Namespace}}, {{.Pod}}, {{.PodUID}} and "+
		"{{.Container}} in it; default: no links")
	flag.Parse()
	options.Store = store.Linked{}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *options, plugin.LogURL(*logURL), flag.Args())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "connector:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, options flyteconnector.Options, logURL plugin.LogURL, rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("%q is no flag; see --help", rest)
	}
	if err := logURL.Check(); err != nil {
		return fmt.Errorf("--log-url: %w", err)
	}
	plugins := []plugin.Plugin{
		// step:spec begin
		job.Plugin{LogURL: logURL},
		// step:spec end
	}
	return flyteconnector.Run(ctx, options, plugins...)
}
