// How much does the user's container ask for?

package pod

import (
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"example.com/flyteconnector/gen/flyteidl/core"
)

// resourceNames are Flyte's words in Kubernetes' words. STORAGE has none: it means a volume.
var resourceNames = map[core.Resources_ResourceName]corev1.ResourceName{
	core.Resources_CPU:               corev1.ResourceCPU,
	core.Resources_MEMORY:            corev1.ResourceMemory,
	core.Resources_GPU:               "nvidia.com/gpu",
	core.Resources_EPHEMERAL_STORAGE: corev1.ResourceEphemeralStorage,
}

// resourceRequirements converts Flyte's resources. A resource without a limit is limited to its request, as Flyte does
// it; Kubernetes itself takes a limit for a missing request.
func resourceRequirements(resources *core.Resources) (corev1.ResourceRequirements, error) {
	requests, err := resourceList(resources.GetRequests(), "requests")
	if err != nil {
		return corev1.ResourceRequirements{}, err
	}
	limits, err := resourceList(resources.GetLimits(), "limits")
	if err != nil {
		return corev1.ResourceRequirements{}, err
	}
	if len(requests) > 0 {
		all := maps.Clone(requests)
		maps.Copy(all, limits)
		limits = all
	}
	return corev1.ResourceRequirements{Requests: requests, Limits: limits}, nil
}

func resourceList(entries []*core.Resources_ResourceEntry, field string) (corev1.ResourceList, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	result := corev1.ResourceList{}
	for i, entry := range entries {
		name, ok := resourceNames[entry.GetName()]
		if !ok {
			return nil, fmt.Errorf("template.container.resources.%s[%d]: %s is no resource of a container; "+
				"use CPU, MEMORY, GPU or EPHEMERAL_STORAGE", field, i, entry.GetName())
		}
		quantity, err := resource.ParseQuantity(entry.GetValue())
		if err != nil {
			return nil, fmt.Errorf("template.container.resources.%s[%d]: %s %q is not a quantity such as 500m or 2Gi",
				field, i, entry.GetName(), entry.GetValue())
		}
		result[name] = quantity
	}
	return result, nil
}

// gpu is what flytekit and Flyte 2's SDK call a GPU in a pod that they write; Kubernetes refuses a name without a domain.
const gpu = corev1.ResourceName("gpu")

// nameGPU gives a GPU its name in Kubernetes, and the limit that Kubernetes wants for it.
func nameGPU(resources *corev1.ResourceRequirements) {
	name := resourceNames[core.Resources_GPU]
	for _, list := range []corev1.ResourceList{resources.Requests, resources.Limits} {
		if quantity, ok := list[gpu]; ok {
			delete(list, gpu)
			list[name] = quantity
		}
	}
	if quantity, ok := resources.Requests[name]; ok && resources.Limits.Name(name, resource.DecimalSI).IsZero() {
		resources.Limits = with(resources.Limits, name, quantity)
	}
}

// addDefaults fills requests that neither the task nor a limit of it speaks of, and limits them like all others.
func addDefaults(resources *corev1.ResourceRequirements, defaults corev1.ResourceList) {
	for name, quantity := range defaults {
		_, requested := resources.Requests[name]
		limit, limited := resources.Limits[name]
		if requested {
			continue
		}
		if !limited {
			limit = quantity
		}
		resources.Requests = with(resources.Requests, name, limit)
		resources.Limits = with(resources.Limits, name, limit)
	}
}

func with(list corev1.ResourceList, name corev1.ResourceName, quantity resource.Quantity) corev1.ResourceList {
	if list == nil {
		list = corev1.ResourceList{}
	}
	list[name] = quantity
	return list
}
