// What does an error mean for the task?

package core

import (
	"errors"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// The errors that a caller tells apart with errors.Is.
var (
	// ErrUnknownType: no plugin serves the task type.
	ErrUnknownType = errors.New("unknown task type")
	// ErrMeta: resource_meta is not from this connector.
	ErrMeta = errors.New("unusable resource_meta")
	// ErrForeign: a resource with the task's name exists, and it is not the task's.
	ErrForeign = errors.New("name is taken")
	// ErrUnavailable: the API server did not do it in time.
	ErrUnavailable = errors.New("Kubernetes API is unavailable")
)

var errInnerDeadline = errors.New("the connector's own deadline is over")

// again marks an error after which another attempt makes sense.
type again struct{ error }

func (e again) Unwrap() error { return e.error }

// refusals are the answers of an API server that no retry changes. 404 is a missing namespace or kind.
var refusals = map[int32]bool{
	http.StatusBadRequest:            true,
	http.StatusForbidden:             true,
	http.StatusNotFound:              true,
	http.StatusMethodNotAllowed:      true,
	http.StatusRequestEntityTooLarge: true,
	http.StatusUnprocessableEntity:   true,
}

// refusal says whether the API server will never accept the object, and in which words.
func refusal(err error) (string, bool) {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return "", false // a broken connection says nothing about the object
	}
	// etcd's limit on the size of an object comes as a 500.
	if refusals[status.Status().Code] || strings.Contains(status.Status().Message, "etcdserver: request is too large") {
		return status.Status().Message, true
	}
	return "", false
}
