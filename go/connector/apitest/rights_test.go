//go:build apitest

package apitest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/flyteconnector"
	"example.com/flyteconnector/access"
)

func TestAConnectorWithOneVerbFewerDoesNotStart(t *testing.T) {
	for i, rule := range rules() {
		for _, verb := range rule.Verbs {
			t.Run(fmt.Sprintf("%s without %s", rule.Resources[0], verb), func(t *testing.T) {
				namespace, fewer := cluster.Namespace(t), rules()
				fewer[i].Verbs = slices.DeleteFunc(slices.Clone(rule.Verbs), func(v string) bool { return v == verb })
				options := Options(t, cluster.Identity(t, namespace, fewer), namespace)
				err := flyteconnector.Run(t.Context(), options, note{})
				want := fmt.Sprintf("may not %s %s in namespace %s", verb, rule.Resources[0], namespace)
				if !errors.Is(err, access.ErrMissing) || !strings.Contains(err.Error(), want) {
					t.Fatalf("want an error with %q, got %v", want, err)
				}
			})
		}
	}
}
