//go:build apitest

package deploy

import "example.com/larkspur/plugins/job"

var ofJob = tried{
	Plugin:    job.Plugin{},
	custom:    map[string]any{"completions": 4},
	templates: [][]string{{"spec", "template"}},
}
