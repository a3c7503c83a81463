//go:build apitest

package deploy

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/flyteconnector/apitest"
	"example.com/larkspur/plugins/spark"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The CRD has 800 kB and more, an object's annotations may have 256: so the page says --server-side, and so it is done here.
func TestTheOperatorIsTakenStrictlyAndIsTooLargeForTheOtherWay(t *testing.T) {
	objects := apitest.Kustomize(t, manifests+"/operator")
	namespaces(t, objects)
	largest := 0
	for _, object := range objects {
		if err := cluster.Apply(t.Context(), cluster.Dynamic, object, true); err != nil {
			t.Error(err)
		}
		raw, err := object.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, len(raw))
	}
	if version := filepath.Base(os.Getenv("SPARK_OPERATOR_MODULE")); !strings.HasPrefix(version, "v2@v") ||
		!strings.Contains(fmt.Sprint(find(t, objects, "Deployment").Object), ":"+strings.TrimPrefix(version, "v2@v")) {
		t.Errorf("want the operator's image of the release %s", version)
	}
	const annotations = 256 * 1024
	if largest < annotations {
		t.Errorf("the largest object has %d bytes: the page's reason for --server-side is gone", largest)
	}
}

var served bool // SparkApplications, by the cluster of all tests

// installApplications gives the cluster the operator's kind.
func installApplications(t *testing.T) {
	t.Helper()
	if served {
		return
	}
	path := filepath.Join(os.Getenv("SPARK_OPERATOR_MODULE"), "config/crd/bases/sparkoperator.k8s.io_sparkapplications.yaml")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("SPARK_OPERATOR_MODULE must be the folder of github.com/kubeflow/spark-operator/v2: %v", err)
	}
	objects, err := apitest.Objects(raw)
	if err != nil {
		t.Fatal(err)
	}
	install(t, objects...)
	apitest.Eventually(t, "SparkApplications are served", func() bool {
		_, err := cluster.Dynamic.Resource(plural(spark.Plugin{})).List(t.Context(), metav1.ListOptions{})
		served = err == nil
		return served
	})
}
