package pod

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
)

var labels = Options{GPUDeviceLabel: "gpu", GPUPartitionLabel: "part"}

// accelerated is a container task that wants one GPU of a kind.
func accelerated(t *testing.T, gpu *core.GPUAccelerator) *admin.CreateTaskRequest {
	request := real(t)["container_target"]
	request.Template.GetContainer().Resources.Requests = append(request.Template.GetContainer().Resources.Requests,
		&core.Resources_ResourceEntry{Name: core.Resources_GPU, Value: "1"})
	request.Template.ExtendedResources = &core.ExtendedResources{GpuAccelerator: gpu}
	return request
}

func TestAcceleratorsChooseTheNode(t *testing.T) {
	a100 := func(value *core.GPUAccelerator) *core.GPUAccelerator {
		value.Device = "a100"
		return value
	}
	whole := &core.GPUAccelerator_Unpartitioned{Unpartitioned: true}
	part := &core.GPUAccelerator_PartitionSize{PartitionSize: "1g.5gb"}
	cases := map[string]struct {
		gpu         *core.GPUAccelerator
		expressions string
		tolerations string
	}{
		"a device":               {a100(&core.GPUAccelerator{}), "gpu In a100", "gpu=a100"},
		"a part of a device":     {a100(&core.GPUAccelerator{PartitionSizeValue: part}), "gpu In a100, part In 1g.5gb", "gpu=a100, part=1g.5gb"},
		"a device in one piece":  {a100(&core.GPUAccelerator{PartitionSizeValue: whole}), "gpu In a100, part DoesNotExist", "gpu=a100"},
		"no wish for one piece":  {a100(&core.GPUAccelerator{PartitionSizeValue: &core.GPUAccelerator_Unpartitioned{}}), "gpu In a100", "gpu=a100"},
		"a part of any device":   {&core.GPUAccelerator{PartitionSizeValue: part}, "part In 1g.5gb", "part=1g.5gb"},
		"nothing but its number": {&core.GPUAccelerator{}, "", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			task, err := Finish(accelerated(t, c.gpu), labels)
			if err != nil {
				t.Fatal(err)
			}
			expressions, tolerations := placement(task.Pod.Spec)
			if expressions != c.expressions || tolerations != c.tolerations {
				t.Errorf("got %q and %q, want %q and %q", expressions, tolerations, c.expressions, c.tolerations)
			}
			if limit := task.Pod.Spec.Containers[0].Resources.Limits["nvidia.com/gpu"]; limit.String() != "1" {
				t.Errorf("want one GPU, got %s", limit.String())
			}
		})
	}
}

func placement(spec corev1.PodSpec) (string, string) {
	var expressions, tolerations []string
	if spec.Affinity != nil {
		for _, term := range spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
			for _, e := range term.MatchExpressions {
				expressions = append(expressions, strings.TrimSpace(e.Key+" "+string(e.Operator)+" "+strings.Join(e.Values, "|")))
			}
		}
	}
	for _, toleration := range spec.Tolerations {
		tolerations = append(tolerations, toleration.Key+"="+toleration.Value)
	}
	return strings.Join(expressions, ", "), strings.Join(tolerations, ", ")
}

func TestEveryTermOfAnAffinityGetsTheDevice(t *testing.T) {
	zone := corev1.NodeSelectorRequirement{Key: "zone", Operator: corev1.NodeSelectorOpIn, Values: []string{"a"}}
	terms := []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{zone}}, {}}
	spec := corev1.PodSpec{Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms},
	}}}
	requireNode(&spec, "gpu", "t4")
	if got, _ := placement(spec); got != "zone In a, gpu In t4, gpu In t4" {
		t.Errorf("got %q: a node that fits one term is taken, so each has to say it", got)
	}
}

func TestAGPUThatNobodyCanAskForIsRefused(t *testing.T) {
	cases := map[string]struct {
		gpu     *core.GPUAccelerator
		options Options
		want    string
	}{
		"a device":         {&core.GPUAccelerator{Device: "a100"}, Options{}, `gpu_accelerator.device: this connector does not know by which label the cluster's nodes say which GPU they have, so it cannot ask for "a100" (--gpu-device-label would tell it)`},
		"a part":           {&core.GPUAccelerator{PartitionSizeValue: &core.GPUAccelerator_PartitionSize{PartitionSize: "1g"}}, Options{GPUDeviceLabel: "gpu"}, "gpu_accelerator.partition_size"},
		"one in one piece": {&core.GPUAccelerator{PartitionSizeValue: &core.GPUAccelerator_Unpartitioned{Unpartitioned: true}}, Options{GPUDeviceLabel: "gpu"}, "gpu_accelerator.unpartitioned"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := Finish(accelerated(t, c.gpu), c.options); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	request := real(t)["container_target"]
	request.Template.ExtendedResources = &core.ExtendedResources{GpuAccelerator: &core.GPUAccelerator{Device: "a100"}}
	if _, err := Finish(request, Options{}); err != nil {
		t.Errorf("want a container without GPUs to run anywhere, as in Flyte, got %v", err)
	}
}

func TestSharedMemory(t *testing.T) {
	for name, target := range map[string]string{"a container": "container_target", "an unfinished pod": "k8s_pod_target_pod_template"} {
		t.Run(name, func(t *testing.T) {
			request := real(t)[target]
			if request.Template.GetK8SPod() != nil {
				unfinished(request)
			}
			request.Template.ExtendedResources = &core.ExtendedResources{SharedMemory: &core.SharedMemory{SizeLimit: "2Gi"}}
			task, container := finish(t, request)
			if len(task.Pod.Spec.Volumes) != 1 || len(container.VolumeMounts) != 1 || container.VolumeMounts[0].MountPath != "/dev/shm" {
				t.Fatalf("want one volume at /dev/shm, got %+v", task.Pod.Spec)
			}
			volume := task.Pod.Spec.Volumes[0]
			if volume.Name != container.VolumeMounts[0].Name || volume.EmptyDir.Medium != corev1.StorageMediumMemory || volume.EmptyDir.SizeLimit.String() != "2Gi" {
				t.Errorf("want 2Gi of memory, got %+v", volume)
			}
		})
	}
	request := real(t)["k8s_pod_target_pod_template"] // finished: the engine has added it, or has not for its own reasons
	request.Template.ExtendedResources = &core.ExtendedResources{SharedMemory: &core.SharedMemory{}}
	if task, _ := finish(t, request); len(task.Pod.Spec.Volumes) != 0 {
		t.Errorf("want the engine's pod as it is, got %+v", task.Pod.Spec.Volumes)
	}
}

func TestSharedMemoryThatCannotBe(t *testing.T) {
	cases := map[string]struct {
		memory *core.SharedMemory
		want   string
	}{
		"an odd size":   {&core.SharedMemory{SizeLimit: "lots"}, `size_limit: "lots" is not a quantity such as 2Gi`},
		"a taken name":  {&core.SharedMemory{MountName: "data"}, `mount_name: the pod has a volume "data" already`},
		"a taken place": {&core.SharedMemory{MountPath: "/data"}, `mount_path: the container "c" has a mount at /data already`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			spec := corev1.PodSpec{Volumes: []corev1.Volume{{Name: "data"}}}
			container := corev1.Container{Name: "c", VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}}
			err := addSharedMemory(&spec, &container, c.memory)
			if err == nil || !strings.Contains(err.Error(), "template.extended_resources.shared_memory."+c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
