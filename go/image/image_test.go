package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

func imagesOf(t *testing.T, folder string) (v1.ImageIndex, []v1.Image) {
	t.Helper()
	files, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := files.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	index, err := files.ImageIndex(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	inner, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	var images []v1.Image
	for _, each := range inner.Manifests {
		one, err := index.Image(each.Digest)
		if err != nil {
			t.Fatal(err)
		}
		images = append(images, one)
	}
	return index, images
}

func TestTheImageRunsOneProgramAsNobody(t *testing.T) {
	folder, _ := made(t)
	index, images := imagesOf(t, folder)
	if err := validate.Index(index); err != nil {
		t.Fatal(err)
	}
	var platforms []string
	for _, each := range images {
		config, err := each.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		platforms = append(platforms, config.OS+"/"+config.Architecture)
		if config.Config.User != "65532:65532" || strings.Join(config.Config.Entrypoint, " ") != "/connector" {
			t.Errorf("user %q, entrypoint %q", config.Config.User, config.Config.Entrypoint)
		}
		if version := config.Config.Labels["org.opencontainers.image.version"]; version != about.Version {
			t.Errorf("the label says version %q", version)
		}
	}
	if got := strings.Join(platforms, " "); got != "linux/amd64 linux/arm64" {
		t.Errorf("platforms %s", got)
	}
}

// The same sources make the same bytes: a digest that somebody has checked can be checked again.
func TestTheSameSourcesMakeTheSameImage(t *testing.T) {
	one, first := made(t)
	other, second := made(t)
	if first != second || !strings.HasPrefix(first, "team/connector:1.2.3@sha256:") {
		t.Fatalf("%s, then %s", first, second)
	}
	if a, b := content(t, one), content(t, other); a != b {
		t.Errorf("the files differ:\n%s\n%s", a, b)
	}
}

// content lists the files of a layout. Those below blobs are named after their content, and read by nobody else here.
func content(t *testing.T, folder string) string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		found = append(found, strings.TrimPrefix(path, folder))
		if entry.Name() == "index.json" {
			text, err := os.ReadFile(path)
			found = append(found, string(text))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(found, "\n")
}

func TestAProgramThatNeedsMoreThanTheImageHasIsRefused(t *testing.T) {
	for want, path := range map[string]string{
		`GOOS="darwin": want "linux"`:     compiled(t, "amd64", "GOOS=darwin"),
		`-trimpath="": want "true"`:       compiled(t, "amd64", "-trimpath=false"),
		"has its symbols":                 compiled(t, "amd64", "-ldflags="),
		"want a program that Go has buil": "/bin/sh",
	} {
		err := build(about, t.TempDir(), []string{path}, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, have %v", want, err)
		}
	}
}

func TestWhatTheImageIsMustBeSaid(t *testing.T) {
	for want, words := range map[string][]string{
		"want one of: build":            {},
		`"burn": want one of`:           {"burn"},
		`--created "": want a time`:     {"build"},
		"for each platform":             {"build", "--created=2026-01-31T12:00:00Z", "--layout=x"},
		`--name "": want one word`:      {"build", "--created=2026-01-31T12:00:00Z", "--layout=x", "--version=1", "--revision=a", "p"},
		"want one repository":           {"push", "--layout=x"},
		"want one image":                {"export"},
		"want an image with its tag or": {"export", "UPPER"},
	} {
		if err := run(t.Context(), words, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: want %s, have %v", words, want, err)
		}
	}
}
