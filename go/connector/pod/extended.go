// How does a container get shared memory and a certain GPU?

package pod

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"example.com/flyteconnector/gen/flyteidl/core"
)

// addSharedMemory mounts a file system in memory; containers get 64 MiB without it.
func addSharedMemory(spec *corev1.PodSpec, container *corev1.Container, memory *core.SharedMemory) error {
	if memory == nil {
		return nil
	}
	const field = "template.extended_resources.shared_memory"
	name, path := cmp.Or(memory.GetMountName(), "flyte-shared-memory"), cmp.Or(memory.GetMountPath(), "/dev/shm")
	if slices.ContainsFunc(spec.Volumes, func(v corev1.Volume) bool { return v.Name == name }) {
		return fmt.Errorf("%s.mount_name: the pod has a volume %q already", field, name)
	}
	if slices.ContainsFunc(container.VolumeMounts, func(m corev1.VolumeMount) bool { return m.MountPath == path }) {
		return fmt.Errorf("%s.mount_path: the container %q has a mount at %s already", field, container.Name, path)
	}
	volume := &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory}
	if limit := memory.GetSizeLimit(); limit != "" {
		size, err := resource.ParseQuantity(limit)
		if err != nil {
			return fmt.Errorf("%s.size_limit: %q is not a quantity such as 2Gi", field, limit)
		}
		volume.SizeLimit = &size
	}
	spec.Volumes = append(spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: volume}})
	container.VolumeMounts = append(container.VolumeMounts, corev1.VolumeMount{Name: name, MountPath: path})
	return nil
}

// addAccelerator asks for nodes with the GPU that the task names, in the way of Flyte: by a required node affinity, and a
// toleration of the same key and value. A pod without GPUs gets neither.
func addAccelerator(spec *corev1.PodSpec, gpu *core.GPUAccelerator, options Options) error {
	if gpu == nil || !slices.ContainsFunc(spec.Containers, usesGPU) {
		return nil
	}
	unlabelled := func(field, value, flag string) error {
		return fmt.Errorf("template.extended_resources.gpu_accelerator.%s: this connector does not know by which label the "+
			"cluster's nodes say which GPU they have, so it cannot ask for %q (%s would tell it); or ask for the nodes in a "+
			"pod template (nodeSelector, tolerations)", field, value, flag)
	}
	if device := gpu.GetDevice(); device != "" {
		if options.GPUDeviceLabel == "" {
			return unlabelled("device", device, "--gpu-device-label")
		}
		requireNode(spec, options.GPUDeviceLabel, device)
	}
	switch partition := gpu.GetPartitionSizeValue().(type) {
	case *core.GPUAccelerator_PartitionSize:
		if options.GPUPartitionLabel == "" {
			return unlabelled("partition_size", partition.PartitionSize, "--gpu-partition-label")
		}
		requireNode(spec, options.GPUPartitionLabel, partition.PartitionSize)
	case *core.GPUAccelerator_Unpartitioned:
		if partition.Unpartitioned && options.GPUPartitionLabel == "" {
			return unlabelled("unpartitioned", "true", "--gpu-partition-label")
		}
		if partition.Unpartitioned {
			requireExpression(spec, corev1.NodeSelectorRequirement{
				Key: options.GPUPartitionLabel, Operator: corev1.NodeSelectorOpDoesNotExist,
			})
		}
	}
	return nil
}

func usesGPU(container corev1.Container) bool {
	_, requested := container.Resources.Limits[resourceNames[core.Resources_GPU]]
	return requested
}

func requireNode(spec *corev1.PodSpec, label, value string) {
	requireExpression(spec, corev1.NodeSelectorRequirement{
		Key: label, Operator: corev1.NodeSelectorOpIn, Values: []string{value},
	})
	spec.Tolerations = append(spec.Tolerations, corev1.Toleration{
		Key: label, Operator: corev1.TolerationOpEqual, Value: value, Effect: corev1.TaintEffectNoSchedule,
	})
}

// requireExpression adds to every term that is there, because one term is enough for a node.
func requireExpression(spec *corev1.PodSpec, expression corev1.NodeSelectorRequirement) {
	if spec.Affinity == nil {
		spec.Affinity = &corev1.Affinity{}
	}
	if spec.Affinity.NodeAffinity == nil {
		spec.Affinity.NodeAffinity = &corev1.NodeAffinity{}
	}
	node := spec.Affinity.NodeAffinity
	if node.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		node.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{}
	}
	required := node.RequiredDuringSchedulingIgnoredDuringExecution
	if len(required.NodeSelectorTerms) == 0 {
		required.NodeSelectorTerms = []corev1.NodeSelectorTerm{{}}
	}
	for i := range required.NodeSelectorTerms {
		term := &required.NodeSelectorTerms[i]
		term.MatchExpressions = append(term.MatchExpressions, expression)
	}
}
