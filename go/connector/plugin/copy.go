package plugin

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// CheckIgnored returns an error if Ignored names what cannot be left out: the connector itself reads metadata, and the
// status is what a phase is made of.
func (r Resource) CheckIgnored() error {
	for _, path := range r.Ignored {
		fields := strings.Split(path, ".")
		if slices.Contains(fields, "") || slices.Contains([]string{"apiVersion", "kind", "metadata", "status"}, fields[0]) {
			return fmt.Errorf("%s: Resource().Ignored has %q; it must be a path such as \"spec.template\", and not below "+
				"metadata or status", r.Kind, path)
		}
	}
	return nil
}

// Forget takes away from a resource what the connector's copy does not have: Ignored, and metadata.managedFields.
func (r Resource) Forget(resource *unstructured.Unstructured) {
	resource.SetManagedFields(nil)
	for _, path := range r.Ignored {
		remove(resource.Object, strings.Split(path, "."))
	}
}

// remove takes a field away, from each item of a list that is on the way.
func remove(value any, path []string) {
	switch value := value.(type) {
	case map[string]any:
		if len(path) == 1 {
			delete(value, path[0])
		} else {
			remove(value[path[0]], path[1:])
		}
	case []any:
		for _, item := range value {
			remove(item, path)
		}
	}
}

// Forget returns what a plugin sees of a pod: its metadata but for managedFields, its status, the node's name, and the
// names of its containers (and which of the init containers are sidecars). The task's arguments, environment and volumes
// say nothing about how far it is, and are most of a pod's size.
func Forget(pod *corev1.Pod) *corev1.Pod {
	result := &corev1.Pod{TypeMeta: pod.TypeMeta, ObjectMeta: pod.ObjectMeta, Status: pod.Status}
	result.ManagedFields = nil
	result.Spec.NodeName = pod.Spec.NodeName
	for _, container := range pod.Spec.Containers {
		result.Spec.Containers = append(result.Spec.Containers, corev1.Container{Name: container.Name})
	}
	for _, container := range pod.Spec.InitContainers {
		short := corev1.Container{Name: container.Name, RestartPolicy: container.RestartPolicy}
		result.Spec.InitContainers = append(result.Spec.InitContainers, short)
	}
	result.Status.ContainerStatuses = states(pod.Status.ContainerStatuses)
	result.Status.InitContainerStatuses = states(pod.Status.InitContainerStatuses)
	return result
}

// states leaves out what containers were given: mounts and resources.
func states(statuses []corev1.ContainerStatus) []corev1.ContainerStatus {
	result := slices.Clone(statuses)
	for i := range result {
		result[i].VolumeMounts, result[i].Resources, result[i].AllocatedResources = nil, nil, nil
		result[i].AllocatedResourcesStatus = nil
	}
	return result
}
