package spark

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"example.com/flyteconnector/plugin"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

const name = "count-delays-4f1c2a"

// pod is the driver or an executor, in the words of pods.go.
func pod(r role, id int, status corev1.PodStatus) corev1.Pod {
	pod := corev1.Pod{Status: status}
	pod.Name, pod.Namespace, pod.UID = name+"-driver", "ns", "uid-1"
	if r == executor {
		pod.Name = fmt.Sprintf("%s-exec-%d", name, id)
	}
	pod.Annotations = map[string]string{plugin.DefaultContainer: r.container}
	pod.Spec.Containers = []corev1.Container{{Name: r.container, Image: "task:1"}}
	return pod
}

func waiting(reason string) corev1.PodStatus {
	state := corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: "no"}}
	return corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{Name: "c", State: state}}}
}

func ended(reason string, code int32, message string) corev1.PodStatus {
	state := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: reason, ExitCode: code, Message: message}}
	return corev1.PodStatus{Phase: corev1.PodFailed, ContainerStatuses: []corev1.ContainerStatus{{Name: "c", State: state}}}
}

var (
	running       = corev1.PodStatus{Phase: corev1.PodRunning}
	unschedulable = corev1.PodStatus{Phase: corev1.PodPending, Conditions: []corev1.PodCondition{
		{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "no node has 64 GPUs"},
	}}
)

// app is an application of two executors in a state.
func app(state, message string) *application {
	result := &application{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "ns"}}
	result.Status.AppState.State, result.Status.AppState.ErrorMessage = state, message
	result.Status.SubmissionAttempts, result.Spec.Executor.Instances = 1, 2
	return result
}

func TestEveryStateHasItsPhase(t *testing.T) {
	cases := map[string]struct {
		phase  plugin.Phase
		reason string
	}{
		"":                  {plugin.Queued, "the Spark operator has not taken it yet"},
		"SUBMITTED":         {plugin.Initializing, "the driver is starting"},
		"RUNNING":           {plugin.Running, ""},
		"SUCCEEDING":        {plugin.Running, "the driver has ended well"},
		"COMPLETED":         {plugin.Succeeded, ""},
		"FAILING":           {plugin.Running, "the driver has failed"},
		"FAILED":            {plugin.RetryableFailed, "words of the operator"},
		"SUBMISSION_FAILED": {plugin.RetryableFailed, "submission 1 of 1 failed: words of the operator"},
		"PENDING_RERUN":     {plugin.Initializing, "the operator starts it again"},
		"INVALIDATING":      {plugin.Initializing, "somebody has changed its spec; the operator starts it again"},
		"SUSPENDING":        {plugin.Queued, "it is being suspended"},
		"SUSPENDED":         {plugin.Queued, "it is suspended"},
		"RESUMING":          {plugin.Queued, "it is being resumed"},
		"UNKNOWN":           {plugin.Running, "the driver's node does not answer"},
	}
	for state, c := range cases {
		t.Run("state "+state, func(t *testing.T) {
			info := phaseOf(t, Plugin{}, app(state, "words of the operator"), nil)
			if info.Phase != c.phase || info.Reason != c.reason {
				t.Errorf("got %v (%q), want %v (%q)", info.Phase, info.Reason, c.phase, c.reason)
			}
		})
	}
	for state := range states {
		if _, tested := cases[state]; !tested {
			t.Errorf("no test for state %q", state)
		}
	}
}

func TestAStateOfANewerOperatorIsNamed(t *testing.T) {
	_, err := Plugin{}.GetTaskPhase(object(t, app("RESTING", "")), nil)
	if err == nil || !strings.Contains(err.Error(), `ns/count-delays-4f1c2a is in the state "RESTING"`) {
		t.Errorf("error %v", err)
	}
}

func TestAFailedSubmissionIsTheEndWhenTheOperatorGivesUp(t *testing.T) {
	for attempts, want := range map[int32]plugin.Phase{1: plugin.Initializing, 3: plugin.Initializing, 4: plugin.RetryableFailed} {
		failed := app("SUBMISSION_FAILED", "no")
		failed.Spec.RestartPolicy.Retries, failed.Status.SubmissionAttempts = 3, attempts
		info := phaseOf(t, Plugin{}, failed, nil)
		if reason := fmt.Sprintf("submission %d of 4 failed: no", attempts); info.Phase != want || info.Reason != reason {
			t.Errorf("got %v (%q), want %v (%q)", info.Phase, info.Reason, want, reason)
		}
	}
}

func TestOfAFailedSubmissionTheExceptionIsSaidAndNotTheStack(t *testing.T) {
	failed := app("FAILED", "failed to run spark-submit: INFO Something\nException in thread \"main\" Client: serviceaccount \"x\" not found\n\tat a.B")
	if info := phaseOf(t, Plugin{}, failed, nil); info.Reason != `spark-submit: Client: serviceaccount "x" not found` {
		t.Errorf("got %q", info.Reason)
	}
}

