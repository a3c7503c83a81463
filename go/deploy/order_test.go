//go:build apitest

package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Before the rights there is nothing to add one to. What a kustomization left out without a word, a task would find.
func TestARightThatIsAddedBeforeTheOthersIsAnError(t *testing.T) {
	kubectl, found := filepath.Join(os.Getenv("KUBEBUILDER_ASSETS"), "kubectl"), 0
	for _, name := range components {
		text, err := os.ReadFile(filepath.Join(manifests, "components", name, "kustomization.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "kind: ClusterRole") {
			continue
		}
		found++
		said, err := exec.CommandContext(t.Context(), kubectl, "kustomize", overlay(t, name, "namespaced-rbac")).CombinedOutput()
		if err == nil || !strings.Contains(string(said), "no matches for Id ClusterRole") {
			t.Errorf("%s: want an error that names the ClusterRole, got %v and %s", name, err, said)
		}
	}
	if found == 0 {
		t.Error("no component adds a right")
	}
}
