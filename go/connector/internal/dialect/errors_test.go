package dialect

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"example.com/flyteconnector/core"
)

func TestCodes(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for want, c := range map[codes.Code]struct {
		ctx context.Context
		err error
	}{
		codes.NotFound:           {t.Context(), core.ErrUnknownType},
		codes.InvalidArgument:    {t.Context(), core.ErrMeta},
		codes.FailedPrecondition: {t.Context(), core.ErrForeign},
		codes.Unavailable:        {t.Context(), core.ErrUnavailable},
		codes.PermissionDenied:   {t.Context(), apierrors.NewForbidden(schema.GroupResource{}, "n", nil)},
		codes.ResourceExhausted: {
			t.Context(), fmt.Errorf("%w: %w", core.ErrQuota, apierrors.NewForbidden(schema.GroupResource{}, "n", nil)),
		},
		codes.Canceled: {canceled, core.ErrUnavailable},
		codes.Internal: {t.Context(), errors.New("anything else")},
	} {
		if got := code(c.ctx, fmt.Errorf("wrapped: %w", c.err)); got != want {
			t.Errorf("%v: want %s, got %s", c.err, want, got)
		}
	}
}
