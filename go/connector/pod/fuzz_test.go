package pod

import (
	"encoding/json"
	"testing"

	"google.golang.org/protobuf/proto"
	"k8s.io/apimachinery/pkg/util/validation"

	"example.com/flyteconnector/gen/flyteidl/admin"
)

// FuzzFinish starts from the real requests. Whatever comes, the answer is an error or a pod that can be sent.
func FuzzFinish(f *testing.F) {
	for _, request := range realOf(f) {
		raw, err := proto.Marshal(request)
		if err != nil {
			f.Fatal(err)
		}
		for _, engine := range []Engine{Flyte1, Flyte2} {
			f.Add(raw, int(engine))
			for i := 0; i < len(raw); i += 7 { // so that a run without -fuzz tries broken ones, too
				broken := append([]byte{}, raw...)
				broken[i] ^= 1 << (i % 8)
				f.Add(broken, int(engine))
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, engine int) {
		request := &admin.CreateTaskRequest{}
		if proto.Unmarshal(raw, request) != nil {
			return
		}
		task, err := Finish(request, Options{Engine: Engine(engine), Env: map[string]string{"A": "1"}, ReadsErrors: engine == 0})
		if err != nil {
			return
		}
		if problems := validation.IsDNS1035Label(task.Name); len(problems) > 0 || primary(&task.Task).Name != task.PrimaryContainer {
			t.Errorf("%q is no name (%v), or %q is no container", task.Name, problems, task.PrimaryContainer)
		}
		for key, value := range task.Pod.Labels {
			if len(validation.IsQualifiedName(key))+len(validation.IsValidLabelValue(value)) > 0 {
				t.Errorf("label %q=%q is none", key, value)
			}
		}
		if _, err := json.Marshal(task.Pod); err != nil {
			t.Errorf("the pod cannot be sent: %v", err)
		}
	})
}
