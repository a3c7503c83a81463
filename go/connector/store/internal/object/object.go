// How is an object of a cloud read?

// Package object reads through gocloud.dev/blob, which all of the clouds' packages share.
package object

import (
	"context"
	"fmt"
	"io"
	"sync"

	"gocloud.dev/blob"

	"example.com/flyteconnector/store"
)

// Read closes the bucket. Missing tells whether an error says plainly that there is no such object; gocloud's own code
// NotFound says that of buckets, other regions, archived objects and (Google's) of refusals, too.
func Read(
	ctx context.Context, bucket *blob.Bucket, key string, limit int64, missing func(*blob.Bucket, error) bool,
) ([]byte, error) {
	defer bucket.Close()
	reader, err := bucket.NewReader(ctx, key, nil)
	if err != nil && missing(bucket, err) {
		return nil, fmt.Errorf("%w: %w", store.ErrMissing, err)
	}
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return io.ReadAll(io.LimitReader(reader, limit))
}

// Once keeps what could be made, and tries again after an error.
type Once[T any] struct {
	mutex sync.Mutex
	done  bool
	value T
}

// Get returns the one that is kept, or makes it.
func (o *Once[T]) Get(fresh func() (T, error)) (T, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.done {
		return o.value, nil
	}
	value, err := fresh()
	if err == nil {
		o.value, o.done = value, true
	}
	return value, err
}
