// How is a file of this machine read?

// Package file is for local runs, whose outputs are files. It reads paths as they are: gocloud.dev's fileblob would escape
// what it thinks no file name should have.
package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"example.com/flyteconnector/store"
)

func init() { store.Register("file", read) }

func read(_ context.Context, object store.Object, limit int64) ([]byte, error) {
	path := "/" + object.Key
	about, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		// The folder of an attempt comes with its first file, and the one above it has those of others. If even that is not
		// there, the file system may not be mounted, which says nothing about the file.
		above := filepath.Dir(filepath.Dir(path))
		if _, problem := os.Stat(above); problem != nil {
			return nil, fmt.Errorf("%s: not even the folder above its own is there; is the file system mounted? %w", path, problem)
		}
		return nil, fmt.Errorf("%w: %w", store.ErrMissing, err)
	}
	if err != nil {
		return nil, err
	}
	if !about.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no ordinary file: %s", path, about.Mode())
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, limit))
}
