// Package io is a double of what a task knows about its inputs and outputs.
package io

import (
	"context"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flytestdlib/storage"
)

// InputReader knows what an attempt reads.
type InputReader interface {
	GetInputPrefixPath() storage.DataReference
	GetInputPath() storage.DataReference
	Get(ctx context.Context) (*core.LiteralMap, error)
}

// OutputWriter knows where an attempt writes.
type OutputWriter interface {
	GetOutputPrefixPath() storage.DataReference
	GetRawOutputPrefix() storage.DataReference
	GetCheckpointPrefix() storage.DataReference
	GetPreviousCheckpointsPrefix() storage.DataReference
}
