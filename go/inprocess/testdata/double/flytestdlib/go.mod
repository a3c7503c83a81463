module github.com/flyteorg/flyte/flytestdlib

go 1.26.0
