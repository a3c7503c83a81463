// What does every pod of Flyte have, whichever way the task came?

package pod

import (
	"cmp"
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/plugin"
)

// finishPod makes the pod from either target, and adds what the engine has not.
func finishPod(task *plugin.Task, request *admin.CreateTaskRequest, options Options) error {
	template, finished := request.GetTemplate(), false
	variables := variablesOf(request, task.Name, options.Engine)
	var err error
	switch target := template.GetTarget().(type) {
	case *core.TaskTemplate_Container:
		task.Pod, err = fromContainer(target.Container, variables)
	case *core.TaskTemplate_K8SPod:
		task.PrimaryContainer = cmp.Or(template.GetConfig()["primary_container_name"], target.K8SPod.GetPrimaryContainerName())
		task.Pod, finished, err = fromPod(target.K8SPod, task.PrimaryContainer, variables)
	default:
		err = errors.New("template.target: neither container nor k8s_pod is set, so there is nothing to run")
	}
	if err == nil {
		err = speaks(primary(task), options)
	}
	if err == nil && !finished {
		err = addWhatFlyteAdds(task, template, options)
	}
	if err != nil {
		return err
	}
	addToEveryPod(task, request)
	addEnvironment(&task.Pod.Spec, finished, environment(request, options))
	return nil
}

// addWhatFlyteAdds is for a pod that no engine has finished: resources, and where to run.
func addWhatFlyteAdds(task *plugin.Task, template *core.TaskTemplate, options Options) error {
	if name := template.GetMetadata().GetPodTemplateName(); name != "" {
		return errors.New("template.metadata.pod_template_name: " + name + " is a PodTemplate in the cluster, which this " +
			"connector does not read; write what it says into the task's own pod template")
	}
	addDefaults(&primary(task).Resources, options.DefaultRequests)
	if err := addSharedMemory(&task.Pod.Spec, primary(task), template.GetExtendedResources().GetSharedMemory()); err != nil {
		return err
	}
	return addAccelerator(&task.Pod.Spec, template.GetExtendedResources().GetGpuAccelerator(), options)
}

// addToEveryPod fills what Flyte's own pod plugin fills, and overwrites nothing that is there already.
func addToEveryPod(task *plugin.Task, request *admin.CreateTaskRequest) {
	// @task(labels=..., annotations=...); in the order of Flyte's own plugins.
	wanted := request.GetTemplate().GetMetadata().GetMetadata()
	labels, annotations := sanitise(wanted.GetLabels(), wanted.GetAnnotations())
	// Flyte's labels win over the user's, because monitoring selects by them.
	task.Pod.ObjectMeta = metav1.ObjectMeta{
		Labels:      union(union(task.Pod.Labels, labels), task.Labels),
		Annotations: union(union(task.Pod.Annotations, annotations), task.Annotations),
	}
	metav1.SetMetaDataAnnotation(&task.Pod.ObjectMeta, plugin.DefaultContainer, task.PrimaryContainer)
	spec, metadata := &task.Pod.Spec, request.GetTaskExecutionMetadata()
	spec.RestartPolicy = cmp.Or(spec.RestartPolicy, corev1.RestartPolicyNever)
	// The account of the execution comes last: what a task is written for is the narrower choice. Identity repeats it.
	spec.ServiceAccountName = cmp.Or(spec.ServiceAccountName, spec.DeprecatedServiceAccount,
		request.GetTemplate().GetSecurityContext().GetRunAs().GetK8SServiceAccount(),
		metadata.GetK8SServiceAccount(), metadata.GetIdentity().GetK8SServiceAccount())
	container := primary(task)
	// The end of the log, where a traceback is, becomes the reason that Flyte's user sees.
	container.TerminationMessagePolicy = cmp.Or(container.TerminationMessagePolicy, corev1.TerminationMessageFallbackToLogsOnError)
}

// primary is the container that runs the task; both targets have made sure that there is one.
func primary(task *plugin.Task) *corev1.Container {
	named := func(c corev1.Container) bool { return c.Name == task.PrimaryContainer }
	return &task.Pod.Spec.Containers[slices.IndexFunc(task.Pod.Spec.Containers, named)]
}
