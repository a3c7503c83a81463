// Is a resource larger than Kubernetes keeps?

package core

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// mostBytes is what etcd takes in one request by default (etcd 3.6, --max-request-bytes).
const mostBytes = 3 << 19

// sized puts the size of a resource in front of the words in which the API server refuses it, if it is too large. The words
// alone may mislead: of a Job that etcd does not take they speak of its labels, because the API server tries once more
// without managedFields, and by then the Job has the labels of the first time (kube-apiserver 1.36.3, measured).
func sized(object *unstructured.Unstructured, words string) string {
	raw, err := json.Marshal(object)
	if err != nil || len(raw) < mostBytes {
		return words
	}
	return fmt.Sprintf("%s %s is too large: it has %d bytes, and Kubernetes keeps %d at most (%s)",
		object.GetKind(), object.GetName(), len(raw), mostBytes, words)
}
