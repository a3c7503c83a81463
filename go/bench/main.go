// What does the connector cost, compared with what it cannot cost less than?

// Command bench measures the connector as a process, on a real etcd and kube-apiserver. It plays Flyte, and the
// controllers that are not there. `nox -s bench` builds and runs it, and makes ratios of what it prints: one JSON document
// on standard output. Progress goes to standard error.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// options say what to measure with. Files and folders must exist.
type options struct {
	assets, connector, pyflyte, module, folder, request string
	live, rounds                                        int
	span                                                time.Duration
}

// report is what was measured, round by round; nothing in it is a mean or a ratio.
type report struct {
	Live    int            `json:"live"`
	Rounds  int            `json:"rounds"`
	Callers int            `json:"callers"`
	Create  []createRound  `json:"create"`
	Get     []getRound     `json:"get"`
	Memory  []memory       `json:"memory"`
	Restart []float64      `json:"restart_seconds"`
	Abort   abort          `json:"abort"`
	Cluster map[string]any `json:"cluster"`
}

func main() {
	o := options{}
	flag.StringVar(&o.assets, "assets", "", "`folder` with etcd, kube-apiserver and kube-controller-manager")
	flag.StringVar(&o.connector, "connector", "", "the connector's `program`")
	flag.StringVar(&o.pyflyte, "pyflyte", "", "the `program` that serves the Python connector")
	flag.StringVar(&o.module, "module", "", "Python `module` with the Python connector")
	flag.StringVar(&o.folder, "folder", "", "`folder` for logs and settings")
	flag.StringVar(&o.request, "request", "", "`file` with a real CreateTaskRequest, \"container_target\" in JSON")
	flag.IntVar(&o.live, "live", 10_000, "`number` of live tasks; a tenth of it is the number to compare with")
	flag.IntVar(&o.rounds, "rounds", 8, "`number` of times that each measurement takes its turn")
	flag.DurationVar(&o.span, "span", 2*time.Second, "`time` of one turn of polls")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	result, err := run(ctx, o)
	stop()
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(result)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run makes every measurement, one after the other: two at once would measure each other.
func run(ctx context.Context, o options) (*report, error) {
	say("etcd and kube-apiserver are starting")
	cluster, err := startCluster(ctx, o)
	if err != nil {
		return nil, err
	}
	defer cluster.stop()
	result := &report{Live: o.live, Rounds: o.rounds, Callers: callers, Cluster: cluster.about}
	parts := []func(context.Context, *bench) error{measureCreate, fill, measureGet, measureRestart, measureAbort}
	b := &bench{options: o, cluster: cluster, report: result}
	defer b.stop()
	for _, part := range parts {
		if err := part(ctx, b); err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	return result, nil
}

var began = time.Now()

func say(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "bench %6.1f s  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, values...))
}
