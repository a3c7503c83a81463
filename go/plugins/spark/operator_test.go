//go:build apitest

// The operator's own files and a real API server say whether this plugin knows the operator. SPARK_OPERATOR_MODULE is the
// folder of github.com/kubeflow/spark-operator/v2 in Go's module cache. The tests play the operator.

package spark

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/flyteconnector/apitest"
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
	corev1 "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/yaml"
)

var (
	cluster      *apitest.Cluster
	applications = schema.GroupVersionResource{Group: "sparkoperator.k8s.io", Version: "v1beta2", Resource: "sparkapplications"}
	strictly     = metav1.CreateOptions{FieldValidation: metav1.FieldValidationStrict}
)

func TestMain(m *testing.M) { os.Exit(apitest.Main(m, func(c *apitest.Cluster) { cluster = c })) }

// module returns a file of the operator's Go module.
func module(t *testing.T, path string) string {
	t.Helper()
	folder := os.Getenv("SPARK_OPERATOR_MODULE")
	path = filepath.Join(folder, path)
	if _, err := os.ReadFile(path); folder == "" || err != nil { // read here, so that Go's test cache knows the file
		t.Fatalf("SPARK_OPERATOR_MODULE=%q: it must be the folder of github.com/kubeflow/spark-operator/v2 (go list -m -f {{.Dir}})", folder)
	}
	return path
}

// installed returns a namespace of a cluster that has the operator's kind.
func installed(t *testing.T) string {
	t.Helper()
	path := module(t, "config/crd/bases/sparkoperator.k8s.io_sparkapplications.yaml")
	if _, err := envtest.InstallCRDs(cluster.Config, envtest.CRDInstallOptions{Paths: []string{path}, ErrorIfPathMissing: true}); err != nil {
		t.Fatal(err)
	}
	namespace := cluster.Namespace(t)
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "runner"}}
	for _, name := range []string{"runner", "spark"} {
		account.Name = name
		if _, err := cluster.Kube.CoreV1().ServiceAccounts(namespace).Create(t.Context(), account, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	return namespace
}

func golden(t *testing.T) map[string]*unstructured.Unstructured {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(paths) < 4 {
		t.Fatalf("golden files %v, error %v", paths, err)
	}
	result := map[string]*unstructured.Unstructured{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		result[path] = &unstructured.Unstructured{}
		if err := yaml.Unmarshal(raw, &result[path].Object); err != nil {
			t.Fatal(err)
		}
	}
	return result
}

// The operator's schema says nothing about pod templates, so the API server has to take them as the pods that they become.
func TestTheAPIServerTakesEveryResourceAndItsPodsStrictly(t *testing.T) {
	namespace := installed(t)
	dryRun := strictly
	dryRun.DryRun = []string{metav1.DryRunAll}
	for path, resource := range golden(t) {
		resource.SetNamespace(namespace)
		resource.SetName(strings.ReplaceAll(strings.TrimSuffix(filepath.Base(path), ".yaml"), "_", "-"))
		if _, err := cluster.Dynamic.Resource(applications).Namespace(namespace).Create(t.Context(), resource, strictly); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for _, r := range []role{driver, executor} {
			pod, _, _ := unstructured.NestedMap(resource.Object, "spec", r.name, "template")
			object := &unstructured.Unstructured{Object: pod}
			object.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Pod"))
			object.SetName(resource.GetName() + "-" + r.name)
			pods := cluster.Dynamic.Resource(corev1.SchemeGroupVersion.WithResource("pods")).Namespace(namespace)
			// The priority class is the only thing in them that a cluster has to have.
			unstructured.RemoveNestedField(object.Object, "spec", "priorityClassName")
			if _, err := pods.Create(t.Context(), object, dryRun); err != nil {
				t.Errorf("%s, the %s's pod: %v", path, r.name, err)
			}
		}
	}
}

func TestTheAPIServerRefusesWhatItDoesNotKnow(t *testing.T) {
	namespace := installed(t)
	for field, want := range map[string]string{"excecutor": `unknown field "spec.excecutor"`, "mode": "Unsupported value"} {
		resource := build(t, Plugin{}, task(t, nil))
		resource.SetNamespace(namespace)
		if err := unstructured.SetNestedField(resource.Object, "x", "spec", field); err != nil {
			t.Fatal(err)
		}
		_, err := cluster.Dynamic.Resource(applications).Namespace(namespace).Create(t.Context(), resource, strictly)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", field, err, want)
		}
	}
}

