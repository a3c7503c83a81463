package inprocess_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// modfile is what this very test was started with: the doubles, or Flyte's own modules.
func modfile() string {
	if named := os.Getenv("INPROCESS_MODFILE"); named != "" {
		return named
	}
	return "testdata/double.mod"
}

// readSources opens what go list reads: Go repeats a test's earlier result while the files that the test itself has opened
// are the same.
func readSources(t *testing.T, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				_, err = os.ReadFile(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Two copies of Flyte's messages in one program panic at start. FlytePropeller has one, so what is linked into it must not
// bring another; and a gRPC server has no business there.
func TestNoSecondCopyOfFlytesMessages(t *testing.T) {
	doubled := modfile() == "testdata/double.mod"
	readSources(t, ".", "../plugins", "../connector/plugin")
	ours := []string{".", "./adapter/...", "example.com/larkspur/plugins/...", "example.com/flyteconnector/plugin"}
	if doubled {
		ours = append(ours, "./cmd/...") // the real one is Flyte's own, and all that Flyte's own plugins need
	}
	command := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps", "-modfile=" + modfile()}, ours...)...)
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list -deps: %v", err)
	}
	packages := strings.Fields(string(out))
	if len(packages) < 100 {
		t.Fatalf("go list names only %d packages; has it looked?", len(packages))
	}
	for _, name := range packages {
		ours := strings.HasPrefix(name, "example.com/flyteconnector/") && name != "example.com/flyteconnector/plugin"
		grpc := doubled && strings.HasPrefix(name, "google.golang.org/grpc")
		if ours || grpc {
			t.Errorf("linked into FlytePropeller: %s", name)
		}
	}
}

func TestTwoCopiesOfFlytesMessagesPanic(t *testing.T) {
	readSources(t, "testdata/twice")
	command := exec.CommandContext(t.Context(), "go", "run", "-modfile="+modfile(), "./testdata/twice")
	out, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "flyteidl/core/") || !strings.Contains(string(out), "already registered") {
		t.Errorf("error %v\n%s", err, out)
	}
}
