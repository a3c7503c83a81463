package outputs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"example.com/flyteconnector/core"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
)

var errRefused = errors.New("403 Forbidden")

// files is a store with one folder; an error stands for a file that cannot be read.
type files map[string]any

func (f files) Read(_ context.Context, uri string, limit int64) ([]byte, error) {
	switch there := f[strings.TrimPrefix(uri, "s3://b/a/0/")].(type) {
	case error:
		return nil, there
	case []byte:
		return there[:min(limit, int64(len(there)))], nil
	}
	return nil, fmt.Errorf("%s: %w", uri, fs.ErrNotExist)
}

func report(t *testing.T, message string, kind flyte.ContainerError_Kind) []byte {
	t.Helper()
	document := &flyte.ErrorDocument{Error: &flyte.ContainerError{Code: "USER:ValueError", Message: message, Kind: kind}}
	raw, err := proto.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestWhatTheFolderOfAnAttemptSays(t *testing.T) {
	final, recoverable := report(t, "negative x", flyte.ContainerError_NON_RECOVERABLE), report(t, "again", flyte.ContainerError_RECOVERABLE)
	missing := core.Verdict{Missing: "left no outputs: there is no s3://b/a/0/outputs.pb"}
	failed := core.Verdict{Failure: "USER:ValueError: negative x"}
	empty := core.Verdict{Failure: "the task has failed, and its report s3://b/a/0/error.pb is empty", Retryable: true}
	for name, c := range map[string]struct {
		store    files
		declared bool
		want     core.Verdict
		failure  error
	}{
		"nothing declared and nothing there is a success": {files{}, false, core.Verdict{}, nil},
		"declared and there is a success":                 {files{"outputs.pb": []byte("x")}, true, core.Verdict{}, nil},
		"outputs of nothing are an empty file":            {files{"outputs.pb": []byte{}}, true, core.Verdict{}, nil},
		"declared and not there is not a success":         {files{}, true, missing, nil},
		"a report is a failure":                           {files{"error.pb": final}, false, failed, nil},
		"a report beside outputs is a failure":            {files{"error.pb": final, "outputs.pb": []byte("x")}, true, failed, nil},
		"a report may ask for another attempt": {
			files{"error.pb": recoverable}, false, core.Verdict{Failure: "USER:ValueError: again", Retryable: true}, nil,
		},
		"a report that says nothing":                      {files{"error.pb": []byte{}}, false, empty, nil},
		"a refusal is not an absence of the report":       {files{"error.pb": errRefused}, false, core.Verdict{}, errRefused},
		"a refusal is not an absence of the outputs":      {files{"outputs.pb": errRefused}, true, core.Verdict{}, errRefused},
		"outputs that are not declared are not asked for": {files{"outputs.pb": errRefused}, false, core.Verdict{}, nil},
	} {
		for _, prefix := range []string{"s3://b/a/0", "s3://b/a/0/"} {
			got, err := New(c.store).Verdict(t.Context(), prefix, c.declared)
			if got != c.want || !errors.Is(err, c.failure) {
				t.Errorf("%s, at %s: want %+v and %v, got %+v and %v", name, prefix, c.want, c.failure, got, err)
			}
		}
	}
}

func TestAnUnreadableReportIsAFailureThatARetryMayHeal(t *testing.T) {
	got, err := New(files{"error.pb": []byte("\xff\xff")}).Verdict(t.Context(), "s3://b/a/0", false)
	if err != nil || !got.Retryable || !strings.Contains(got.Failure, "s3://b/a/0/error.pb is unreadable") {
		t.Errorf("want a retryable failure with the file's name, got %+v, %v", got, err)
	}
}

func TestALongTracebackKeepsItsEnd(t *testing.T) {
	text := strings.Repeat("File \"ü.py\", line 1\n", 1000) + "ValueError: negative x"
	got, err := New(files{"error.pb": report(t, text, 0)}).Verdict(t.Context(), "s3://b/a/0", false)
	if err != nil || len(got.Failure) > maxText || len(got.Failure) < maxText-8 ||
		!strings.HasPrefix(got.Failure, "USER:ValueError:  …") || !strings.HasSuffix(got.Failure, "\nValueError: negative x") {
		t.Errorf("want the code, a mark and the end of the traceback, got %d bytes, %v:\n%s", len(got.Failure), err, got.Failure)
	}
}
