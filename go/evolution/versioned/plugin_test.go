package versioned

import (
	"reflect"
	"strings"
	"testing"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/plugin"
	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"
)

func task(t *testing.T, version int32, custom map[string]any) plugin.Task {
	t.Helper()
	sent, err := structpb.NewStruct(custom)
	if err != nil {
		t.Fatal(err)
	}
	pod := corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}}}
	return plugin.Task{Type: "larkspur_job", TypeVersion: version, Name: "a", Namespace: "ns", Custom: sent, Pod: pod, PrimaryContainer: "main"}
}

func TestATaskOfTheOldVersionBecomesTheSameResource(t *testing.T) {
	before := task(t, 0, map[string]any{"completions": 4, "tolerated": 3})
	old, err := Plugin{}.BuildResource(before)
	if err != nil {
		t.Fatal(err)
	}
	now, err := Plugin{}.BuildResource(task(t, 1, map[string]any{"completions": 4, "maxFailedIndexes": 3}))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(old.Object, now.Object) {
		t.Errorf("the old task becomes %v\nthe new one %v", old.Object, now.Object)
	}
	if before.Custom.Fields["tolerated"] == nil {
		t.Error("the task itself was changed")
	}
}

func TestATaskOfTheNewVersionMayNotUseTheOldName(t *testing.T) {
	_, err := Plugin{}.BuildResource(task(t, 1, map[string]any{"tolerated": 3}))
	if err == nil || !strings.Contains(err.Error(), `unknown field "tolerated"`) {
		t.Errorf("error %v", err)
	}
}

func TestAConnectorServesBothVersions(t *testing.T) {
	c, err := core.New(core.Config{}, Plugin{})
	if err != nil {
		t.Fatal(err)
	}
	if newest, err := c.TypeVersion("larkspur_job"); err != nil || newest != 1 {
		t.Errorf("the newest version is %d, error %v", newest, err)
	}
}
