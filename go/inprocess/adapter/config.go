// What can be set in FlytePropeller's configuration?

package adapter

import (
	"context"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/config"
	"github.com/flyteorg/flyte/flytestdlib/logger"

	"example.com/flyteconnector/plugin"
)

// Settings is the section plugins.<id> of FlytePropeller's configuration. (Measured with 1.16.8: a section that a plugin
// registers is read from there.)
type Settings struct {
	// LogURL is the address of a container's log, as in the connector's --log-url. Empty: no links.
	LogURL plugin.LogURL `json:"log-url"`
	// Namespace limits the watch on pods. Set it where propeller.limit-namespace is set, to the same value. Empty: all.
	Namespace string `json:"namespace"`
}

// settings registers the section, and returns a function that reads it: when a plugin is registered, FlytePropeller has
// not read its files yet.
func settings(id string) func() Settings {
	section := config.MustRegisterSubSection(id, &Settings{})
	return func() Settings {
		read, ok := section.GetConfig().(*Settings)
		if !ok {
			return Settings{}
		}
		return checked(id, *read)
	}
}

// checked leaves out what cannot work. It is no error: a wrong address must not end anybody's task.
func checked(id string, read Settings) Settings {
	if err := read.LogURL.Check(); err != nil {
		logger.Warnf(context.Background(), "plugins.%s.log-url is left out: %v", id, err)
		read.LogURL = ""
	}
	return read
}
