package plugin

import (
	"fmt"
	"regexp"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// protojson varies the space after its prefix on purpose, so that nobody compares its texts.
var protojsonNoise = regexp.MustCompile(`^proto:\s*(\(line \d+:\d+\):\s*)?`)

// Decode reads the task's custom JSON into a message, and enforces the rules of the message's .proto file. Keys that the
// message does not have are refused: they are either a typing error or a newer SDK, and in both cases the user asked for
// something that would not happen.
func Decode(task Task, into proto.Message) error {
	raw := []byte("{}")
	if task.Custom != nil {
		var err error
		if raw, err = protojson.Marshal(task.Custom); err != nil {
			return fmt.Errorf("custom of task type %q: %w", task.Type, err)
		}
	}
	if err := protojson.Unmarshal(raw, into); err != nil {
		reason := strings.ReplaceAll(err.Error(), "\u00a0", " ")
		return fmt.Errorf("custom of task type %q is not a %s: %s", task.Type,
			into.ProtoReflect().Descriptor().FullName(), protojsonNoise.ReplaceAllString(reason, ""))
	}
	return obey(into)
}

// ToUnstructured converts a typed object at the plugin's edge and writes its kind into it. The type may be the plugin's own: a
// pointer to a struct with what the plugin writes, in fields that have the names of JSON.
func ToUnstructured(object any, kind schema.GroupVersionKind) (*unstructured.Unstructured, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, fmt.Errorf("convert %s to unstructured: %w", kind.Kind, err)
	}
	delete(content, "status") // the operator's
	result := &unstructured.Unstructured{Object: content}
	result.SetGroupVersionKind(kind)
	unstructured.RemoveNestedField(content, "metadata", "creationTimestamp")
	return result, nil
}

// FromUnstructured converts an object to the plugin's own type. Fields that the type does not have are ignored: a newer
// operator may report more.
func FromUnstructured[T any](object *unstructured.Unstructured) (*T, error) {
	result := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, result); err != nil {
		return nil, fmt.Errorf("read %s %s/%s: %w", object.GetKind(), object.GetNamespace(), object.GetName(), err)
	}
	return result, nil
}
