// %% Build: which resource does the task become?
//
// A SparkApplication is what the operator makes a call of spark-submit from. The parts come from the two pages before this
// one, pods and configuration; here they are put together.

package spark

import (
	"errors"
	"slices"

	"example.com/flyteconnector/plugin"
	larkspurv1 "example.com/larkspur/gen/larkspur/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// %% The operator's types, as far as we need them
//
// The operator's own Go module has these types, too, with the Kubernetes libraries of the operator's choice. A plugin that
// imports it can be linked neither with another operator's nor with Flyte's. So we declare what we write and read, and tests
// hold it against the operator's schema and against its Python models.

type application struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              applicationSpec   `json:"spec"`
	Status            applicationStatus `json:"status"`
}

type applicationSpec struct {
	Type                string            `json:"type"`
	Mode                string            `json:"mode"`
	SparkVersion        string            `json:"sparkVersion"`
	ImagePullPolicy     corev1.PullPolicy `json:"imagePullPolicy,omitempty"`
	MainApplicationFile string            `json:"mainApplicationFile"`
	Arguments           []string          `json:"arguments,omitempty"`
	SparkConf           map[string]string `json:"sparkConf"`
	Driver              podSpec           `json:"driver"`
	Executor            podSpec           `json:"executor"`
	RestartPolicy       restartPolicy     `json:"restartPolicy"`
	TimeToLiveSeconds   int64             `json:"timeToLiveSeconds"`
}

type podSpec struct {
	resources `json:",inline"`
	Instances int32                   `json:"instances,omitempty"`
	Image     string                  `json:"image"`
	Template  *corev1.PodTemplateSpec `json:"template"`
}

type restartPolicy struct {
	Type       string `json:"type"`
	Retries    int32  `json:"onSubmissionFailureRetries,omitempty"`
	RetryAfter int64  `json:"onSubmissionFailureRetryInterval,omitempty"`
}

// DeepCopyObject makes it a runtime.Object. Nothing that it points to is changed.
func (a *application) DeepCopyObject() runtime.Object { c := *a; return &c }

// %% The SparkApplication
//
// The task's command (``pyflyte-execute …``) becomes the *arguments* of the file that the driver runs, flytekit's
// entrypoint, which is the same program as a file.
//
// The operator demands a version and compares it with 3.0.0, for the templates. 3.3.0 is the first that takes a prefix of
// executors' names as long as ours.

// BuildResource turns a task into a SparkApplication.
// TODO(build): Fill in your operator's resource from the message and the pod.
func (p Plugin) BuildResource(task plugin.Task) (*unstructured.Unstructured, error) {
	spec, err := decode(task)
	if err != nil {
		return nil, err
	}
	driverPod, err := p.driver(task, spec)
	executorPod, problem := p.executor(task, spec)
	if err := errors.Join(err, problem); err != nil {
		return nil, err
	}
	main := container(&task.Pod, task.PrimaryContainer)
	app := &application{
		ObjectMeta: metav1.ObjectMeta{
			Name: task.Name, Namespace: task.Namespace, Labels: task.Labels, Annotations: task.Annotations,
		},
		Spec: applicationSpec{
			Type: "Python", Mode: "cluster", SparkVersion: "3.3.0",
			ImagePullPolicy:     main.ImagePullPolicy, // Spark writes its own into every container
			MainApplicationFile: spec.MainApplicationFile,
			Arguments:           slices.Concat(main.Command, main.Args),
			SparkConf:           p.conf(task, spec.SparkConf),
			Driver:              driverPod,
			Executor:            executorPod,
			RestartPolicy:       restarts(spec),
			TimeToLiveSeconds:   int64(spec.TtlSecondsAfterFinished),
		},
	}
	return plugin.ToUnstructured(app, p.Resource().GroupVersionKind)
}

// %% Whose retries?
//
// A run of the driver is never repeated here: that is Flyte's to do, which counts it. What the operator may repeat is the
// call of spark-submit. "OnFailure" without ``onFailureRetries`` means just that. The pause has a default, but in the
// operator's webhook; without it the operator waits for ever.

func restarts(spec *larkspurv1.Spark) restartPolicy {
	if spec.SubmissionRetries == 0 {
		return restartPolicy{Type: "Never"}
	}
	return restartPolicy{Type: "OnFailure", Retries: spec.SubmissionRetries, RetryAfter: 5}
}