func TestThePodsSayWhy(t *testing.T) {
	cases := map[string]struct {
		state  string
		pods   []corev1.Pod
		phase  plugin.Phase
		reason string
	}{
		"no node for the driver":                      {"SUBMITTED", []corev1.Pod{pod(driver, 0, unschedulable)}, plugin.WaitingForResources, "driver: Unschedulable: no node has 64 GPUs (pod " + name + "-driver)"},
		"no image for the driver":                     {"SUBMITTED", []corev1.Pod{pod(driver, 0, waiting("ImagePullBackOff"))}, plugin.RetryableFailed, "driver: ImagePullBackOff: no (pod " + name + "-driver, container c)"},
		"the driver runs before the operator says so": {"SUBMITTED", []corev1.Pod{pod(driver, 0, running)}, plugin.Initializing, "the driver is starting"},
		"no node for executors":                       {"RUNNING", []corev1.Pod{pod(driver, 0, running), pod(executor, 1, unschedulable)}, plugin.Running, "executor 1: Unschedulable: no node has 64 GPUs (pod " + name + "-exec-1)"},
		"no image for executors":                      {"RUNNING", []corev1.Pod{pod(driver, 0, running), pod(executor, 1, unschedulable), pod(executor, 2, waiting("ImagePullBackOff"))}, plugin.RetryableFailed, "executor 2: ImagePullBackOff: no (pod " + name + "-exec-2, container c)"},
		"no image for some executors":                 {"RUNNING", []corev1.Pod{pod(driver, 0, running), pod(executor, 1, waiting("ImagePullBackOff")), pod(executor, 2, running)}, plugin.Running, ""},
		"the user's error":                            {"FAILED", []corev1.Pod{pod(executor, 1, ended("OOMKilled", 137, "")), pod(driver, 0, ended("Error", 1, "ValueError: no"))}, plugin.RetryableFailed, "driver: Error, exit code 1 (pod " + name + "-driver, container c)\nValueError: no"},
		"a lost executor is not to blame":             {"FAILED", []corev1.Pod{pod(executor, 1, ended("OOMKilled", 137, ""))}, plugin.RetryableFailed, "driver pod not found"},
		"a driver that lost its node":                 {"FAILED", []corev1.Pod{pod(driver, 0, corev1.PodStatus{Phase: corev1.PodFailed, Reason: "NodeLost", Message: "gone"})}, plugin.RetryableFailed, "driver: NodeLost: gone (pod " + name + "-driver)"},
		"a sidecar outlives the driver":               {"COMPLETED", []corev1.Pod{pod(driver, 0, running)}, plugin.Succeeded, ""},
	}
	for title, c := range cases {
		t.Run(title, func(t *testing.T) {
			info := phaseOf(t, Plugin{}, app(c.state, "driver pod not found"), c.pods)
			if info.Phase != c.phase || info.Reason != c.reason {
				t.Errorf("got %v (%q), want %v (%q)", info.Phase, info.Reason, c.phase, c.reason)
			}
			if waits := strings.Contains(c.reason, "ImagePullBackOff"); info.CleanupOnFailure != waits {
				t.Errorf("cleanup %v; want what would wait for ever to be deleted, and nothing else", info.CleanupOnFailure)
			}
		})
	}
}

// A node that cannot pull is no reason to end what has run on another.
func TestExecutorsThatHaveBeenThereCount(t *testing.T) {
	seen := app("RUNNING", "")
	seen.Status.ExecutorState = map[string]string{name + "-exec-1": "FAILED", name + "-exec-2": "PENDING"}
	pods := []corev1.Pod{pod(driver, 0, running), pod(executor, 2, waiting("ImagePullBackOff"))}
	if info := phaseOf(t, Plugin{}, seen, pods); info.Phase != plugin.Running || info.CleanupOnFailure {
		t.Errorf("got %v (%q), want Running", info.Phase, info.Reason)
	}
}

func TestInfoCountsExecutors(t *testing.T) {
	seen := app("RUNNING", "")
	seen.Status.ApplicationID = "spark-1"
	seen.Status.ExecutorState = map[string]string{"a": "RUNNING", "b": "RUNNING", "c": "FAILED"}
	want := map[string]any{"sparkApplicationId": "spark-1", "RUNNING": int32(2), "FAILED": int32(1)}
	if info := phaseOf(t, Plugin{}, seen, nil).Info; !reflect.DeepEqual(info, want) {
		t.Errorf("info is %v, want %v", info, want)
	}
}

func object(t *testing.T, app *application) *unstructured.Unstructured {
	t.Helper()
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(app)
	if err != nil {
		t.Fatal(err)
	}
	return &unstructured.Unstructured{Object: content}
}

// phaseOf asks twice: with the application and its pods as they are, and with what the connector keeps of them.
func phaseOf(t *testing.T, p Plugin, app *application, pods []corev1.Pod) plugin.PhaseInfo {
	t.Helper()
	app.Spec.SparkConf = map[string]string{"spark.a": "1"}
	resource := object(t, app)
	info, err := p.GetTaskPhase(resource, pods)
	if err != nil {
		t.Fatal(err)
	}
	p.Resource().Forget(resource)
	kept := make([]corev1.Pod, 0, len(pods))
	for _, pod := range pods {
		kept = append(kept, *plugin.Forget(&pod))
	}
	if again, err := p.GetTaskPhase(resource, kept); err != nil || !reflect.DeepEqual(again, info) {
		t.Errorf("%+v (error %v) without what Resource().Ignored names, and %+v with it", again, err, info)
	}
	return info
}
