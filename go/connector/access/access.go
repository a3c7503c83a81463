// May this connector do what it has to do?

// Package access asks the API server, before the first task comes, whether the connector's rights are complete. A right
// that is missing would otherwise show hours later, as a task that fails or hangs.
package access

import (
	"context"
	"errors"
	"fmt"
	"strings"

	authorization "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	client "k8s.io/client-go/kubernetes/typed/authorization/v1"
)

// ErrMissing: the identity lacks a right.
var ErrMissing = errors.New("missing right")

// Need is a set of verbs on one kind in one namespace ("" means all of them).
type Need struct {
	Resource  schema.GroupVersionResource
	Namespace string
	Verbs     []string
}

// Verbs that the connector uses, and no others.
var (
	OnResources = []string{"create", "delete", "get", "list", "watch"}
	OnPods      = []string{"list", "watch"} // a pod is never asked for alone
)

// Check returns an error that lists every right that is missing (errors.Is ErrMissing). Asking needs no right of its
// own: every authenticated identity may review itself.
func Check(ctx context.Context, reviews client.SelfSubjectAccessReviewInterface, needs []Need) error {
	var missing []string
	for _, need := range needs {
		for _, verb := range need.Verbs {
			allowed, err := may(ctx, reviews, need, verb)
			if err != nil {
				return fmt.Errorf("ask the API server for the connector's rights: %w", err)
			}
			if !allowed {
				missing = append(missing, describe(need, verb))
			}
		}
	}
	if len(missing) > 0 {
		all := strings.Join(missing, ", nor ")
		return fmt.Errorf("%w: the connector's identity may not %s; add it to its Role", ErrMissing, all)
	}
	return nil
}

func may(ctx context.Context, reviews client.SelfSubjectAccessReviewInterface, need Need, verb string) (bool, error) {
	question := authorization.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorization.ResourceAttributes{
		Namespace: need.Namespace,
		Verb:      verb,
		Group:     need.Resource.Group,
		Version:   need.Resource.Version,
		Resource:  need.Resource.Resource,
	}}
	review, err := reviews.Create(ctx, &authorization.SelfSubjectAccessReview{Spec: question}, metav1.CreateOptions{})
	if err != nil {
		return false, err
	}
	return review.Status.Allowed, nil
}

func describe(need Need, verb string) string {
	where := "in all namespaces"
	if need.Namespace != "" {
		where = "in namespace " + need.Namespace
	}
	return fmt.Sprintf("%s %s %s", verb, need.Resource.GroupResource(), where)
}
