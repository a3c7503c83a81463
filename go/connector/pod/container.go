// How does a container target become a pod?

package pod

import (
	"errors"
	"fmt"
	"regexp"

	"google.golang.org/protobuf/proto"
	corev1 "k8s.io/api/core/v1"

	"example.com/flyteconnector/gen/flyteidl/core"
)

// primaryContainer is what the only container of a container target is called.
const primaryContainer = "primary"

// unrendered finds the template variables of Flyte that the engine should have replaced (names: flyteplugins,
// core/template; they ignore case). Other double braces are the user's own.
var unrendered = regexp.MustCompile(`(?i)\{\{\s*\.(input|inputPrefix|outputPrefix|inputs\.[^}\s]+|rawOutputDataPrefix|` +
	`perRetryUniqueKey|taskTemplatePath|prevCheckpointPrefix|checkpointOutputPrefix|namespace)\s*\}\}`)

// fromContainer makes a pod of one container. The engine has rendered its arguments and nothing else.
func fromContainer(container *core.Container, extended *core.ExtendedResources) (corev1.PodTemplateSpec, error) {
	if container.GetImage() == "" {
		return corev1.PodTemplateSpec{}, errors.New("template.container.image is empty")
	}
	if container.GetDataConfig().GetEnabled() {
		return corev1.PodTemplateSpec{}, errors.New("template.container.data_config: raw containers need Flyte's co-pilot, " +
			"which a connector does not have; use a pod template")
	}
	if proto.Size(extended) > 0 {
		return corev1.PodTemplateSpec{}, errors.New("template.extended_resources: a container target cannot carry accelerators " +
			"or shared memory through a connector; use a pod template")
	}
	resources, err := resourceRequirements(container.GetResources())
	if err != nil {
		return corev1.PodTemplateSpec{}, err
	}
	result := corev1.Container{
		Name:      primaryContainer,
		Image:     container.GetImage(),
		Command:   container.GetCommand(),
		Args:      container.GetArgs(),
		Resources: resources,
	}
	for _, pair := range container.GetEnv() {
		result.Env = append(result.Env, corev1.EnvVar{Name: pair.GetKey(), Value: pair.GetValue()})
	}
	for _, port := range container.GetPorts() {
		exposed := corev1.ContainerPort{Name: port.GetName(), ContainerPort: int32(port.GetContainerPort())}
		result.Ports = append(result.Ports, exposed)
	}
	template := corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{result}}}
	return template, rendered(result, "template.container")
}

// rendered refuses a container whose command line still has variables: the process would take them for file names.
func rendered(container corev1.Container, field string) error {
	for part, words := range map[string][]string{"command": container.Command, "args": container.Args} {
		for i, word := range words {
			if variable := unrendered.FindString(word); variable != "" {
				return fmt.Errorf("%s.%s[%d]: Flyte left %q in it; pod templates need Flyte 1.16.7 or later", field, part, i, variable)
			}
		}
	}
	return nil
}
