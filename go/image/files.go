// Which files are in the image? The program, the certificates that it trusts, and the names of two users.

package main

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"io"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

const (
	program = "/connector"
	user    = "65532" // as kustomize/base says
	passwd  = "root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n"
	group   = "root:x:0:\nnonroot:x:65532:\n"
)

// certificates are the roots that Mozilla trusts, as the Go project publishes them. Those that it trusts only for older
// certificates are left out: a PEM file cannot say that.
func certificates() []byte {
	var out bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a Buffer takes everything
		}
	}
	return out.Bytes()
}

// layer packs the files, owned by root, with one time for all, so that the same sources make the same bytes.
func layer(binary []byte, created time.Time) (v1.Layer, error) {
	var out bytes.Buffer
	archive := tar.NewWriter(&out)
	for _, folder := range []string{"etc/", "etc/ssl/", "etc/ssl/certs/"} {
		header := tar.Header{Typeflag: tar.TypeDir, Name: folder, Mode: 0o755, ModTime: created}
		if err := archive.WriteHeader(&header); err != nil {
			return nil, err
		}
	}
	for _, file := range []struct {
		name    string
		mode    int64
		content []byte
	}{
		{"etc/passwd", 0o644, []byte(passwd)},
		{"etc/group", 0o644, []byte(group)},
		{"etc/ssl/certs/ca-certificates.crt", 0o644, certificates()},
		{program[1:], 0o755, binary},
	} {
		header := tar.Header{Name: file.name, Mode: file.mode, Size: int64(len(file.content)), ModTime: created}
		if err := archive.WriteHeader(&header); err != nil {
			return nil, err
		}
		if _, err := archive.Write(file.content); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(out.Bytes())), nil }
	return tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer))
}
