package core

import (
	"strings"
	"testing"

	"example.com/flyteconnector/plugin"
)

func TestPluginsThatNoConnectorAccepts(t *testing.T) {
	for name, c := range map[string]struct {
		plugins []plugin.Plugin
		want    string
	}{
		"none":                 {nil, "at least one plugin"},
		"no kind":              {[]plugin.Plugin{plugin.Unimplemented{}}, "must name a kind"},
		"no task type":         {[]plugin.Plugin{double{}}, "at least one task type"},
		"two with a type each": {[]plugin.Plugin{double{types: []string{"a"}}, double{types: []string{"b", "a"}}}, `"a" is claimed`},
	} {
		if _, err := New(Config{}, c.plugins...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want an error with %q, got %v", name, c.want, err)
		}
	}
}
