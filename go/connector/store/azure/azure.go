// How is an object of Azure Blob Storage read?

// Package azure reads abfs://container/key, as Flyte writes it, abfs://container@account.dfs.core.windows.net/key, and the
// same with abfss and az. The account and the rights come from the environment: AZURE_STORAGE_ACCOUNT, with
// AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN, AZURE_STORAGE_CONNECTION_STRING or an identity (workload identity, managed
// identity); an account in the URI wins.
package azure

import (
	"context"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"

	"example.com/flyteconnector/store"
	"example.com/flyteconnector/store/internal/object"
)

func init() {
	for _, scheme := range []string{"abfs", "abfss", "az"} {
		store.Register(scheme, read)
	}
}

func read(ctx context.Context, place store.Object, limit int64) ([]byte, error) {
	bucket, err := blob.OpenBucket(ctx, address(place.Bucket))
	if err != nil {
		return nil, err
	}
	return object.Read(ctx, bucket, place.Key, limit, missing)
}

// address is gocloud's for a container, which may come with its account.
func address(bucket string) string {
	container, host, _ := strings.Cut(bucket, "@")
	result := url.URL{Scheme: azureblob.Scheme, Host: container}
	if account, _, _ := strings.Cut(host, "."); account != "" {
		result.RawQuery = url.Values{"storage_account": {account}}.Encode()
	}
	return result.String()
}

func missing(bucket *blob.Bucket, err error) bool {
	var answer *azcore.ResponseError
	return bucket.ErrorAs(err, &answer) && answer.ErrorCode == string(bloberror.BlobNotFound)
}
