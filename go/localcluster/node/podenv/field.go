package podenv

// What is the value of a field of the pod (the downward API)?

import (
	"fmt"
	"math"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Field returns what a fieldRef names. It knows the fields that Kubernetes allows in env and downwardAPI volumes.
func Field(pod *corev1.Pod, path string) (string, error) {
	if kind, key, ok := subscript(path); ok {
		switch kind {
		case "metadata.annotations":
			return pod.Annotations[key], nil
		case "metadata.labels":
			return pod.Labels[key], nil
		}
	}
	switch path {
	case "metadata.name":
		return pod.Name, nil
	case "metadata.namespace":
		return pod.Namespace, nil
	case "metadata.uid":
		return string(pod.UID), nil
	case "metadata.annotations":
		return lines(pod.Annotations), nil
	case "metadata.labels":
		return lines(pod.Labels), nil
	case "spec.nodeName":
		return pod.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return pod.Spec.ServiceAccountName, nil
	case "status.podIP", "status.podIPs":
		return pod.Status.PodIP, nil
	case "status.hostIP", "status.hostIPs":
		return pod.Status.HostIP, nil
	}
	return "", fmt.Errorf("fieldRef %q is not a field of the downward API", path)
}

// subscript splits metadata.labels['key'].
func subscript(path string) (kind, key string, ok bool) {
	kind, rest, ok := strings.Cut(path, "['")
	if !ok {
		return "", "", false
	}
	key, ok = strings.CutSuffix(rest, "']")
	return kind, key, ok
}

func lines(values map[string]string) string {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	out := make([]string, len(keys))
	for i, key := range keys {
		out[i] = fmt.Sprintf("%s=%q", key, values[key])
	}
	return strings.Join(out, "\n")
}

// Resource returns what a resourceFieldRef names, in units of its divisor, rounded up. A limit that the container does
// not set is the node's capacity.
func Resource(pod *corev1.Pod, own string, ref *corev1.ResourceFieldSelector, capacity corev1.ResourceList) (string, error) {
	name := ref.ContainerName
	if name == "" {
		name = own
	}
	container, ok := FindContainer(pod, name)
	if !ok {
		return "", fmt.Errorf("resourceFieldRef: the pod has no container %q", name)
	}
	kind, wanted, _ := strings.Cut(ref.Resource, ".")
	var quantity resource.Quantity
	switch kind {
	case "limits":
		if quantity, ok = container.Resources.Limits[corev1.ResourceName(wanted)]; !ok {
			quantity = capacity[corev1.ResourceName(wanted)]
		}
	case "requests":
		quantity = container.Resources.Requests[corev1.ResourceName(wanted)]
	default:
		return "", fmt.Errorf("resourceFieldRef %q begins neither with limits. nor with requests", ref.Resource)
	}
	return divide(quantity, ref.Divisor), nil
}

func divide(quantity, divisor resource.Quantity) string {
	unit := divisor.AsApproximateFloat64()
	if unit == 0 {
		unit = 1
	}
	return fmt.Sprintf("%d", int64(math.Ceil(quantity.AsApproximateFloat64()/unit-1e-9)))
}

// FindContainer looks among the containers and the init containers.
func FindContainer(pod *corev1.Pod, name string) (corev1.Container, bool) {
	for _, list := range [][]corev1.Container{pod.Spec.Containers, pod.Spec.InitContainers} {
		for _, container := range list {
			if container.Name == name {
				return container, true
			}
		}
	}
	return corev1.Container{}, false
}
