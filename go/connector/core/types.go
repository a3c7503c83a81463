// Which task types does the connector serve, and which versions of them?

package core

import (
	"fmt"
	"strings"

	"example.com/flyteconnector/plugin"
)

// TypeVersion is the newest task_type_version that the type's plugin reads; it reads the older ones too. The error is
// ErrUnknownType.
func (c *Core) TypeVersion(taskType string) (int32, error) {
	s, err := c.served(taskType)
	return s.resource.TypeVersion, err
}

// servable refuses a plugin that Flyte could not call.
func servable(p plugin.Plugin, resource plugin.Resource) error {
	switch {
	case resource.Kind == "" || resource.GroupVersionKind.Version == "" || len(resource.TaskTypes) == 0:
		return fmt.Errorf("plugin %T: Resource() must name a kind, its version and at least one task type", p)
	case resource.TypeVersion < 0:
		return fmt.Errorf("plugin %T: Resource().TypeVersion is %d; the first version of a task type is 0", p, resource.TypeVersion)
	}
	for _, taskType := range resource.TaskTypes {
		// Both Flytes turn the keys of maps in their configuration into lower case (measured with 1.16.8 and main of 2026-08),
		// so a route to any other type is not found unless it is in a list, and its tasks run as ordinary pods.
		if taskType == "" || taskType != strings.ToLower(taskType) {
			return fmt.Errorf("plugin %T: task type %q must be in lower case, and not empty", p, taskType)
		}
	}
	return nil
}
