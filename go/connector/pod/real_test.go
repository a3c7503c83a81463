package pod

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	"example.com/flyteconnector/gen/flyteidl/admin"
)

// real reads the requests that a real Flyte 1.16.8 sent.
func real(t *testing.T) map[string]*admin.CreateTaskRequest {
	t.Helper()
	return realOf(t)
}

func realOf(t testing.TB) map[string]*admin.CreateTaskRequest {
	t.Helper()
	raw, err := os.ReadFile("testdata/createtask-flyte1.json")
	if err != nil {
		t.Fatal(err)
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil {
		t.Fatal(err)
	}
	result := map[string]*admin.CreateTaskRequest{}
	for name, entry := range entries {
		if strings.HasPrefix(name, "_") {
			continue
		}
		result[name] = &admin.CreateTaskRequest{}
		if err := protojson.Unmarshal(entry, result[name]); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if len(result) != 7 {
		t.Fatalf("want seven real requests, got %d", len(result))
	}
	return result
}
