// Package cmd is a double of FlytePropeller's command.
package cmd

import "fmt"

// Execute says that it is not FlytePropeller.
func Execute() { fmt.Println("this is a double: it was built with -modfile=testdata/double.mod") }
