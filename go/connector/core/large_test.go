package core

import (
	"net/http"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

func TestOnlyAResourceThatIsTooLargeIsSaidToBe(t *testing.T) {
	misleading := status(http.StatusUnprocessableEntity, `labels[controller-uid]: Invalid value`)
	for size, want := range map[int]string{
		mostBytes: "ConfigMap n is too large: it has ",
		1 << 10:   misleading.Error(),
	} {
		build := func(task plugin.Task) (*unstructured.Unstructured, error) {
			made := object(task.Name, "")
			made.Object["data"] = map[string]any{"x": strings.Repeat("x", size)}
			return made, nil
		}
		c, client := newCore(t, double{build: build}, seen{})
		calls := fail(client, "create", 9, misleading)
		info, err := c.Get(t.Context(), "double", create(t, c))
		if err != nil || info.Phase != plugin.Failed || !strings.HasPrefix(info.Reason, want) || *calls != 1 {
			t.Errorf("%d bytes: want FAILED with %q after one call, got %+v after %d, %v", size, want, info, *calls, err)
		}
		if !strings.Contains(info.Reason, misleading.Error()) {
			t.Errorf("%d bytes: the API server's own words are missing in %q", size, info.Reason)
		}
	}
}
