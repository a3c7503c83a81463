//go:build apitest

package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.com/flyteconnector/apitest"
)

// program builds the connector as it is shipped. (The test itself is linked with all that it is built from, so Go runs it
// again when any of that changes.)
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "connector")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

func TestASignalEndsTheProgramInOrderAlsoBeforeItIsReady(t *testing.T) {
	path := program(t)
	for kubeconfig, state := range map[string]string{
		apitest.Kubeconfig(t, deploy(t)): "ready", "../../connector/testdata/kubeconfig": "not ready; it will be tried again",
	} {
		var log apitest.Logbook
		command := exec.CommandContext(t.Context(), path, "--listen=127.0.0.1:0", "--namespaces="+namespace,
			"--kubeconfig="+kubeconfig, "--log-format=json")
		command.Stderr = &log
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		log.Field(t, state, "")
		if err := command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := command.Wait(); err != nil || !strings.Contains(log.String(), `"msg":"stopped"`) {
			t.Errorf("%s: want exit 0 after its last word, got %v\n%s", state, err, &log)
		}
	}
}

func TestWhatTheProgramSays(t *testing.T) {
	path := program(t)
	t.Run("it says what is wrong, and exits with 1", func(t *testing.T) {
		for arguments, want := range map[string]string{
			"--read-outputs --kubeconfig=none": "--kubeconfig none", "--log-url={{.Nobody}}": "--log-url", "extra": "is no flag; see --help",
		} {
			command := exec.CommandContext(t.Context(), path, strings.Fields(arguments)...)
			out, err := command.CombinedOutput()
			if err == nil || command.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), want) {
				t.Errorf("%s: want an error with %q, got %v, %s", arguments, want, err, out)
			}
		}
	})
	t.Run("help is on standard output", func(t *testing.T) {
		command := exec.CommandContext(t.Context(), path, "--help")
		var wrong bytes.Buffer
		command.Stderr = &wrong
		text, err := command.Output()
		if err != nil || wrong.Len() > 0 || !bytes.Contains(text, []byte("This program:\n  --log-url address\n")) {
			t.Errorf("got %v, %s, %s", err, &wrong, text)
		}
	})
}
