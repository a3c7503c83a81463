package pod

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation"
)

func TestLabelsThatKubernetesAccepts(t *testing.T) {
	long := strings.Repeat("v", 100)
	for key, c := range map[string]struct{ value, wantKey, wantValue string }{
		"project":          {"flytesnacks", "project", "flytesnacks"},
		"team name":        {"a b", "team-name", "a-b"},
		"example.com/team": {"ü", "example.com/team", ""},
		"Ünder.com/x":      {"v", "nder.com-x", "v"},
		"long":             {long, "long", long[:63]},
		"edges":            {"-v_", "edges", "v"},
	} {
		labels, annotations := sanitise(map[string]string{key: c.value}, nil)
		got, found := labels[c.wantKey]
		if !found || got != c.wantValue {
			t.Errorf("%s=%s: want %s=%s, got %v", key, c.value, c.wantKey, c.wantValue, labels)
		}
		if len(validation.IsValidLabelValue(got)) > 0 || len(validation.IsQualifiedName(c.wantKey)) > 0 {
			t.Errorf("%s=%s is no label: %v", key, c.value, labels)
		}
		if changed := c.value != c.wantValue; changed != (annotations[c.wantKey] == c.value) {
			t.Errorf("%s=%s: want the original as an annotation if it changed, got %v", key, c.value, annotations)
		}
	}
	if labels, _ := sanitise(map[string]string{"日本": "v"}, nil); len(labels) != 0 {
		t.Errorf("want a key without a valid character dropped, got %v", labels)
	}
}
