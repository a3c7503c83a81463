// Package utils is a double of the function that makes names fit for Kubernetes.
package utils

import (
	"regexp"
	"strings"
)

var invalid = regexp.MustCompile(`[^-.a-z0-9]`)

// ConvertToDNS1123SubdomainCompatibleString drops what a name must not have.
func ConvertToDNS1123SubdomainCompatibleString(name string) string {
	return strings.Trim(invalid.ReplaceAllString(strings.ToLower(name), ""), ".-")
}
