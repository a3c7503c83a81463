// Command flytepropeller is FlytePropeller with the plugins of this repository.
package main

import (
	"github.com/flyteorg/flyte/flytepropeller/cmd/controller/cmd"
	_ "github.com/flyteorg/flyte/flytepropeller/plugins" // those of Flyte

	_ "example.com/flyteinprocess" // ours
)

func main() { cmd.Execute() }
