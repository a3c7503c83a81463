//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "localcluster: runs on Linux only (WSL included): it needs /proc and the parent-death signal")
	os.Exit(1)
}
