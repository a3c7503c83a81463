// How does a k8s_pod target become a pod?

package pod

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protojson"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/flyteconnector/gen/flyteidl/core"
)

// fromPod decodes the user's pod template. Fields that this version of Kubernetes' API does not have are dropped, as
// Flyte's own plugins do: a newer Flyte may send more. finished says that the engine has built the pod as it builds its
// own: Flyte 1.16.7 and later do (measured with 1.16.8), earlier ones and Flyte 2 send what the user wrote.
func fromPod(pod *core.K8SPod, primary string, variables variables) (result corev1.PodTemplateSpec, finished bool, err error) {
	if pod.GetPodSpec() == nil {
		return result, false, errors.New("template.k8s_pod.pod_spec is missing")
	}
	raw, err := protojson.Marshal(pod.GetPodSpec())
	if err != nil {
		return result, false, fmt.Errorf("template.k8s_pod.pod_spec: %w", err)
	}
	if err := json.Unmarshal(raw, &result.Spec); err != nil {
		return result, false, fmt.Errorf("template.k8s_pod.pod_spec is not a PodSpec: %w", err)
	}
	if primary == "" {
		return result, false, errors.New(`template.config["primary_container_name"] is missing: ` +
			"nobody knows which container of template.k8s_pod runs the task")
	}
	index := slices.IndexFunc(result.Spec.Containers, func(c corev1.Container) bool { return c.Name == primary })
	if index < 0 {
		return result, false, fmt.Errorf("template.k8s_pod.pod_spec.containers has no %q, "+
			`which template.config["primary_container_name"] names`, primary)
	}
	labels, annotations := sanitise(pod.GetMetadata().GetLabels(), pod.GetMetadata().GetAnnotations())
	result.ObjectMeta = metav1.ObjectMeta{Labels: labels, Annotations: annotations}
	if variables.engine == Flyte1 && builtByEngine(result.Spec.Containers[index]) {
		return result, true, nil
	}
	if pod.GetDataConfig().GetEnabled() {
		return result, false, fmt.Errorf("template.k8s_pod.%w", errCoPilot)
	}
	if err = renderAll(result.Spec.InitContainers, "template.k8s_pod.pod_spec.initContainers", variables); err == nil {
		err = renderAll(result.Spec.Containers, "template.k8s_pod.pod_spec.containers", variables)
	}
	return result, false, err
}

// builtByEngine knows a finished container by a variable that only the engine writes.
func builtByEngine(container corev1.Container) bool {
	return slices.ContainsFunc(container.Env, func(v corev1.EnvVar) bool { return v.Name == executionID })
}

// renderAll does what Flyte does to every container of a pod, not only to the one that runs the task: it fills variables in,
// and calls a GPU by its name in Kubernetes.
func renderAll(containers []corev1.Container, field string, variables variables) (err error) {
	for i := range containers {
		container, field := &containers[i], fmt.Sprintf("%s[%d]", field, i)
		nameGPU(&container.Resources)
		if container.Command, err = variables.render(container.Command, field+".command"); err != nil {
			return err
		}
		if container.Args, err = variables.render(container.Args, field+".args"); err != nil {
			return err
		}
	}
	return nil
}
