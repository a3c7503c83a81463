// Which gRPC code does an error get?

package flyte1

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"example.com/flyteconnector/core"
)

// code is for people and tools: Flyte treats every code alike.
func code(ctx context.Context, err error) codes.Code {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return codes.Canceled
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return codes.DeadlineExceeded
	case errors.Is(err, core.ErrUnknownType):
		return codes.NotFound
	case errors.Is(err, core.ErrMeta):
		return codes.InvalidArgument
	case errors.Is(err, core.ErrForeign):
		return codes.FailedPrecondition
	case errors.Is(err, core.ErrUnavailable):
		return codes.Unavailable
	case errors.Is(err, core.ErrQuota): // before "forbidden", which it is as well
		return codes.ResourceExhausted
	case apierrors.IsForbidden(err):
		return codes.PermissionDenied
	}
	return codes.Internal
}

func (a *Adapter) failed(ctx context.Context, call string, err error) error {
	result := status.New(code(ctx, err), err.Error())
	a.Log.Error("call failed", "call", call, "code", result.Code().String(), "error", err)
	return result.Err()
}
