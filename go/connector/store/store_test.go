package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestWhereAnObjectIs(t *testing.T) {
	for uri, want := range map[string]Object{
		"s3://bucket/a/b c%20?#.pb": {"s3", "bucket", "a/b c%20?#.pb"},
		"S3://Bucket/Key":           {"s3", "Bucket", "Key"},
		"/tmp/a:b/outputs.pb":       {"file", "", "tmp/a:b/outputs.pb"},
		"file:///tmp/outputs.pb":    {"file", "", "tmp/outputs.pb"},
		"abfs://c@a.dfs.core/k":     {"abfs", "c@a.dfs.core", "k"},
	} {
		if got, err := parse(uri); err != nil || got != want {
			t.Errorf("%s: want %+v, got %+v, %v", uri, want, got, err)
		}
	}
	for uri, want := range map[string]string{
		"":              "neither a URI nor the absolute path of a file",
		"tmp/x":         "neither a URI nor the absolute path of a file",
		"file://tmp/x":  "neither a URI nor the absolute path of a file",
		"s3://bucket":   "scheme://bucket/key",
		"s3:///key":     "scheme://bucket/key",
		"s3://bucket/":  "scheme://bucket/key",
		"://bucket/key": "this program links no store for",
	} {
		if _, err := (Linked{}).Read(t.Context(), uri, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want an error with %q, got %v", uri, want, err)
		}
	}
}

func TestAStoreThatIsNotLinkedIsNamedWithThoseThatAre(t *testing.T) {
	Register("here", func(context.Context, Object, int64) ([]byte, error) { return []byte("x"), nil })
	if !slices.Contains(Schemes(), "here") {
		t.Errorf("got %v", Schemes())
	}
	_, err := Linked{}.Read(t.Context(), "there://bucket/key", 1)
	if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "no store for there://, only for ") ||
		!strings.Contains(err.Error(), "here") {
		t.Errorf("got %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("want a panic when a scheme is registered twice")
		}
	}()
	Register("here", nil)
	Register("here", nil)
}

func TestOnlyTheStoresOwnWordIsAnAbsence(t *testing.T) {
	_, credentials := os.Open("/no/such/file/with/a/token")
	var answer error
	Register("double", func(context.Context, Object, int64) ([]byte, error) { return nil, answer })
	for name, c := range map[string]struct {
		answer  error
		missing bool
	}{
		"the store has no such object":                  {fmt.Errorf("%w: 404", ErrMissing), true},
		"a file with credentials is missing right here": {fmt.Errorf("token: %w", credentials), false},
		"the store refuses":                             {errors.New("403"), false},
		"the time is over":                              {context.DeadlineExceeded, false},
	} {
		answer = c.answer
		_, err := Linked{}.Read(t.Context(), "double://b/k", 1)
		if errors.Is(err, fs.ErrNotExist) != c.missing || !strings.Contains(err.Error(), c.answer.Error()) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
