// What is a program made of? CycloneDX, from what Go writes into each program: its modules with their versions.

package main

import (
	"bytes"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

const roots = "golang.org/x/crypto/x509roots/fallback" // the module that has the certificates

func sbom(about About, binary Binary) ([]byte, error) {
	own := cdx.Component{
		BOMRef: about.Name, Type: cdx.ComponentTypeApplication, Name: about.Name, Version: about.Version,
		Hashes:   &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: binary.SHA256}},
		Licenses: &cdx.Licenses{{License: &cdx.License{ID: "Apache-2.0"}}},
	}
	parts := []cdx.Component{part("stdlib", strings.TrimPrefix(binary.Info.GoVersion, "go"))}
	for _, each := range binary.Info.Deps {
		parts = append(parts, dependency(each, about.Version))
	}
	certificates, err := certificatesFrom()
	if err != nil {
		return nil, err
	}
	parts = append(parts, certificates)
	refs := []string{}
	for _, each := range parts {
		refs = append(refs, each.BOMRef)
	}
	result := cdx.NewBOM()
	created := about.Created.UTC().Format(time.RFC3339)
	result.Metadata = &cdx.Metadata{Timestamp: created, Component: &own}
	result.Components = &parts
	result.Dependencies = &[]cdx.Dependency{{Ref: own.BOMRef, Dependencies: &refs}}
	var out bytes.Buffer
	if err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).Encode(result); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// dependency is a module of the program. One that go.mod replaces by a folder of this repository has our version.
func dependency(module *debug.Module, version string) cdx.Component {
	if module.Replace == nil {
		return part(module.Path, module.Version)
	}
	if module.Replace.Version == "" || module.Replace.Version == "(devel)" {
		return part(module.Path, version)
	}
	return part(module.Replace.Path, module.Replace.Version)
}

func part(path, version string) cdx.Component {
	url := fmt.Sprintf("pkg:golang/%s@%s", path, version)
	return cdx.Component{
		BOMRef: url, Type: cdx.ComponentTypeLibrary, Name: path, Version: version, PackageURL: url,
	}
}

// certificatesFrom is the module whose certificates this program packs; it says so itself.
func certificatesFrom() (cdx.Component, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return cdx.Component{}, fmt.Errorf("this program does not know its own modules: build it with go build")
	}
	at := slices.IndexFunc(info.Deps, func(each *debug.Module) bool { return each.Path == roots })
	if at < 0 {
		return cdx.Component{}, fmt.Errorf("this program names no module %s", roots)
	}
	return part(roots, info.Deps[at].Version), nil
}
