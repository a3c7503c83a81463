package watch

import (
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func names(objects []*unstructured.Unstructured) []string {
	var result []string
	for _, object := range objects {
		result = append(result, object.GetNamespace()+"/"+object.GetName())
	}
	slices.Sort(result)
	return result
}

func TestAttemptsOfOneTaskAreFoundByTheirLineageInTheirNamespace(t *testing.T) {
	labels := func(lineage string) map[string]string {
		return map[string]string{"mine": "true", LineageLabel: lineage}
	}
	cluster := client(t, job("a", "zero", labels("x")), job("a", "one", labels("x")), job("a", "other", labels("y")),
		job("a", "none", map[string]string{"mine": "true"}), job("b", "elsewhere", labels("x")))
	for _, namespaces := range [][]string{{"a", "b"}, nil} {
		w := run(t, cluster, namespaces...)
		if err := w.WaitForSync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := names(w.Lineage(jobs, "a", "x")); !slices.Equal(got, []string{"a/one", "a/zero"}) {
			t.Errorf("watching %q: want the two attempts in the namespace, got %q", namespaces, got)
		}
		if got := w.Lineage(jobs, "a", ""); len(got) != 0 {
			t.Errorf("watching %q: want no lineage to be nobody's, got %q", namespaces, names(got))
		}
		if got := names(w.All(jobs)); len(got) != 5 {
			t.Errorf("watching %q: want all five, each once, got %q", namespaces, got)
		}
	}
}

func TestANamespaceThatIsNotWatchedHasNothing(t *testing.T) {
	w := run(t, client(t, job("a", "one", map[string]string{"mine": "true", LineageLabel: "x"})), "b")
	if err := w.WaitForSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := append(w.All(jobs), w.Lineage(jobs, "a", "x")...); len(got) != 0 {
		t.Errorf("want nothing, got %q", names(got))
	}
}
