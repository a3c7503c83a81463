package core

import (
	"errors"
	"net/http"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clienttesting "k8s.io/client-go/testing"
)

func TestDeleteTakesThisUIDAndThePodsAlong(t *testing.T) {
	c, client := newCore(t, double{}, seen{})
	raw := create(t, c)
	if err := c.Delete(t.Context(), "double", raw); err != nil {
		t.Fatal(err)
	}
	for _, action := range client.Actions() {
		if deletion, ok := action.(clienttesting.DeleteActionImpl); ok {
			options := deletion.DeleteOptions
			if *options.PropagationPolicy != metav1.DeletePropagationForeground || *options.Preconditions.UID != "u" {
				t.Errorf("want foreground and the uid, got %+v", options)
			}
			return
		}
	}
	t.Errorf("nothing was deleted: %v", client.Actions())
}

func TestDeleteIsTriedAgainAndOnlyWhereItHelps(t *testing.T) {
	c, client := newCore(t, double{}, seen{})
	raw := create(t, c)
	calls := fail(client, "delete", 2, errors.New("EOF"))
	if err := c.Delete(t.Context(), "double", raw); err != nil || *calls != 3 {
		t.Errorf("want success at the third call, got %v after %d", err, *calls)
	}
	if err := c.Delete(t.Context(), "double", raw); err != nil {
		t.Errorf("want a resource that is gone to be fine, got %v", err)
	}
	c, client = newCore(t, double{}, seen{})
	raw = create(t, c)
	calls = fail(client, "delete", 9, apierrors.NewForbidden(c.byType["double"].plural.GroupResource(), "n", errors.New("no right")))
	if err := c.Delete(t.Context(), "double", raw); !apierrors.IsForbidden(err) || *calls != 1 {
		t.Errorf("want the refusal at once, got %v after %d", err, *calls)
	}
}

func TestAConflictIsLookedAtAgain(t *testing.T) {
	c, client := newCore(t, double{}, seen{})
	raw := create(t, c)
	calls := fail(client, "delete", 1, status(http.StatusConflict, "uid"))
	if err := c.Delete(t.Context(), "double", raw); err != nil || *calls != 2 {
		t.Errorf("want a second look, got %v after %d", err, *calls)
	}
}

func TestARefusedTaskHasNothingToDelete(t *testing.T) {
	c, client := newCore(t, double{}, seen{})
	raw, err := c.Refuse("double", "never")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(t.Context(), "double", raw); err != nil || len(client.Actions()) != 0 {
		t.Errorf("want nothing done, got %v, %v", err, client.Actions())
	}
}
