// Package plugins is a double of the package that links Flyte's own plugins.
package plugins
