package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/flyteconnector/store"
)

func TestFiles(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a:b 50%")
	path := filepath.Join(folder, "outputs.pb")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	for uri, want := range map[string]string{path: "0123", "file://" + path: "0123"} {
		if raw, err := (store.Linked{}).Read(t.Context(), uri, 4); err != nil || string(raw) != want {
			t.Errorf("%s: want %q, got %q, %v", uri, want, raw, err)
		}
	}
	for _, missing := range []string{path + "x", filepath.Join(folder, "none", "outputs.pb")} {
		if _, err := (store.Linked{}).Read(t.Context(), missing, 4); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: want fs.ErrNotExist, got %v", missing, err)
		}
	}
	away := filepath.Join(folder, "not mounted", "0", "error.pb")
	for there, want := range map[string]string{away: "is the file system mounted?", folder: "no ordinary file", path + "/x": "not a directory"} {
		_, err := (store.Linked{}).Read(t.Context(), there, 4)
		if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want an error with %q that is no absence, got %v", there, want, err)
		}
	}
}
