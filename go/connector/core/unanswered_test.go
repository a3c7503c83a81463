package core

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
)

func TestARefusalAfterACreateWithoutAnAnswerIsUndone(t *testing.T) {
	for name, c := range map[string]struct {
		first  error
		undone bool
	}{
		"a broken connection":        {errors.New("EOF"), true},
		"an API server without etcd": {status(http.StatusGatewayTimeout, "etcdserver: request timed out"), true},
		"an answer that says no":     {status(http.StatusTooManyRequests, "slow down"), false},
	} {
		for _, last := range []error{forbidden("no rights any more"), status(http.StatusUnprocessableEntity, "spec.x: invalid")} {
			synctest.Test(t, func(t *testing.T) {
				engine, client := newCore(t, double{}, seen{}, created("u")) // what the first one sent has arrived
				fail(client, "create", 9, last)
				fail(client, "create", 1, c.first)
				raw, err := engine.Create(t.Context(), task)
				engine.Wait()
				if got := deleted(client); got != c.undone || len(engine.creating) != 0 {
					t.Errorf("%s, then %v: want the resource deleted: %v, got %v; %s, %v", name, last, c.undone, got, raw, err)
				}
			})
		}
	}
}
