// Does the process say by its exit code that it has failed?

package pod

import (
	"errors"
	"path"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// speaks refuses Flyte 2's own entrypoint where nobody would hear it: a0 ends with exit code 0 whatever the task did, and
// leaves the failure in <output prefix>/error.pb (read in flyte 2.12, _internal/runtime/taskrunner.py; measured).
func speaks(container *corev1.Container, options Options) error {
	line := slices.Concat(container.Command, container.Args)
	if options.Engine != Flyte2 || options.ReadsErrors || len(line) == 0 || path.Base(line[0]) != "a0" {
		return nil
	}
	return errors.New("the task's command is Flyte 2's a0, which ends with exit code 0 even if the task has failed, so that a " +
		"failure would be reported as a success: start it as `flyteconnector-a0` (same arguments; from the Python package " +
		"flyteconnector, in the task's image), or run the connector with --read-outputs")
}
