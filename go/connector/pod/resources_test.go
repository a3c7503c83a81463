package pod

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"example.com/flyteconnector/gen/flyteidl/core"
)

func TestLimitsDefaultToRequests(t *testing.T) {
	got, err := resourceRequirements(&core.Resources{
		Requests: []*core.Resources_ResourceEntry{{Name: core.Resources_GPU, Value: "2"}, {Name: core.Resources_MEMORY, Value: "1Gi"}},
		Limits:   []*core.Resources_ResourceEntry{{Name: core.Resources_MEMORY, Value: "2Gi"}, {Name: core.Resources_EPHEMERAL_STORAGE, Value: "5G"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[corev1.ResourceName]string{"nvidia.com/gpu": "2", corev1.ResourceMemory: "2Gi", corev1.ResourceEphemeralStorage: "5G"} {
		if limit := got.Limits[name]; limit.String() != want {
			t.Errorf("want the limit %s of %s, got %s", want, name, limit.String())
		}
	}
	if request := got.Requests[corev1.ResourceMemory]; request.String() != "1Gi" {
		t.Errorf("want the request as it was, got %s", request.String())
	}
	if none, err := resourceRequirements(nil); err != nil || none.Limits != nil || none.Requests != nil {
		t.Errorf("want nothing of nothing, got %v, %v", none, err)
	}
}

func TestStorageIsNoResourceOfAContainer(t *testing.T) {
	entries := []*core.Resources_ResourceEntry{{Name: core.Resources_STORAGE, Value: "1Gi"}}
	if _, err := resourceRequirements(&core.Resources{Limits: entries}); err == nil || !strings.Contains(err.Error(), "limits[0]: STORAGE") {
		t.Errorf("want an error that names the entry, got %v", err)
	}
}
