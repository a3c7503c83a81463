// Package images answers: which host program is an image reference? A file says so; nothing is ever pulled.
package images

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// Image is what the host has in place of an image.
type Image struct {
	Entrypoint []string          `json:"entrypoint"` // runs when the container names no command
	Path       []string          `json:"path"`       // absolute folders, put before the PATH of the container
	Env        map[string]string `json:"env"`        // as an image's ENV: the container's own env wins
	Workdir    string            `json:"workdir"`    // absolute; an empty folder of the container when ""
}

// File maps patterns of whole references to images. "*" stands for any characters, "/" and ":" included.
type File struct {
	Images map[string]Image `json:"images"`
}

// Load reads and checks a file.
func Load(path string) (File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return File{}, fmt.Errorf("read the images file: %w", err)
	}
	return Parse(data)
}

// Parse refuses unknown fields and relative folders.
func Parse(data []byte) (File, error) {
	var file File
	if err := yaml.UnmarshalStrict(data, &file); err != nil {
		return File{}, fmt.Errorf("images file: %w", err)
	}
	for pattern, image := range file.Images {
		for _, dir := range append([]string{image.Workdir}, image.Path...) {
			if dir != "" && !filepath.IsAbs(dir) {
				return File{}, fmt.Errorf("images file: image %q: folder %q is not an absolute path", pattern, dir)
			}
		}
	}
	return file, nil
}

// Find returns the image with the longest pattern that matches the whole reference.
func (f File) Find(reference string) (Image, bool) {
	best, found := "", false
	for pattern := range f.Images {
		longer := len(pattern) > len(best) || (len(pattern) == len(best) && pattern < best)
		if matches(pattern, reference) && (!found || longer) {
			best, found = pattern, true
		}
	}
	return f.Images[best], found
}

// matches walks the fixed pieces between the stars: the first must begin the text, the last must end it.
func matches(pattern, text string) bool {
	pieces := strings.Split(pattern, "*")
	if len(pieces) == 1 {
		return pattern == text
	}
	rest, ok := strings.CutPrefix(text, pieces[0])
	if !ok {
		return false
	}
	last := len(pieces) - 1
	for _, piece := range pieces[1:last] {
		at := strings.Index(rest, piece)
		if at < 0 {
			return false
		}
		rest = rest[at+len(piece):]
	}
	return strings.HasSuffix(rest, pieces[last])
}
