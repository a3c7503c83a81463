module example.com/flyteinprocess

go 1.26.0

require (
	example.com/flyteconnector v0.0.0
	example.com/larkspur v0.0.0
	github.com/flyteorg/flyte/flyteidl v1.16.8
	github.com/flyteorg/flyte/flyteplugins v1.16.8
	github.com/flyteorg/flyte/flytepropeller v1.16.8
	github.com/flyteorg/flyte/flytestdlib v1.16.8
	google.golang.org/protobuf v1.36.12
	k8s.io/api v0.34.1
	k8s.io/apimachinery v0.34.1
	k8s.io/client-go v0.34.1
	k8s.io/utils v0.0.0-20250604170112-4c0f3b243397
	sigs.k8s.io/controller-runtime v0.22.4
	sigs.k8s.io/yaml v1.6.0
)

replace (
	example.com/flyteconnector => ../connector
	example.com/larkspur => ..
)

// Flyte's modules require each other at v0.0.0-00010101000000-000000000000 and replace that by folders of their own
// repository. Replacements of a dependency do not count, so whoever uses these modules has to say what is meant.
replace (
	github.com/flyteorg/flyte/datacatalog => github.com/flyteorg/flyte/datacatalog v1.16.8
	github.com/flyteorg/flyte/flyteadmin => github.com/flyteorg/flyte/flyteadmin v1.16.8
	github.com/flyteorg/flyte/flyteidl => github.com/flyteorg/flyte/flyteidl v1.16.8
	github.com/flyteorg/flyte/flyteplugins => github.com/flyteorg/flyte/flyteplugins v1.16.8
	github.com/flyteorg/flyte/flytepropeller => github.com/flyteorg/flyte/flytepropeller v1.16.8
	github.com/flyteorg/flyte/flytestdlib => github.com/flyteorg/flyte/flytestdlib v1.16.8
)

// The releases that Flyte 1.16.8 is built with; newer ones do not compile with it.
replace (
	k8s.io/api => k8s.io/api v0.34.1
	k8s.io/apimachinery => k8s.io/apimachinery v0.34.1
	k8s.io/client-go => k8s.io/client-go v0.34.1
	sigs.k8s.io/controller-runtime => sigs.k8s.io/controller-runtime v0.22.4
)
