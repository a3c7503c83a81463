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

// fromPod decodes the pod that Flyte 1.16.7 or later has built. Fields that this version of Kubernetes' API does not
// have are dropped, as Flyte's own plugins do: a newer Flyte may send more.
func fromPod(pod *core.K8SPod, primary string) (corev1.PodTemplateSpec, error) {
	var result corev1.PodTemplateSpec
	if pod.GetPodSpec() == nil {
		return result, errors.New("template.k8s_pod.pod_spec is missing")
	}
	raw, err := protojson.Marshal(pod.GetPodSpec())
	if err != nil {
		return result, fmt.Errorf("template.k8s_pod.pod_spec: %w", err)
	}
	if err := json.Unmarshal(raw, &result.Spec); err != nil {
		return result, fmt.Errorf("template.k8s_pod.pod_spec is not a PodSpec: %w", err)
	}
	if primary == "" {
		return result, errors.New(`template.config["primary_container_name"] is missing: ` +
			"nobody knows which container of template.k8s_pod runs the task")
	}
	index := slices.IndexFunc(result.Spec.Containers, func(c corev1.Container) bool { return c.Name == primary })
	if index < 0 {
		return result, fmt.Errorf("template.k8s_pod.pod_spec.containers has no %q, "+
			`which template.config["primary_container_name"] names`, primary)
	}
	labels, annotations := sanitise(pod.GetMetadata().GetLabels(), pod.GetMetadata().GetAnnotations())
	result.ObjectMeta = metav1.ObjectMeta{Labels: labels, Annotations: annotations}
	return result, rendered(result.Spec.Containers[index], fmt.Sprintf("template.k8s_pod.pod_spec.containers[%d]", index))
}
