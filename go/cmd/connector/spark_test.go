package main

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/larkspur/plugins/spark"
)

func parse(t *testing.T, arguments ...string) (*sparkSettings, error) {
	t.Helper()
	flags := flag.NewFlagSet("connector", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	settings := sparkFlags(flags)
	return settings, flags.Parse(arguments)
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pod.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSparkIsServedWhenItIsAskedFor(t *testing.T) {
	silent, err := parse(t)
	if err != nil || silent.plugins("") != nil {
		t.Errorf("without --spark: %v, error %v", silent.plugins(""), err)
	}
	pod := file(t, "spec: {nodeSelector: {spot: 'true'}}")
	settings, err := parse(t, "--spark", "--spark-conf=spark.a=b=c", "--spark-interruptible-pod="+pod,
		"--spark-history-url=https://history/{{.ApplicationID}}", "--spark-ui-url=https://ui")
	if err != nil {
		t.Fatal(err)
	}
	served := settings.plugins("https://logs")[0].(spark.Plugin)
	if served.LogURL != "https://logs" || served.Conf["spark.a"] != "b=c" || served.Interruptible["spec"] == nil ||
		served.ServiceAccount != "spark" || served.History != "https://history/{{.ApplicationID}}" || served.UI != "https://ui" {
		t.Errorf("got %+v", served)
	}
}

func TestAFlagOfSparkThatCannotWork(t *testing.T) {
	cases := map[string]string{
		"--spark-conf=a=b":                             `"a=b" is not key=value`,
		"--spark-conf=spark.a":                         `"spark.a" is not key=value`,
		"--spark-history-url=https://{{.Pod}}":         "no placeholder {{.Pod}}",
		"--spark-ui-url=https://{{.UID}}":              "no placeholder {{.UID}}",
		"--spark-interruptible-pod=nowhere":            "no such file",
		"--spark-interruptible-pod=" + file(t, "a: 1"): `it is no pod template: error unmarshaling JSON: while decoding JSON: json: unknown field "a"`,
	}
	for argument, want := range cases {
		if _, err := parse(t, argument); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", argument, err, want)
		}
	}
}
