// Which gRPC code does an error get?

package dialect

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/pod"
)

// code is for people and tools: both Flytes treat every code alike.
func code(ctx context.Context, err error) codes.Code {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return codes.Canceled
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return codes.DeadlineExceeded
	case errors.Is(err, core.ErrUnknownType), errors.Is(err, errVersion):
		return codes.NotFound
	case errors.Is(err, core.ErrMeta), errors.Is(err, pod.ErrRequest):
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

// failed makes an error ready for gRPC; nil stays nil. The server writes failed calls to the log.
func failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	return status.Error(code(ctx, err), err.Error())
}

func notFound(format string, values ...any) error {
	return status.Errorf(codes.NotFound, format, values...)
}
