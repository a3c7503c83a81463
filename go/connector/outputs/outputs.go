// What has a task left in the object store?

// Package outputs reads the files that a Flyte task leaves in its folder. It is all that the core knows of Flyte's formats:
//
//	config.Outputs = outputs.New(store)
package outputs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"google.golang.org/protobuf/proto"

	"example.com/flyteconnector/core"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/meta"
)

const (
	errorFile   = "error.pb"
	outputsFile = "outputs.pb"
	// maxErrorFile is far above any traceback.
	maxErrorFile = 4 << 20
	maxText      = core.MaxReason
)

// Reader reads Flyte's files.
type Reader struct{ store core.Store }

// New returns a Reader of a store, for core.Config.Outputs.
func New(store core.Store) *Reader { return &Reader{store} }

var _ core.Outputs = (*Reader)(nil)

// Verdict reads error.pb first: a process may have left both files, and FlytePropeller looks in this order, too. Flyte 2
// reads outputs.pb alone, so that a failure with outputs would be a success (measured with Flyte 2 of 2026-08).
func (r *Reader) Verdict(ctx context.Context, outputPrefix string, declared bool) (core.Verdict, error) {
	folder := strings.TrimRight(outputPrefix, "/") + "/"
	raw, err := r.store.Read(ctx, folder+errorFile, maxErrorFile)
	if err == nil {
		return failure(folder+errorFile, raw), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return core.Verdict{}, fmt.Errorf("read %s: %w", folder+errorFile, err)
	}
	if !declared {
		return core.Verdict{}, nil
	}
	_, err = r.store.Read(ctx, folder+outputsFile, 1)
	switch {
	case err == nil:
		return core.Verdict{}, nil
	case errors.Is(err, fs.ErrNotExist):
		return core.Verdict{Missing: "left no outputs: there is no " + folder + outputsFile}, nil
	}
	return core.Verdict{}, fmt.Errorf("read %s: %w", folder+outputsFile, err)
}

// failure reads an error.pb. One that cannot be read is a failure all the same, and one that a retry may heal, as it is
// for FlytePropeller.
func failure(uri string, raw []byte) core.Verdict {
	document := new(flyte.ErrorDocument)
	if err := proto.Unmarshal(raw, document); err != nil {
		return core.Verdict{Failure: fmt.Sprintf("the task has failed, and its report %s is unreadable: %v", uri, err), Retryable: true}
	}
	report := document.GetError()
	if report == nil {
		return core.Verdict{Failure: fmt.Sprintf("the task has failed, and its report %s is empty", uri), Retryable: true}
	}
	code := ""
	if report.GetCode() != "" {
		code = meta.Shorten(report.GetCode(), maxText/8) + ": "
	}
	return core.Verdict{
		Failure:   code + meta.ShortenStart(report.GetMessage(), maxText-len(code)),
		Retryable: report.GetKind() == flyte.ContainerError_RECOVERABLE,
	}
}
