// Is a program fit for an image in which nothing else is? It must be static, and tell nothing of the machine that built it.

package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"encoding/hex"
	"fmt"
	"os"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Binary is a Go program and what it says about itself.
type Binary struct {
	Content  []byte
	SHA256   string
	Info     *buildinfo.BuildInfo
	Platform v1.Platform
}

func readBinary(path string) (Binary, error) {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return Binary{}, fmt.Errorf("%s: want a program that Go has built: %w", path, err)
	}
	settings := map[string]string{}
	for _, each := range info.Settings {
		settings[each.Key] = each.Value
	}
	for name, want := range map[string]string{"CGO_ENABLED": "0", "-trimpath": "true", "GOOS": "linux"} {
		if settings[name] != want {
			return Binary{}, fmt.Errorf("%s was built with %s=%q: want %q", path, name, settings[name], want)
		}
	}
	if err := standsAlone(path); err != nil {
		return Binary{}, err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return Binary{}, err
	}
	sum := sha256.Sum256(content)
	platform := v1.Platform{OS: "linux", Architecture: settings["GOARCH"]}
	return Binary{Content: content, SHA256: hex.EncodeToString(sum[:]), Info: info, Platform: platform}, nil
}

// standsAlone fails for a program that needs a loader and libraries, which the image does not have, or carries symbols.
func standsAlone(path string) error {
	file, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer file.Close()
	for _, program := range file.Progs {
		if program.Type == elf.PT_INTERP {
			return fmt.Errorf("%s wants a dynamic loader: build it with CGO_ENABLED=0", path)
		}
	}
	if file.Section(".symtab") != nil {
		return fmt.Errorf("%s has its symbols: build it with -ldflags=-s", path)
	}
	return nil
}
