// Which plugins are linked into FlytePropeller?

// Package inprocess registers the plugins of this repository with Flyteplugins. A program links them by importing it.
package inprocess

import (
	"example.com/flyteconnector/plugin"
	"example.com/flyteinprocess/adapter"
	"example.com/larkspur/plugins/job"
)

// One call for each kind of resource.
func init() {
	adapter.MustRegister("larkspur-job", func(settings adapter.Settings) []plugin.Plugin {
		return []plugin.Plugin{job.Plugin{LogURL: settings.LogURL}}
	})
}
