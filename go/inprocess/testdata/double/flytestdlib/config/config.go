// Package config is a double of the sections of Flyte's configuration, without files and flags.
package config

// Config is a pointer to a struct with json tags.
type Config = interface{}

// Section is a registered part of the configuration.
type Section interface{ GetConfig() Config }

// Value is a section that holds what was registered.
type Value struct{ Config Config }

// GetConfig returns it.
func (v Value) GetConfig() Config { return v.Config }
