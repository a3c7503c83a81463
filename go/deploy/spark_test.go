//go:build apitest

package deploy

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/flyteconnector/apitest"
	"example.com/larkspur/plugins/spark"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

var ofSpark = tried{
	Plugin: spark.Plugin{ServiceAccount: "spark"},
	custom: map[string]any{
		"executors": 3, "submissionRetries": 2, "sparkConf": map[string]any{"spark.sql.shuffle.partitions": "64", "spark.jars": "local:///a.jar"},
		"executorPod": map[string]any{"spec": map[string]any{"priorityClassName": "batch", "nodeSelector": map[string]any{"spot": "true"}}},
	},
	templates:  [][]string{{"spec", "driver", "template"}, {"spec", "executor", "template"}},
	accounts:   []string{"spark"},
	components: []string{"spark"},
	install:    installApplications,
}

// guardedSpark is guarded, with Spark's own policy in force.
func guardedSpark(t *testing.T) dynamic.Interface {
	t.Helper()
	client, odd := guarded(t), built(t, spark.Plugin{}, nil)
	set(t, odd, "/tmp/x.py", "spec", "mainApplicationFile")
	apitest.Eventually(t, "Spark's policy holds", func() bool { return refused(create(t, kind(client, odd), odd), "mainApplicationFile") })
	return client
}

// The file has every key that Spark has for Kubernetes, and what the plugin says to it; see go/plugins/spark/conf_test.go.
func TestThePolicyRefusesTheKeysThatThePluginRefuses(t *testing.T) {
	client := guardedSpark(t)
	text, err := os.ReadFile("../plugins/spark/testdata/keys.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) < 120 {
		t.Fatalf("only %d keys", len(lines))
	}
	for _, line := range lines {
		verdict, key, _ := strings.Cut(line, " ")
		if strings.HasSuffix(key, ".") {
			key += "x"
		}
		object := application(t, map[string]any{key: "x:1"})
		err := create(t, kind(client, object), object)
		if verdict == "allowed" && err != nil || verdict == "refused" && !refused(err, "sparkConf") {
			t.Errorf("the plugin says %s to %s, and the API server %v", verdict, key, err)
		}
	}
}

// application is one whose sparkConf nobody has looked at.
func application(t *testing.T, conf map[string]any) *unstructured.Unstructured {
	t.Helper()
	object := built(t, spark.Plugin{}, nil)
	set(t, object, conf, "spec", "sparkConf")
	return object
}

func TestThePolicyReadsTheValuesOfSparkConf(t *testing.T) {
	client := guardedSpark(t)
	for line, words := range map[string]string{
		"spark.files=local:///a,s3a://b/c":                              "",
		"spark.files=s3a://b/a, file:///var/run/token":                  "name a file of the operator's pod",
		"spark.jars=FILE:/x.jar":                                        "name a file of the operator's pod",
		"spark.submit.pyFiles=/var/run/token":                           "name a file of the operator's pod",
		"spark.archives=local:///a.zip,b.zip":                           "name a file of the operator's pod",
		"spark.kubernetes.executor.podNamePrefix=count-abc":             "",
		"spark.kubernetes.executor.podNamePrefix=other":                 "executors are found by the names",
		"spark.a=spark.kubernetes.namespace=kube-system":                "", // a value may have what it likes in it
		"spark.kubernetes.driver.label.flyteconnector.example.com/x=y":  "sparkConf: refused are spark.kubernetes.driver.label",
		"spark.kubernetes.executor.volumes.hostPath.r.options.path=/":   "sparkConf: refused are",
		"spark.kubernetes.authenticate.driver.serviceAccountName=admin": "sparkConf: refused are",
	} {
		key, value, _ := strings.Cut(line, "=")
		object := application(t, map[string]any{key: value})
		if err := create(t, kind(client, object), object); words == "" && err != nil || words != "" && !refused(err, words) {
			t.Errorf("%s: want %q, got %v", line, words, err)
		}
	}
	object := application(t, map[string]any{"spark.kubernetes.namespace=kube-system": ""}) // another key by the time Spark reads it
	if err := create(t, kind(client, object), object); !refused(err, "sparkConf: refused are spark.kubernetes.namespace=kube-system") {
		t.Errorf("a key within a key: got %v", err)
	}
}

func TestThePolicyReadsTheOldAnnotationOfAppArmor(t *testing.T) {
	client := guardedSpark(t)
	for value, allowed := range map[string]bool{"unconfined": false, "runtime/default": true, "localhost/mine": true} {
		object := built(t, spark.Plugin{}, nil)
		path := append(slices.Clone(ofSpark.templates[1]), "metadata", "annotations")
		set(t, object, map[string]any{"container.apparmor.security.beta.kubernetes.io/x": value, "team": "a"}, path...)
		if err := create(t, kind(client, object), object); (err == nil) != allowed || err != nil && !refused(err, "appArmorProfile") {
			t.Errorf("%s: %v", value, err)
		}
	}
}

// written are the fields that the plugin writes; whatever else the operator's schema has is refused, by name.
var written = map[string][]string{
	"": {"type", "mode", "sparkVersion", "imagePullPolicy", "mainApplicationFile", "arguments", "sparkConf", "driver", "executor",
		"restartPolicy", "timeToLiveSeconds"},
	"driver":   {"cores", "coreRequest", "coreLimit", "memory", "memoryOverhead", "image", "template"},
	"executor": {"cores", "coreRequest", "coreLimit", "memory", "memoryOverhead", "image", "template", "instances"},
}

func TestThePolicyRefusesEveryFieldThatThePluginDoesNotWrite(t *testing.T) {
	client := guardedSpark(t)
	spec := schemaOf(t)
	for role, own := range written {
		properties := spec
		if role != "" {
			properties, _, _ = unstructured.NestedMap(spec, role, "properties")
		}
		if len(properties) < 30 {
			t.Fatalf("%q has only %d fields in the CRD", role, len(properties))
		}
		for _, field := range slices.Sorted(maps.Keys(properties)) {
			if slices.Contains(own, field) {
				continue
			}
			object := built(t, spark.Plugin{}, nil)
			path := slices.DeleteFunc([]string{"spec", role, field}, func(s string) bool { return s == "" })
			set(t, object, example(properties[field].(map[string]any)), path...)
			if err := create(t, kind(client, object), object); !refused(err, "the plugin") {
				t.Errorf("%v: %v", path, err)
			}
		}
	}
}

// schemaOf returns the fields of a SparkApplication's spec, from the operator's own CRD.
func schemaOf(t *testing.T) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(os.Getenv("SPARK_OPERATOR_MODULE") + "/config/crd/bases/sparkoperator.k8s.io_sparkapplications.yaml")
	if err != nil {
		t.Fatal(err)
	}
	objects, err := apitest.Objects(raw)
	if err != nil {
		t.Fatal(err)
	}
	versions, _, _ := unstructured.NestedSlice(objects[0].Object, "spec", "versions")
	spec, _, err := unstructured.NestedMap(versions[0].(map[string]any), "schema", "openAPIV3Schema", "properties", "spec", "properties")
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// example makes a value that a field's schema accepts.
func example(schema map[string]any) any {
	if values, ok := schema["enum"].([]any); ok {
		return values[0]
	}
	switch schema["type"] {
	case "string":
		return "1"
	case "integer":
		return int64(1)
	case "boolean":
		return true
	case "array":
		return []any{}
	}
	result := map[string]any{}
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	for _, name := range required {
		result[name.(string)] = example(properties[name.(string)].(map[string]any))
	}
	return result
}
