// What makes the files an image? A configuration, an index over platforms, and for each a bill of materials beside it.

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const (
	tagKey   = "org.opencontainers.image.ref.name"
	sbomType = types.MediaType("application/vnd.cyclonedx+json")
)

// About says what an image is, for its annotations and its bill of materials.
type About struct {
	Name, Version, Revision string
	Created                 time.Time
}

func (a About) check() error {
	for flag, value := range map[string]string{"--name": a.Name, "--version": a.Version, "--revision": a.Revision} {
		if value == "" || strings.ContainsAny(value, " \n") {
			return fmt.Errorf("%s %q: want one word", flag, value)
		}
	}
	return nil
}

func (a About) annotations() map[string]string {
	const key = "org.opencontainers.image."
	return map[string]string{
		key + "title": a.Name, key + "version": a.Version, key + "revision": a.Revision,
		key + "created": a.Created.UTC().Format(time.RFC3339), key + "licenses": "Apache-2.0",
	}
}

// build writes a new layout: an index under the version, and what refers to its images. It also writes each program's
// bill of materials beside the program.
func build(about About, folder string, paths []string, out io.Writer) error {
	if folder == "" || len(paths) == 0 {
		return errors.New("build wants --layout, and a program for each platform")
	}
	if err := about.check(); err != nil {
		return err
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	var referrers []v1.Image
	for _, path := range paths {
		binary, err := readBinary(path)
		if err != nil {
			return err
		}
		one, err := image(about, binary)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: one, Descriptor: v1.Descriptor{Platform: &binary.Platform, MediaType: types.OCIManifestSchema1},
		})
		text, err := sbom(about, binary)
		if err == nil {
			err = os.WriteFile(path+".cdx.json", text, 0o644)
		}
		if err != nil {
			return fmt.Errorf("%s: bill of materials: %w", path, err)
		}
		bill, err := artifact(text, one)
		if err != nil {
			return fmt.Errorf("%s: bill of materials: %w", path, err)
		}
		referrers = append(referrers, bill)
	}
	index = mutate.Annotations(index, about.annotations()).(v1.ImageIndex)
	return write(about, folder, index, referrers, out)
}

func image(about About, binary Binary) (v1.Image, error) {
	files, err := layer(binary.Content, about.Created)
	if err != nil {
		return nil, err
	}
	result := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	history := v1.History{CreatedBy: "image build", Created: v1.Time{Time: about.Created.UTC()}}
	if result, err = mutate.Append(result, mutate.Addendum{Layer: files, History: history}); err != nil {
		return nil, err
	}
	config, err := result.ConfigFile()
	if err != nil {
		return nil, err
	}
	config.OS, config.Architecture = binary.Platform.OS, binary.Platform.Architecture
	config.Created = history.Created
	config.Config = v1.Config{
		User: user + ":" + user, Entrypoint: []string{program}, WorkingDir: "/",
		ExposedPorts: map[string]struct{}{"8000/tcp": {}}, Labels: about.annotations(),
	}
	if result, err = mutate.ConfigFile(result, config); err != nil {
		return nil, err
	}
	return mutate.Annotations(result, about.annotations()).(v1.Image), nil
}

// artifact holds a bill of materials, and refers to the image: a registry that knows referrers lists it there.
func artifact(text []byte, of v1.Image) (v1.Image, error) {
	result := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), sbomType)
	result, err := mutate.AppendLayers(result, static.NewLayer(text, sbomType))
	if err != nil {
		return nil, err
	}
	subject, err := partial.Descriptor(of)
	if err != nil {
		return nil, err
	}
	return mutate.Subject(result, v1.Descriptor{
		MediaType: subject.MediaType, Size: subject.Size, Digest: subject.Digest,
	}).(v1.Image), nil
}

func write(about About, folder string, index v1.ImageIndex, referrers []v1.Image, out io.Writer) error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	place, err := layout.Write(folder, empty.Index)
	if err != nil {
		return fmt.Errorf("--layout %s: %w", folder, err)
	}
	tag := map[string]string{tagKey: about.Version}
	if err := place.AppendIndex(index, layout.WithAnnotations(tag)); err != nil {
		return err
	}
	for _, each := range referrers {
		if err := place.AppendImage(each); err != nil {
			return err
		}
	}
	digest, err := index.Digest()
	if err == nil {
		fmt.Fprintf(out, "%s:%s@%s\n", about.Name, about.Version, digest)
	}
	return err
}
