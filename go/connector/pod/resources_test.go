package pod

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

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

func TestDefaultsFillWhatNobodySpeaksOf(t *testing.T) {
	quantity := func(text string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(text)}
	}
	defaults := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2"), corev1.ResourceMemory: resource.MustParse("1Gi")}
	cases := map[string]struct {
		asked          corev1.ResourceRequirements
		request, limit string
	}{
		"nothing asked for":      {corev1.ResourceRequirements{}, "2", "2"},
		"a request of its own":   {corev1.ResourceRequirements{Requests: quantity("3"), Limits: quantity("4")}, "3", "4"},
		"a limit is the request": {corev1.ResourceRequirements{Limits: quantity("500m")}, "500m", "500m"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			addDefaults(&c.asked, defaults)
			request, limit := c.asked.Requests[corev1.ResourceCPU], c.asked.Limits[corev1.ResourceCPU]
			if request.String() != c.request || limit.String() != c.limit {
				t.Errorf("got %s to %s, want %s to %s", request.String(), limit.String(), c.request, c.limit)
			}
			if memory := c.asked.Requests[corev1.ResourceMemory]; memory.String() != "1Gi" {
				t.Errorf("want the default of the other resource, got %s", memory.String())
			}
		})
	}
}

func TestDefaultsAreForContainersThatNoEngineHasFinished(t *testing.T) {
	options := Options{DefaultRequests: corev1.ResourceList{corev1.ResourceEphemeralStorage: resource.MustParse("3Gi")}}
	for target, want := range map[string]string{"container_target": "3Gi", "k8s_pod_target_pod_template": "0"} {
		task, err := Finish(real(t)[target], options)
		if err != nil {
			t.Fatal(err)
		}
		request := task.Pod.Spec.Containers[0].Resources.Requests[corev1.ResourceEphemeralStorage]
		if request.String() != want {
			t.Errorf("%s: got %s, want %s", target, request.String(), want)
		}
	}
}

func TestAGPUInAPodThatTheSDKWroteGetsItsNameAndALimit(t *testing.T) {
	request := real(t)["k8s_pod_target_pod_template"]
	unfinished(request)
	containers := request.Template.GetK8SPod().GetPodSpec().GetFields()["containers"].GetListValue().GetValues()
	written, err := structpb.NewStruct(map[string]any{"requests": map[string]any{"gpu": "2"}, "limits": map[string]any{}})
	if err != nil {
		t.Fatal(err)
	}
	containers[0].GetStructValue().Fields["resources"] = structpb.NewStructValue(written)
	_, container := finish(t, request)
	for name, list := range map[string]corev1.ResourceList{"requests": container.Resources.Requests, "limits": container.Resources.Limits} {
		quantity := list["nvidia.com/gpu"]
		if _, there := list["gpu"]; there || quantity.String() != "2" {
			t.Errorf("%s are %v, want two nvidia.com/gpu and no gpu", name, list)
		}
	}
}