func TestTheTableHasEveryStateThatTheOperatorHas(t *testing.T) {
	source, err := os.ReadFile(module(t, "api/v1beta2/sparkapplication_types.go"))
	if err != nil {
		t.Fatal(err)
	}
	var theirs []string
	for _, found := range regexp.MustCompile(`\w+\s+ApplicationStateType\s+= "(\w*)"`).FindAllSubmatch(source, -1) {
		theirs = append(theirs, string(found[1]))
	}
	slices.Sort(theirs)
	if ours := slices.Sorted(maps.Keys(states)); len(theirs) < 10 || !slices.Equal(ours, theirs) {
		t.Errorf("this plugin knows the states %q, and the operator has %q", ours, theirs)
	}
}

func TestASparkTaskFromCreateToSuccess(t *testing.T) {
	namespace := installed(t)
	identity := cluster.Identity(t, namespace, []rbac.PolicyRule{ // all that the connector needs for this plugin
		{APIGroups: []string{applications.Group}, Resources: []string{applications.Resource}, Verbs: []string{"create", "get", "delete", "list", "watch"}},
		{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"list", "watch"}},
	})
	connector := apitest.Connect(t, identity, namespace, Plugin{History: "https://history/{{.ApplicationID}}"})
	meta := connector.Create(t, request(t, namespace))
	list, err := cluster.Dynamic.Resource(applications).Namespace(namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("want one application: %v, error %v", list, err)
	}
	operator := func(state, more string) {
		t.Helper()
		patch := fmt.Sprintf(`{"status": {"applicationState": {"state": %q}, "driverInfo": {}, "sparkApplicationId": "spark-1"%s}}`, state, more)
		_, err := cluster.Dynamic.Resource(applications).Namespace(namespace).Patch(context.WithoutCancel(t.Context()), list.Items[0].GetName(),
			types.MergePatchType, []byte(patch), metav1.PatchOptions{FieldValidation: metav1.FieldValidationStrict}, "status")
		if err != nil {
			t.Fatal(err)
		}
	}
	connector.WaitFor(t, TaskType, meta, core.TaskExecution_QUEUED)
	operator("SUBMITTED", `, "submissionAttempts": 1`)
	connector.WaitFor(t, TaskType, meta, core.TaskExecution_INITIALIZING)
	operator("RUNNING", `, "executorState": {"a": "RUNNING"}`)
	connector.WaitFor(t, TaskType, meta, core.TaskExecution_RUNNING)
	operator("COMPLETED", `, "terminationTime": "2026-01-01T00:00:00Z"`)
	done := connector.WaitFor(t, TaskType, meta, core.TaskExecution_SUCCEEDED)
	if links := done.GetLogLinks(); len(links) != 1 || links[0].GetUri() != "https://history/spark-1" {
		t.Errorf("the links are %v", links)
	}
}

func request(t *testing.T, namespace string) *admin.CreateTaskRequest {
	t.Helper()
	return &admin.CreateTaskRequest{
		OutputPrefix:          "s3://bucket/" + t.Name() + "/0",
		TaskExecutionMetadata: &admin.TaskExecutionMetadata{Namespace: namespace},
		Template: &core.TaskTemplate{
			Type: TaskType, Id: &core.Identifier{Name: "wf.count"}, Custom: custom(t, map[string]any{"submissionRetries": 2}),
			Target: &core.TaskTemplate_Container{Container: &core.Container{Image: "task:1", Args: []string{"pyflyte-execute"}}},
		},
	}
}
