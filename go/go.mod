module example.com/larkspur

go 1.26.0

require (
	example.com/flyteconnector v0.0.0
	google.golang.org/protobuf v1.36.12
	k8s.io/api v0.34.1
	k8s.io/apimachinery v0.34.1
)

replace example.com/flyteconnector => ./connector
