package plugin

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/typepb"
	batchv1 "k8s.io/api/batch/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The message is any that ships with protobuf and has a text, a number and an enum.
func TestDecode(t *testing.T) {
	fields := map[string]any{"name": "größe", "number": float64(7), "kind": "TYPE_INT32"}
	custom, err := structpb.NewStruct(fields)
	if err != nil {
		t.Fatal(err)
	}
	var field typepb.Field
	if err := Decode(Task{Custom: custom}, &field); err != nil {
		t.Fatal(err)
	}
	if field.Name != "größe" || field.Number != 7 || field.Kind != typepb.Field_TYPE_INT32 {
		t.Errorf("got %v", &field)
	}
}

func TestDecodeOfNothingIsTheEmptyMessage(t *testing.T) {
	if err := Decode(Task{}, &typepb.Field{}); err != nil {
		t.Error(err)
	}
}

func TestDecodeNamesWhatIsWrong(t *testing.T) {
	cases := map[string]struct {
		fields map[string]any
		want   string
	}{
		"an unknown key":      {map[string]any{"nmae": "a"}, `unknown field "nmae"`},
		"a text for a number": {map[string]any{"number": "seven"}, "number"},
		"a fraction":          {map[string]any{"number": 1.5}, "1.5"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			custom, err := structpb.NewStruct(c.fields)
			if err != nil {
				t.Fatal(err)
			}
			err = Decode(Task{Type: "tt", Custom: custom}, &typepb.Field{})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), `"tt"`) {
				t.Errorf("error %v\nwant one with %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "\u00a0") {
				t.Errorf("error %q has protobuf's odd space", err)
			}
		})
	}
}

func TestFromUnstructuredSaysWhichObjectIsWrong(t *testing.T) {
	object := &unstructured.Unstructured{Object: map[string]any{
		"kind": "Job", "metadata": map[string]any{"name": "a", "namespace": "ns"}, "spec": "no object",
	}}
	_, err := FromUnstructured[batchv1.Job](object)
	if err == nil || !strings.Contains(err.Error(), "read Job ns/a") {
		t.Errorf("error %v", err)
	}
}

func TestToUnstructuredHasNoStatusAndNoEmptyTime(t *testing.T) {
	object, err := ToUnstructured(&batchv1.Job{}, batchv1.SchemeGroupVersion.WithKind("Job"))
	if err != nil {
		t.Fatal(err)
	}
	if _, has := object.Object["status"]; has {
		t.Error("the status belongs to the operator")
	}
	if metadata := object.Object["metadata"].(map[string]any); len(metadata) != 0 {
		t.Errorf("metadata %v", metadata)
	}
	if object.GetAPIVersion() != "batch/v1" || object.GetKind() != "Job" {
		t.Errorf("kind %v", object.GroupVersionKind())
	}
}
