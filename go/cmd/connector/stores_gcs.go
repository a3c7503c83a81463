//go:build gcs

// How does the connector read gs://?

package main

import _ "example.com/flyteconnector/store/gcs"
