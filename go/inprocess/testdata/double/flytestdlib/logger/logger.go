// Package logger is a double of Flyte's logger: it writes to standard error.
package logger

import (
	"context"
	"log"
)

// Warnf logs a warning.
func Warnf(_ context.Context, format string, args ...interface{}) {
	log.Printf(format, args...)
}
