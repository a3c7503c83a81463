package access

import (
	"errors"
	"strings"
	"testing"

	authorization "k8s.io/api/authorization/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/typed/authorization/v1/fake"
	clienttesting "k8s.io/client-go/testing"
)

var jobs = schema.GroupVersionResource{Group: "batch", Version: "v1", Resource: "jobs"}

func check(t *testing.T, answer func(verb string) (bool, error)) error {
	t.Helper()
	client := &fake.FakeAuthorizationV1{Fake: &clienttesting.Fake{}}
	client.AddReactor("create", "selfsubjectaccessreviews", func(action clienttesting.Action) (bool, runtime.Object, error) {
		review, _ := action.(clienttesting.CreateAction).GetObject().(*authorization.SelfSubjectAccessReview)
		allowed, err := answer(review.Spec.ResourceAttributes.Verb)
		review.Status.Allowed = allowed
		return true, review, err
	})
	needs := []Need{{Resource: jobs, Namespace: "a", Verbs: OnResources}, {Resource: jobs, Verbs: []string{"list"}}}
	return Check(t.Context(), client.SelfSubjectAccessReviews(), needs)
}

func TestAllRightsAreThere(t *testing.T) {
	if err := check(t, func(string) (bool, error) { return true, nil }); err != nil {
		t.Error(err)
	}
}

func TestEveryMissingRightIsNamed(t *testing.T) {
	err := check(t, func(verb string) (bool, error) { return verb != "delete" && verb != "list", nil })
	if !errors.Is(err, ErrMissing) {
		t.Fatalf("want ErrMissing, got %v", err)
	}
	for _, want := range []string{"delete jobs.batch in namespace a", "list jobs.batch in namespace a", "list jobs.batch in all namespaces"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in %v", want, err)
		}
	}
}

func TestAnAPIThatDoesNotAnswerIsNoMissingRight(t *testing.T) {
	err := check(t, func(string) (bool, error) { return false, errors.New("EOF") })
	if err == nil || errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "EOF") {
		t.Errorf("want the cause and not ErrMissing, got %v", err)
	}
}
