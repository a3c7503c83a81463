// How does a container target become a pod?

package pod

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"example.com/flyteconnector/gen/flyteidl/core"
)

// primaryContainer is what the only container of a container target is called.
const primaryContainer = "primary"

var errCoPilot = errors.New("data_config: raw containers need Flyte's co-pilot, which a connector does not have; read the " +
	"inputs from {{.inputPrefix}} and write the outputs to {{.outputPrefix}}, or use a task with a Flyte SDK in its image")

// fromContainer makes a pod of one container. The engine has rendered its arguments and nothing else.
func fromContainer(container *core.Container, variables variables) (corev1.PodTemplateSpec, error) {
	if container.GetImage() == "" {
		return corev1.PodTemplateSpec{}, errors.New("template.container.image is empty")
	}
	if container.GetDataConfig().GetEnabled() {
		return corev1.PodTemplateSpec{}, fmt.Errorf("template.container.%w", errCoPilot)
	}
	resources, err := resourceRequirements(container.GetResources())
	if err != nil {
		return corev1.PodTemplateSpec{}, err
	}
	result := corev1.Container{Name: primaryContainer, Image: container.GetImage(), Resources: resources}
	if result.Command, err = variables.render(container.GetCommand(), "template.container.command"); err != nil {
		return corev1.PodTemplateSpec{}, err
	}
	result.Args = variables.ofTheRun(container.GetArgs())
	for _, pair := range container.GetEnv() {
		result.Env = append(result.Env, corev1.EnvVar{Name: pair.GetKey(), Value: pair.GetValue()})
	}
	for _, port := range container.GetPorts() {
		exposed := corev1.ContainerPort{Name: port.GetName(), ContainerPort: int32(port.GetContainerPort())}
		result.Ports = append(result.Ports, exposed)
	}
	return corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{result}}}, nil
}
