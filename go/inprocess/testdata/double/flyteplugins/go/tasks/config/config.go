// Package config is a double of the root section "plugins".
package config

import (
	"fmt"

	"github.com/flyteorg/flyte/flytestdlib/config"
)

var sections = map[string]bool{}

// MustRegisterSubSection panics on a second section of that name, as the real one does.
func MustRegisterSubSection(key string, section config.Config) config.Section {
	if sections[key] {
		panic(fmt.Sprintf("section plugins.%s is registered twice", key))
	}
	sections[key] = true
	return config.Value{Config: section}
}
