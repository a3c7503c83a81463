package logs

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var long = strings.Repeat("x", 5000)

// handler serves four logs; the container "waiting" has none.
func handler(t *testing.T) http.Handler {
	t.Helper()
	dir := t.TempDir()
	texts := map[string]string{"short": "1\n2\n3\n", "open": "1\n2\n3", "long": long + "\n" + long + "\n", "empty": ""}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Handler(func(_, _, container string, _ bool) (string, func() bool, error) {
		if container == "waiting" {
			return "", nil, fmt.Errorf("container %q is waiting to start", container)
		}
		return filepath.Join(dir, container), func() bool { return false }, nil
	})
}

func TestHandler(t *testing.T) {
	handler := handler(t)
	cases := map[string]struct {
		path, want string
		status     int
	}{
		"all":                        {"short", "1\n2\n3\n", 200},
		"the last two lines":         {"short?tailLines=2", "2\n3\n", 200},
		"more lines than there are":  {"short?tailLines=9", "1\n2\n3\n", 200},
		"no lines":                   {"short?tailLines=0", "", 200},
		"a last line without an end": {"open?tailLines=2", "2\n3", 200},
		"a line longer than a block": {"long?tailLines=1", long + "\n", 200},
		"the first bytes":            {"short?limitBytes=3", "1\n2", 200},
		"nothing was written":        {"empty?tailLines=3", "", 200},
		"following one that is over": {"short?follow=true", "1\n2\n3\n", 200},
		"not started":                {"waiting", "container \"waiting\" is waiting to start\n", 400},
		"lines that are no number":   {"short?tailLines=x", "\"x\" is not a number of lines or bytes\n", 400},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			response := httptest.NewRecorder()
			handler.ServeHTTP(response, httptest.NewRequest(http.MethodGet, "/containerLogs/ns/pod/"+c.path, nil))
			if response.Code != c.status || response.Body.String() != c.want {
				t.Errorf("%d %.60q, want %d %.60q", response.Code, response.Body, c.status, c.want)
			}
		})
	}
}

func TestFollowSeesWhatIsWrittenLater(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte("first\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ends := time.Now().Add(300 * time.Millisecond)
	time.AfterFunc(150*time.Millisecond, func() {
		if err := os.WriteFile(path, []byte("first\nsecond\n"), 0o600); err != nil {
			t.Error(err)
		}
	})
	var out strings.Builder
	err := Copy(t.Context(), &out, path, Options{Tail: -1, Limit: -1}, func() bool { return time.Now().Before(ends) })
	if err != nil || out.String() != "first\nsecond\n" {
		t.Errorf("%q (%v)", out.String(), err)
	}
}
