// %% Pods: how do two kinds of pods come from one?
//
// The connector hands over one finished pod. Spark needs a driver and executors: the same image, environment and secrets,
// and a few differences. So each is a copy of that pod, with the templates that are meant for it on top.
//
// Everything of a pod goes into a *template*. The operator has fields for the same things (``env``, ``tolerations``,
// ``securityContext``, sidecars), but it hands only a few of them to Spark. The others are for its webhook, which need not
// be installed, and lets pods with a template alone.

package spark

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"example.com/flyteconnector/plugin"
	larkspurv1 "example.com/larkspur/gen/larkspur/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/utils/ptr"
	kjson "sigs.k8s.io/json"
)

// %% Two roles
//
// Spark and the operator know their containers by these names: with another one the operator would not see the driver end
// as long as a sidecar runs.

type role struct{ name, field, container string }

var (
	driver   = role{"driver", "driverPod", "spark-kubernetes-driver"}
	executor = role{"executor", "executorPod", "spark-kubernetes-executor"}
)

// LaunchVariable tells the code in a pod that this plugin started it, and as which role.
const LaunchVariable = "LARKSPUR_SPARK"

// %% The driver and the executors
//
// An interruptible task wants to be cheap, not to be lost: Spark replaces a lost executor, but nobody replaces the driver.
// So only executors get the administrator's template for machines that can be taken away.

func (p Plugin) driver(task plugin.Task, spec *larkspurv1.Spark) (podSpec, error) {
	result, err := p.pod(driver, task, spec, spec.GetDriverPod().AsMap())
	if err == nil && task.Timeout > 0 {
		// The connector ends the task in time, with words of its own. This holds when nobody does, so it comes later.
		result.Template.Spec.ActiveDeadlineSeconds = ptr.To(int64(math.Ceil(task.Timeout.Seconds())) + 30)
	}
	return result, err
}

func (p Plugin) executor(task plugin.Task, spec *larkspurv1.Spark) (podSpec, error) {
	if !task.Interruptible {
		p.Interruptible = nil
	}
	result, err := p.pod(executor, task, spec, p.Interruptible, spec.GetExecutorPod().AsMap())
	result.Instances = spec.Executors
	return result, err
}

// %% One pod
//
// Templates are merged while the containers still have the names that the user knows. Then the container that runs the task
// becomes Spark's: Spark appends its own arguments, so none may be left.

func (p Plugin) pod(
	r role, task plugin.Task, spec *larkspurv1.Spark, overlays ...map[string]any,
) (result podSpec, err error) {
	pod := task.Pod.DeepCopy()
	for _, overlay := range overlays {
		if pod, err = merge(pod, overlay); err != nil {
			return result, fmt.Errorf("%s: %w", r.field, err)
		}
	}
	main := container(pod, task.PrimaryContainer)
	if main == nil {
		return result, fmt.Errorf("%s: container %q is gone, and it runs the task", r.field, task.PrimaryContainer)
	}
	if result.resources, err = resourcesOf(r, main, spec.SparkConf); err != nil {
		return result, err
	}
	main.Name, main.Command, main.Args = r.container, nil, nil
	main.Env = append(main.Env, corev1.EnvVar{Name: LaunchVariable, Value: r.name})
	metav1.SetMetaDataAnnotation(&pod.ObjectMeta, plugin.DefaultContainer, r.container)
	pod.Spec.ServiceAccountName = cmp.Or(pod.Spec.ServiceAccountName, p.ServiceAccount)
	result.Image, result.Template = main.Image, pod
	return result, nil
}

func container(pod *corev1.PodTemplateSpec, name string) *corev1.Container {
	named := func(c corev1.Container) bool { return c.Name == name }
	if i := slices.IndexFunc(pod.Spec.Containers, named); i >= 0 {
		return &pod.Spec.Containers[i]
	}
	return nil
}

// %% A template on top
//
// Kubernetes' own library merges, as ``kubectl patch`` does: it knows that containers and variables have names, and that
// null deletes. But it replaces tolerations as a whole, and then those of spot nodes would push out the task's own.
//
// In the custom resource a template is an object without a schema. A field with a typing error would vanish there, so it is
// found here.

func merge(pod *corev1.PodTemplateSpec, overlay map[string]any) (*corev1.PodTemplateSpec, error) {
	original, err := json.Marshal(pod)
	patch, problem := json.Marshal(overlay)
	if err = errors.Join(err, problem); err != nil {
		return nil, err
	}
	if patch, err = strategicpatch.StrategicMergePatch(original, patch, pod); err != nil {
		return nil, err
	}
	merged := &corev1.PodTemplateSpec{}
	unknown, err := kjson.UnmarshalStrict(patch, merged)
	if err = errors.Join(append(unknown, err)...); err != nil {
		return nil, err
	}
	for _, own := range pod.Spec.Tolerations {
		same := func(other corev1.Toleration) bool { return own.MatchToleration(&other) }
		if !slices.ContainsFunc(merged.Spec.Tolerations, same) {
			merged.Spec.Tolerations = append(merged.Spec.Tolerations, own)
		}
	}
	return merged, nil
}
