// Which object store has an object?

// Package store reads objects by their URI, for a connector that looks at what tasks have written. Which stores there are
// is decided by blank imports, as with database/sql: store/file, store/s3, store/gcs, store/azure. It is a module of its
// own, so that the SDKs of clouds reach nobody who does not link them.
package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Object is the place of an object. The key is as it is in the URI: nothing in it is unescaped.
type Object struct{ Scheme, Bucket, Key string }

// ErrMissing is what a Reader returns when the store says plainly that there is no such object. A refusal, a bucket that
// does not exist and a store that does not answer are other errors.
var ErrMissing = errors.New("no such object")

// Reader returns at most limit bytes of an object. It is called by several goroutines at once.
type Reader func(ctx context.Context, object Object, limit int64) ([]byte, error)

var (
	mutex   sync.RWMutex
	readers = map[string]Reader{}
)

// Register makes a store known under a scheme of URIs; the packages of the stores call it. A scheme that is taken panics.
func Register(scheme string, reader Reader) {
	mutex.Lock()
	defer mutex.Unlock()
	if readers[scheme] != nil {
		panic("store: the scheme " + scheme + " is registered twice")
	}
	readers[scheme] = reader
}

// Schemes are the ones that the program can read, in alphabetical order.
func Schemes() []string {
	mutex.RLock()
	defer mutex.RUnlock()
	return slices.Sorted(maps.Keys(readers))
}

// Linked reads from the stores that the program has linked.
type Linked struct{}

// Read returns at most limit bytes of the object at the URI, or at the absolute path of a file. The error is
// fs.ErrNotExist only if the store has said that there is no such object.
func (Linked) Read(ctx context.Context, uri string, limit int64) ([]byte, error) {
	object, err := parse(uri)
	if err != nil {
		return nil, err
	}
	mutex.RLock()
	reader := readers[object.Scheme]
	mutex.RUnlock()
	if reader == nil {
		return nil, fmt.Errorf("read %s: this program links no store for %s://, only for %s", uri, object.Scheme,
			strings.Join(Schemes(), ", "))
	}
	raw, err := reader(ctx, object, limit)
	switch {
	case errors.Is(err, ErrMissing):
		return nil, fmt.Errorf("read %s: %w (%w)", uri, err, fs.ErrNotExist)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read %s: %v", uri, err) // not %w: a file that is missing here, such as one with credentials
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", uri, err)
	}
	return raw, nil
}

// parse does not use net/url: keys may have %, ? and # in them.
func parse(uri string) (Object, error) {
	scheme, rest, found := strings.Cut(uri, "://")
	if !found {
		scheme, rest = "file", uri
	}
	bucket, key, _ := strings.Cut(rest, "/")
	switch {
	case scheme == "file" && (bucket != "" || key == ""):
		return Object{}, fmt.Errorf("read %q: neither a URI nor the absolute path of a file", uri)
	case scheme != "file" && (bucket == "" || key == ""):
		return Object{}, fmt.Errorf("read %q: the URI of an object is scheme://bucket/key", uri)
	}
	return Object{Scheme: strings.ToLower(scheme), Bucket: bucket, Key: key}, nil
}
