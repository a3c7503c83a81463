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

	"example.com/flyteconnector/store"
)

func init() { store.Register("file", read) }

func read(_ context.Context, object store.Object, limit int64) ([]byte, error) {
	path := "/" + object.Key
	about, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
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
