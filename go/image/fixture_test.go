// What do the tests put into images? A small program of their own, built as the connector is.

package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

const source = "package main\n\nimport \"os\"\n\nfunc main() { println(\"I am\", os.Getuid() >= 0) }\n"

var about = About{
	Name: "team/connector", Version: "1.2.3", Revision: "abc", Created: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC),
}

// compiled builds the program; words are changes, like "CGO_ENABLED=1" for the environment and "-ldflags=" for go build.
func compiled(t *testing.T, architecture string, words ...string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"main.go": source, "go.mod": "module example.com/small\n\ngo 1.26.0\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	flags := []string{"build", "-trimpath", "-ldflags=-s -w"}
	command := exec.Command("go")
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+architecture, "GOWORK=off")
	for _, word := range words {
		if strings.HasPrefix(word, "-") {
			flags = append(flags, word)
		} else {
			command.Env = append(command.Env, word)
		}
	}
	path := filepath.Join(folder, "program")
	command.Args = append(append(command.Args, flags...), "-o", path, ".")
	command.Dir = folder
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return path
}

// made is a layout with the program for two architectures, and what building it printed.
func made(t *testing.T) (folder, printed string) {
	t.Helper()
	var out bytes.Buffer
	folder = filepath.Join(t.TempDir(), "layout")
	if err := build(about, folder, []string{compiled(t, "amd64"), compiled(t, "arm64")}, &out); err != nil {
		t.Fatal(err)
	}
	return folder, strings.TrimSpace(out.String())
}

// place is a repository in an empty registry on this machine.
func place(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.WithReferrersSupport(true)))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://") + "/team/connector"
}

func pushed(t *testing.T, folder, repository string) string {
	t.Helper()
	var out bytes.Buffer
	if err := push(t.Context(), folder, repository, false, &out); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}
