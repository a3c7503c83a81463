package main

import (
	"archive/tar"
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// exported reads an image's files out of a registry.
func exported(t *testing.T, image string) map[string]*tar.Header {
	t.Helper()
	var out bytes.Buffer
	if err := export(t.Context(), image, &out); err != nil {
		t.Fatal(err)
	}
	files, archive := map[string]*tar.Header{}, tar.NewReader(&out)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = header
		if header.Name == "connector" || strings.HasSuffix(header.Name, ".crt") {
			content, err := io.ReadAll(archive)
			if err != nil {
				t.Fatal(err)
			}
			header.PAXRecords = map[string]string{"content": string(content)}
		}
	}
}

func TestWhatWasPushedIsPulledByItsDigestAndRuns(t *testing.T) {
	folder, _ := made(t)
	printed := pushed(t, folder, place(t))
	repository, digest, _ := strings.Cut(printed, "@")
	repository = strings.TrimSuffix(repository, ":"+about.Version)
	files := exported(t, repository+"@"+digest)
	path := filepath.Join(t.TempDir(), "connector")
	if err := os.WriteFile(path, []byte(files["connector"].PAXRecords["content"]), files["connector"].FileInfo().Mode()); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(path)
	command.Env = []string{}
	out, err := command.CombinedOutput()
	if err != nil || string(out) != "I am true\n" {
		t.Errorf("%q: %v", out, err)
	}
}

func TestTheImageHasNothingButTheProgramItsCertificatesAndTwoUsers(t *testing.T) {
	folder, _ := made(t)
	repository := place(t)
	pushed(t, folder, repository)
	files := exported(t, repository+":"+about.Version)
	modes := map[string]string{
		"etc/": "drwxr-xr-x", "etc/ssl/": "drwxr-xr-x", "etc/ssl/certs/": "drwxr-xr-x", "etc/passwd": "-rw-r--r--",
		"etc/group": "-rw-r--r--", "etc/ssl/certs/ca-certificates.crt": "-rw-r--r--", "connector": "-rwxr-xr-x",
	}
	for file, header := range files {
		want, known := modes[file]
		if !known && header.Typeflag == tar.TypeDir {
			want, known = modes[file+"/"]
		}
		if !known || header.FileInfo().Mode().String() != want || header.Uid != 0 {
			t.Errorf("%s: mode %s, uid %d", file, header.FileInfo().Mode(), header.Uid)
		}
	}
	if len(files) != len(modes) {
		t.Errorf("%d files, want %d", len(files), len(modes))
	}
}

func TestTheCertificatesAreReadByGo(t *testing.T) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(certificates()) {
		t.Fatal("Go finds no certificate in the file")
	}
	if n := bytes.Count(certificates(), []byte("BEGIN CERTIFICATE")); n < 50 {
		t.Errorf("%d certificates: Mozilla trusts more than a hundred", n)
	}
}

func TestATagKeepsItsContentUnlessTheCallerSaysOtherwise(t *testing.T) {
	folder, _ := made(t)
	repository := place(t)
	first := pushed(t, folder, repository)
	if again := pushed(t, folder, repository); again != first {
		t.Errorf("the same image again is %s, not %s", again, first)
	}
	other := filepath.Join(t.TempDir(), "other")
	changed := about
	changed.Created = about.Created.Add(time.Hour)
	if err := build(changed, other, []string{compiled(t, runtime.GOARCH)}, io.Discard); err != nil {
		t.Fatal(err)
	}
	err := push(t.Context(), other, repository, false, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "raise the version, or say --overwrite") {
		t.Errorf("another content under the same tag: %v", err)
	}
	if err := push(t.Context(), other, repository, true, io.Discard); err != nil {
		t.Errorf("with --overwrite: %v", err)
	}
}

func TestTheBillOfMaterialsIsFoundAtTheImage(t *testing.T) {
	folder, _ := made(t)
	repository := place(t)
	pushed(t, folder, repository)
	reference, err := name.ParseReference(repository + ":" + about.Version)
	if err != nil {
		t.Fatal(err)
	}
	one, err := remote.Image(reference, remote.WithPlatform(v1.Platform{OS: "linux", Architecture: "arm64"}))
	if err != nil {
		t.Fatal(err)
	}
	digest, err := one.Digest()
	if err != nil {
		t.Fatal(err)
	}
	found, err := remote.Referrers(reference.Context().Digest(digest.String()))
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := found.IndexManifest()
	if err != nil || len(manifest.Manifests) != 1 || manifest.Manifests[0].ArtifactType != string(sbomType) {
		t.Fatalf("referrers %+v: %v", manifest, err)
	}
	bill, err := remote.Image(reference.Context().Digest(manifest.Manifests[0].Digest.String()))
	if err != nil {
		t.Fatal(err)
	}
	checkBill(t, bill)
}

func checkBill(t *testing.T, bill v1.Image) {
	t.Helper()
	layers, err := bill.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatalf("%d layers: %v", len(layers), err)
	}
	text, err := layers[0].Compressed()
	if err != nil {
		t.Fatal(err)
	}
	var said cdx.BOM
	if err := json.NewDecoder(text).Decode(&said); err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, each := range *said.Components {
		parts = append(parts, each.Name)
	}
	if got := strings.Join(parts, " "); got != "stdlib "+roots || said.Metadata.Component.Version != about.Version {
		t.Errorf("the bill of %s names %s", said.Metadata.Component.Version, got)
	}
}

// A name without a registry would mean Docker Hub, for everybody to see.
func TestARepositoryWithATagOrWithoutARegistryIsRefused(t *testing.T) {
	for _, repository := range []string{"registry.example.com/team/connector:v1", "team/connector"} {
		err := push(t.Context(), "nowhere", repository, false, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "want a registry and a repository, without a tag") {
			t.Errorf("%s: %v", repository, err)
		}
	}
}
