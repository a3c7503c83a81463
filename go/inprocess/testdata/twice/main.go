// Command twice links two copies of Flyte's messages, as a plugin would that imports the connector's. It panics at start.
package main

import (
	"fmt"

	_ "github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"

	_ "example.com/flyteconnector/gen/flyteidl/core"
)

func main() { fmt.Println("two copies are no problem") }
