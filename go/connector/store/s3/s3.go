// How is an object of S3 read?

// Package s3 reads s3://bucket/key, from AWS and from whatever speaks its protocol, such as MinIO. Address and rights
// come from the environment and the files that AWS's SDK reads by itself: AWS_REGION, AWS_ENDPOINT_URL_S3 (or
// AWS_ENDPOINT_URL), AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a service account's role (AWS_ROLE_ARN with
// AWS_WEB_IDENTITY_TOKEN_FILE), or the machine's. Where they say nothing, the names that Flyte gives to tasks count:
//
//	FLYTE_AWS_ENDPOINT           like AWS_ENDPOINT_URL_S3
//	FLYTE_AWS_ACCESS_KEY_ID      like AWS_ACCESS_KEY_ID
//	FLYTE_AWS_SECRET_ACCESS_KEY  like AWS_SECRET_ACCESS_KEY
//
// The right to read (s3:GetObject) is enough, but without s3:ListBucket S3 answers 403 for objects that do not exist, and
// a 403 never counts as "does not exist".
package s3

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"example.com/flyteconnector/store"
	"example.com/flyteconnector/store/internal/object"
)

// defaultRegion is the one that stores other than AWS's own do not care about.
const defaultRegion = "us-east-1"

func init() { store.Register("s3", (&reader{}).read) }

type reader struct{ client object.Once[*s3.Client] }

func (r *reader) read(ctx context.Context, place store.Object, limit int64) ([]byte, error) {
	client, err := r.client.Get(func() (*s3.Client, error) { return connect(ctx) })
	if err != nil {
		return nil, err
	}
	bucket, err := s3blob.OpenBucket(ctx, client, place.Bucket, nil)
	if err != nil {
		return nil, err
	}
	return object.Read(ctx, bucket, place.Key, limit, missing)
}

func connect(ctx context.Context) (*s3.Client, error) {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("settings of AWS's SDK: %w", err)
	}
	settings.Region = cmp.Or(settings.Region, defaultRegion)
	id, secret := os.Getenv("FLYTE_AWS_ACCESS_KEY_ID"), os.Getenv("FLYTE_AWS_SECRET_ACCESS_KEY")
	if os.Getenv("AWS_ACCESS_KEY_ID") == "" && id != "" && secret != "" {
		settings.Credentials = credentials.NewStaticCredentialsProvider(id, secret, "")
	}
	return s3.NewFromConfig(settings, func(o *s3.Options) {
		if endpoint := os.Getenv("FLYTE_AWS_ENDPOINT"); o.BaseEndpoint == nil && endpoint != "" {
			o.BaseEndpoint = &endpoint
		}
		o.Logger = logging.Nop{} // it would write to standard error, in a format of its own
		// Other stores seldom have a host name for each bucket.
		o.UsePathStyle = o.BaseEndpoint != nil
	}), nil
}

func missing(bucket *blob.Bucket, err error) bool {
	var answer smithy.APIError
	return bucket.ErrorAs(err, &answer) && answer.ErrorCode() == "NoSuchKey"
}
