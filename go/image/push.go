// How does an image get from a layout into a registry, and out of one as files? With the logins that Docker's file has.

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

func options(ctx context.Context) []remote.Option {
	return []remote.Option{remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain)}
}

// push writes the index under its version, then what refers to it. A tag that has another content is refused: whoever
// pulled it would get something else without asking.
func push(ctx context.Context, folder, repository string, overwrite bool, out io.Writer) error {
	place, err := name.NewRepository(repository, name.StrictValidation)
	if err != nil {
		return fmt.Errorf("%q: want a registry and a repository, without a tag, which is the version: %w", repository, err)
	}
	files, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		return fmt.Errorf("--layout %q: %w", folder, err)
	}
	manifest, err := files.IndexManifest()
	if err != nil {
		return err
	}
	for _, each := range manifest.Manifests {
		if each.Annotations[tagKey] != "" {
			err = pushIndex(ctx, place.Tag(each.Annotations[tagKey]), files, each.Digest, overwrite, out)
		} else {
			err = pushReferrer(ctx, place.Digest(each.Digest.String()), files)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func pushIndex(
	ctx context.Context, tag name.Tag, files v1.ImageIndex, digest v1.Hash, overwrite bool, out io.Writer,
) error {
	there, err := remote.Head(tag, options(ctx)...)
	var answer *transport.Error
	switch {
	case errors.As(err, &answer) && answer.StatusCode == http.StatusNotFound:
	case err != nil:
		return fmt.Errorf("%s: %w", tag, err)
	case there.Digest != digest && !overwrite:
		return fmt.Errorf("%s is there and has %s, not %s: raise the version, or say --overwrite", tag, there.Digest, digest)
	}
	index, err := files.ImageIndex(digest)
	if err != nil {
		return err
	}
	if err := remote.WriteIndex(tag, index, options(ctx)...); err != nil {
		return fmt.Errorf("%s: %w", tag, err)
	}
	fmt.Fprintf(out, "%s@%s\n", tag, digest)
	return nil
}

func pushReferrer(ctx context.Context, place name.Digest, files v1.ImageIndex) error {
	digest, err := v1.NewHash(place.DigestStr())
	if err != nil {
		return err
	}
	one, err := files.Image(digest)
	if err != nil {
		return err
	}
	if err := remote.Write(place, one, options(ctx)...); err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	return nil
}

// export writes the files of an image, as a container of this machine's architecture would see them, as a tar archive.
func export(ctx context.Context, image string, out io.Writer) error {
	reference, err := name.ParseReference(image)
	if err != nil {
		return fmt.Errorf("%q: want an image with its tag or digest: %w", image, err)
	}
	platform := v1.Platform{OS: "linux", Architecture: runtime.GOARCH}
	one, err := remote.Image(reference, append(options(ctx), remote.WithPlatform(platform))...)
	if err != nil {
		return fmt.Errorf("%s: %w", reference, err)
	}
	files := mutate.Extract(one)
	defer files.Close()
	_, err = io.Copy(out, files)
	return err
}
