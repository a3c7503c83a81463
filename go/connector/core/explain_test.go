package core

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"example.com/flyteconnector/plugin"
)

func TestAWarningExplainsATaskThatHasNoPods(t *testing.T) {
	const warning = `FailedCreate: pods "n-0" is forbidden: violates PodSecurity "restricted:latest"`
	for name, c := range map[string]struct {
		phase   plugin.Phase
		pods    int
		warning string
		want    plugin.Phase
		reason  string
	}{
		"queued":                  {plugin.Queued, 0, warning, plugin.WaitingForResources, warning},
		"initializing":            {plugin.Initializing, 0, warning, plugin.WaitingForResources, warning},
		"no warning":              {plugin.Queued, 0, "", plugin.Queued, "as the plugin says"},
		"pods are there":          {plugin.Queued, 1, warning, plugin.Queued, "as the plugin says"},
		"it runs":                 {plugin.Running, 0, warning, plugin.Running, "as the plugin says"},
		"it has failed":           {plugin.Failed, 0, warning, plugin.Failed, "as the plugin says"},
		"a very long warning":     {plugin.Queued, 0, strings.Repeat("x", 9000), plugin.WaitingForResources, strings.Repeat("x", 4092) + " …"},
		"the warning is too late": {plugin.Succeeded, 0, warning, plugin.Succeeded, "as the plugin says"},
	} {
		cache := seen{object: created("u"), pods: make([]corev1.Pod, c.pods), warning: c.warning}
		engine, _ := newCore(t, double{info: plugin.PhaseInfo{Phase: c.phase, Reason: "as the plugin says"}}, cache)
		info, err := engine.Get(t.Context(), "double", create(t, engine))
		if err != nil || info.Phase != c.want || info.Reason != c.reason {
			t.Errorf("%s: want %s %q, got %+v, %v", name, c.want, c.reason, info, err)
		}
	}
}
