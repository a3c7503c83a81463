package inprocess_test

import (
	"os"
	"slices"
	"testing"

	rbac "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/yaml"

	"example.com/flyteinprocess/adapter"
	"example.com/larkspur/plugins/job"
)

func read(t *testing.T, file string, into any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(raw, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// An id that is not enabled makes its tasks plain pods, without an error.
func TestTheConfigurationNamesThePluginsId(t *testing.T) {
	var config struct {
		Tasks struct {
			TaskPlugins struct {
				Enabled []string `json:"enabled-plugins"`
			} `json:"task-plugins"`
		} `json:"tasks"`
		Plugins map[string]adapter.Settings `json:"plugins"`
	}
	read(t, "deploy/flytepropeller.yaml", &config)
	id := registered(t).ID
	settings, ok := config.Plugins[id]
	if !ok || settings.LogURL.Check() != nil || !slices.Contains(config.Tasks.TaskPlugins.Enabled, id) {
		t.Errorf("id %q, configuration %+v", id, config)
	}
}

// Without list and watch, tasks stay QUEUED for ever, and nothing is in the log.
func TestTheRoleIsComplete(t *testing.T) {
	var role rbac.ClusterRole
	read(t, "deploy/clusterrole.yaml", &role)
	has := func(group, resource, verb string) bool {
		return slices.ContainsFunc(role.Rules, func(rule rbac.PolicyRule) bool {
			return slices.Contains(rule.APIGroups, group) && slices.Contains(rule.Resources, resource) && slices.Contains(rule.Verbs, verb)
		})
	}
	own, _ := meta.UnsafeGuessKindToResource(job.Plugin{}.Resource().GroupVersionKind)
	for _, verb := range []string{"create", "get", "list", "watch", "delete", "patch"} {
		if !has(own.Group, own.Resource, verb) {
			t.Errorf("no right to %s %s", verb, own.GroupResource())
		}
	}
	for _, verb := range []string{"get", "list", "watch"} {
		if !has("", "pods", verb) {
			t.Errorf("no right to %s pods", verb)
		}
	}
}
