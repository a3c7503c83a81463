// Package plugins_test asks what a plugin drags along.
package plugins_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Go repeats a test's earlier result while the files that the test itself has opened are the same. What go list reads is
// not seen, so this test opens the sources, too.
func readSources(t *testing.T, folder string) {
	t.Helper()
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

// Two copies of Flyte's messages in one program panic at start, so plugins that may be linked into FlytePropeller must
// not bring one. Neither may they bring a server or a client.
func TestPluginsBringNoFlyteStubs(t *testing.T) {
	readSources(t, ".")
	readSources(t, "../connector/plugin")
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./...", "example.com/flyteconnector/plugin").Output()
	if err != nil {
		t.Fatalf("go list -deps: %v", err)
	}
	packages := strings.Fields(string(out))
	if len(packages) < 100 {
		t.Fatalf("go list names only %d packages; has it looked?", len(packages))
	}
	for _, name := range packages {
		for _, banned := range []string{"flyteidl", "google.golang.org/grpc", "k8s.io/client-go"} {
			if strings.Contains(name, banned) {
				t.Errorf("a plugin imports %s", name)
			}
		}
	}
}
