// Which object stores can --read-outputs look into? Files and S3 always, others by build tag (stores_*.go), because each
// SDK adds tens of megabytes: go build -tags gcs,azure ./cmd/connector

package main

import (
	_ "example.com/flyteconnector/store/file"
	_ "example.com/flyteconnector/store/s3"
)
