//go:build apitest

// The tests play the Job controller: they write a Job's status themselves. The API server is real.

package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/flyteconnector/apitest"
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/watch"
	"example.com/larkspur/plugins/job"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

var cluster *apitest.Cluster

func TestMain(m *testing.M) { os.Exit(apitest.Main(m, func(c *apitest.Cluster) { cluster = c })) }

const namespace = "flytesnacks-development"

var kind = watch.PluralOf(job.Plugin{}.Resource())

// request is what a real Flyte sent, made a Job of two workers.
func request(t *testing.T) *admin.CreateTaskRequest {
	t.Helper()
	raw, err := os.ReadFile("../../connector/pod/testdata/createtask-flyte1.json")
	if err != nil {
		t.Fatal(err)
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil {
		t.Fatal(err)
	}
	result := &admin.CreateTaskRequest{}
	if err := protojson.Unmarshal(entries["container_target"], result); err != nil {
		t.Fatal(err)
	}
	result.Template.Type = job.TaskType
	result.Template.Custom = &structpb.Struct{Fields: map[string]*structpb.Value{"completions": structpb.NewNumberValue(2)}}
	result.OutputPrefix = "s3://bucket/" + t.Name() + "/0"
	return result
}

// only returns the Job of the test.
func only(t *testing.T) *batchv1.Job {
	t.Helper()
	list, err := cluster.Kube.BatchV1().Jobs(namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	index := slices.IndexFunc(list.Items, func(j batchv1.Job) bool {
		return strings.Contains(j.Annotations["flyteconnector.example.com/output-prefix"], "/"+t.Name()+"/")
	})
	if index < 0 {
		t.Fatalf("no Job of %s among %d", t.Name(), len(list.Items))
	}
	return &list.Items[index]
}

func report(t *testing.T, object *batchv1.Job, status batchv1.JobStatus) {
	t.Helper()
	object.Status = status
	if _, err := cluster.Kube.BatchV1().Jobs(namespace).UpdateStatus(t.Context(), object, metav1.UpdateOptions{}); err != nil {
		t.Fatalf("write the status of a Job: %v", err)
	}
}

func conditions(kinds ...batchv1.JobConditionType) []batchv1.JobCondition {
	result := []batchv1.JobCondition{}
	for _, kind := range kinds {
		result = append(result, batchv1.JobCondition{
			Type: kind, Status: corev1.ConditionTrue, Reason: "FailedIndexes", Message: "Job has failed indexes",
		})
	}
	return result
}

func TestAJobFromCreateToSuccessWithExactlyTheRoleInTheRepository(t *testing.T) {
	connector := apitest.Connect(t, deploy(t), namespace, job.Plugin{})
	raw := connector.Create(t, request(t))
	created := only(t)
	if *created.Spec.Completions != 2 || *created.Spec.CompletionMode != batchv1.IndexedCompletion || len(created.Name) > 48 {
		t.Errorf("want an indexed Job of two workers, got %+v", created.Spec)
	}
	connector.Get(t, job.TaskType, raw)
	began, zero := metav1.Now(), int32(0)
	report(t, created, batchv1.JobStatus{Active: 2, Ready: &zero, StartTime: &began})
	worker := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: created.Name + "-0-abcde", Labels: map[string]string{batchv1.JobNameLabel: created.Name}},
		Spec:       created.Spec.Template.Spec,
	}
	_, err := cluster.Kube.CoreV1().ServiceAccounts(namespace).Create(t.Context(),
		&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}, metav1.CreateOptions{})
	ignoreExisting(t, err)
	if worker, err = cluster.Kube.CoreV1().Pods(namespace).Create(t.Context(), worker, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	two := int32(2)
	worker.Status = corev1.PodStatus{Phase: corev1.PodRunning, StartTime: &began}
	if _, err = cluster.Kube.CoreV1().Pods(namespace).UpdateStatus(t.Context(), worker, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	report(t, only(t), batchv1.JobStatus{Active: 2, Ready: &two, StartTime: &began})
	connector.WaitFor(t, job.TaskType, raw, core.TaskExecution_RUNNING)
	ended := metav1.NewTime(began.Add(time.Second))
	report(t, only(t), batchv1.JobStatus{
		Succeeded: 2, CompletedIndexes: "0,1", StartTime: &began, CompletionTime: &ended, Ready: &zero,
		Conditions:              conditions(batchv1.JobSuccessCriteriaMet, batchv1.JobComplete),
		UncountedTerminatedPods: &batchv1.UncountedTerminatedPods{},
	})
	connector.WaitFor(t, job.TaskType, raw, core.TaskExecution_SUCCEEDED)
	connector.Delete(t, job.TaskType, raw)
	if marked := only(t); !slices.Contains(marked.Finalizers, metav1.FinalizerDeleteDependents) {
		t.Errorf("want the pods deleted with the finished Job, got finalizers %v", marked.Finalizers)
	}
}

func TestAFailedJobFails(t *testing.T) {
	connector := apitest.Connect(t, deploy(t), namespace, job.Plugin{})
	raw := connector.Create(t, request(t))
	began, zero := metav1.Now(), int32(0)
	report(t, only(t), batchv1.JobStatus{
		Failed: 1, FailedIndexes: ptr.To("1"), StartTime: &began, Ready: &zero, UncountedTerminatedPods: &batchv1.UncountedTerminatedPods{},
		Conditions: conditions(batchv1.JobFailureTarget, batchv1.JobFailed),
	})
	apitest.Eventually(t, "the task has failed", func() bool {
		answer := connector.Get(t, job.TaskType, raw)
		failed := answer.GetPhase() == core.TaskExecution_FAILED || answer.GetPhase() == core.TaskExecution_RETRYABLE_FAILED
		return failed && answer.GetMessage() != ""
	})
}

func TestWhatTheUserWroteWrongFailsWithItsName(t *testing.T) {
	connector := apitest.Connect(t, deploy(t), namespace, job.Plugin{})
	wrong := request(t)
	wrong.Template.Custom.Fields["complitions"] = structpb.NewNumberValue(3)
	answer := connector.Get(t, job.TaskType, connector.Create(t, wrong))
	if answer.GetPhase() != core.TaskExecution_FAILED || !strings.Contains(answer.GetMessage(), "complitions") {
		t.Errorf("want FAILED with the wrong key, got %s %q", answer.GetPhase(), answer.GetMessage())
	}
}
