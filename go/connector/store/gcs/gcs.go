// How is an object of Google Cloud Storage read?

// Package gcs reads gs://bucket/key. Rights come from Google's Application Default Credentials: workload identity, or the
// file that GOOGLE_APPLICATION_CREDENTIALS names. storage.objects.get is enough, but without storage.objects.list Google
// answers 403 for objects that do not exist, and a 403 never counts as "does not exist". STORAGE_EMULATOR_HOST names an
// emulator, which is asked without credentials.
package gcs

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"gocloud.dev/blob"
	"gocloud.dev/blob/gcsblob"
	"gocloud.dev/gcerrors"
	"gocloud.dev/gcp"
	"google.golang.org/api/googleapi"

	"example.com/flyteconnector/store"
	"example.com/flyteconnector/store/internal/object"
)

func init() { store.Register("gs", (&reader{}).read) }

type reader struct{ client object.Once[*gcp.HTTPClient] }

func (r *reader) read(ctx context.Context, place store.Object, limit int64) ([]byte, error) {
	client, err := r.client.Get(func() (*gcp.HTTPClient, error) { return connect(ctx) })
	if err != nil {
		return nil, err
	}
	bucket, err := gcsblob.OpenBucket(ctx, client, place.Bucket, nil)
	if err != nil {
		return nil, err
	}
	return object.Read(ctx, bucket, place.Key, limit, missing(ctx))
}

func connect(ctx context.Context) (*gcp.HTTPClient, error) {
	if os.Getenv("STORAGE_EMULATOR_HOST") != "" {
		return gcp.NewAnonymousHTTPClient(gcp.DefaultTransport()), nil
	}
	found, err := gcp.DefaultCredentials(context.WithoutCancel(ctx)) // its tokens are renewed with the same context
	if err != nil {
		return nil, fmt.Errorf("Google's Application Default Credentials: %w", err)
	}
	return gcp.NewHTTPClient(gcp.DefaultTransport(), gcp.CredentialsTokenSource(found))
}

// missing does not ask gocloud, whose code NotFound also stands for 403. For a bucket that does not exist Google's client
// has the same error as for an object, so the bucket is asked for.
func missing(ctx context.Context) func(*blob.Bucket, error) bool {
	return func(bucket *blob.Bucket, err error) bool {
		var answer *googleapi.Error
		if gcerrors.Code(err) != gcerrors.NotFound || (bucket.ErrorAs(err, &answer) && answer.Code != http.StatusNotFound) {
			return false
		}
		accessible, err := bucket.IsAccessible(ctx)
		return accessible && err == nil
	}
}
