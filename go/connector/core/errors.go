// What does an error mean for the task?

package core

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
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
	// ErrQuota: the namespace has no room for another resource now.
	ErrQuota = errors.New("the namespace's quota is used up")
	// ErrUnavailable: the API server did not do it in time.
	ErrUnavailable = errors.New("Kubernetes API is unavailable")
)

func unavailable(err error) bool { return errors.Is(err, ErrUnavailable) }

var errInnerDeadline = errors.New("the connector's own deadline is over")

// again marks an error after which another attempt makes sense.
type again struct{ error }

func (e again) Unwrap() error { return e.error }

// unanswered marks the error of a request that may have been done all the same.
type unanswered struct{ error }

func (e unanswered) Unwrap() error { return e.error }

// unlessAnswered marks an error as unanswered, unless the API server has said that it did nothing. A 500 or a 504 does not
// say so: etcd may have been too slow.
func unlessAnswered(err error) error {
	var status apierrors.APIStatus
	if final(err) || (errors.As(err, &status) && status.Status().Code < http.StatusInternalServerError) {
		return err
	}
	return unanswered{err}
}

// unlessFinal marks an error with again, unless the API server would say the same a moment later.
func unlessFinal(err error) error {
	if final(err) {
		return err
	}
	return again{err}
}

// finals are the answers of an API server that no retry within a call changes. 404 is a missing namespace or kind.
var finals = map[int32]bool{
	http.StatusBadRequest:            true,
	http.StatusForbidden:             true,
	http.StatusNotFound:              true,
	http.StatusMethodNotAllowed:      true,
	http.StatusRequestEntityTooLarge: true,
	http.StatusUnprocessableEntity:   true,
}

func final(err error) bool {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return false // a broken connection says nothing about the object
	}
	// etcd's limit on the size of an object comes as a 500.
	return finals[status.Status().Code] || strings.Contains(status.Status().Message, "etcdserver: request is too large")
}

// admission is how Kubernetes names those that judge an object by what it is.
var admission = []string{"admission webhook", "ValidatingAdmissionPolicy", "violates PodSecurity"}

// refusal says whether the API server will never accept the object, and in which words. "Forbidden" is one only if the
// object is the reason, or a namespace that goes away; missing rights and a full quota are repaired by somebody else.
func refusal(s served, err error) (string, bool) {
	var status apierrors.APIStatus
	if !final(err) || !errors.As(err, &status) {
		return "", false
	}
	text := status.Status().Message
	if details := status.Status().Details; apierrors.IsNotFound(err) && (details == nil || details.Kind != "namespaces") {
		return fmt.Sprintf("the cluster does not know %s: is its operator installed? (%s)", s.plural.GroupResource(), text), true
	}
	judged := func(judge string) bool { return strings.Contains(text, judge) }
	never := !apierrors.IsForbidden(err) || apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) ||
		slices.ContainsFunc(admission, judged)
	return text, never
}

// overQuota knows a ResourceQuota's answer, which has no reason or cause of its own.
func overQuota(err error) bool {
	return apierrors.IsForbidden(err) && strings.Contains(err.Error(), "exceeded quota")
}
