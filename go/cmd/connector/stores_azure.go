//go:build azure

// How does the connector read abfs://?

package main

import _ "example.com/flyteconnector/store/azure"
