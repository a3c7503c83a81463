//go:build apitest

package main

import (
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"example.com/flyteconnector/apitest"
)

// seriesFile has the names of metrics, their labels, and the values of labels that have few: what alerts and dashboards rely
// on. UPDATE_SERIES=1 writes it.
const seriesFile = "../../monitoring/testdata/series.txt"

var (
	sample = regexp.MustCompile(`(?m)^(\w+)(?:\{(.*)\})? \S+$`)
	pair   = regexp.MustCompile(`(\w+)="((?:[^"\\]|\\.)*)"`)
	few    = []string{"event", "grpc_code", "grpc_method", "grpc_service", "grpc_type"}
	shown  = []string{"go_goroutines", "process_cpu_seconds_total", "process_resident_memory_bytes"} // by dashboards
)

// seriesOf is a line for each metric of a page, in the order of the alphabet; of Go's and the process's own only those that
// are shown.
func seriesOf(page string) string {
	found := map[string]map[string]bool{}
	for _, line := range sample.FindAllStringSubmatch(page, -1) {
		name := line[1]
		if strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_") {
			if !slices.Contains(shown, name) {
				continue
			}
		}
		if found[name] == nil {
			found[name] = map[string]bool{}
		}
		for _, label := range pair.FindAllStringSubmatch(line[2], -1) {
			if !slices.Contains(few, label[1]) {
				label[2] = "*"
			}
			found[name][label[1]+"="+label[2]] = true
		}
	}
	var result strings.Builder
	for _, name := range slices.Sorted(maps.Keys(found)) {
		result.WriteString(name + joined(slices.Sorted(maps.Keys(found[name]))) + "\n")
	}
	return result.String()
}

// joined writes the values of a label beside each other: "a=x a=y b=z" is " a=x|y b=z".
func joined(pairs []string) (text string) {
	last := ""
	for _, one := range pairs {
		name, value, _ := strings.Cut(one, "=")
		if name == last {
			text += "|" + value
		} else {
			text += " " + one
		}
		last = name
	}
	return text
}

// metricsPage is what the program serves, as it is shipped: in a test's own process, others count calls to Kubernetes first.
func metricsPage(t *testing.T) string {
	t.Helper()
	var log apitest.Logbook
	command := exec.CommandContext(t.Context(), program(t), "--listen=127.0.0.1:0", "--metrics-listen=127.0.0.1:0",
		"--namespaces="+namespace, "--kubeconfig="+apitest.Kubeconfig(t, deploy(t)), "--log-format=json")
	command.Stderr = &log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	log.Field(t, "ready", "")
	answer, err := http.Get("http://" + log.Field(t, "metrics", "address") + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func TestTheMetricsAreThoseThatAlertsRelyOn(t *testing.T) {
	got := seriesOf(metricsPage(t))
	if os.Getenv("UPDATE_SERIES") != "" {
		if err := os.WriteFile(seriesFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(seriesFile)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("want the series of %s (UPDATE_SERIES=1 writes it), got\n%s", seriesFile, got)
	}
}
