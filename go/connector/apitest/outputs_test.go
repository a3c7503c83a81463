//go:build apitest

package apitest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	"example.com/flyteconnector/core"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/outputs"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/watch"
)

// bucket is an object store in memory.
type bucket struct {
	mutex   sync.Mutex
	files   map[string][]byte
	refuses bool
}

func (b *bucket) Read(_ context.Context, uri string, _ int64) ([]byte, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.refuses {
		return nil, errors.New("403 Forbidden")
	}
	if raw, there := b.files[uri]; there {
		return raw, nil
	}
	return nil, fmt.Errorf("%s: %w", uri, fs.ErrNotExist)
}

func (b *bucket) refuse(refuses bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.refuses = refuses
}

// A process may fail and exit with 0: Flyte 2's entrypoint always does.
func TestASuccessIsWhatTheTaskHasLeftInItsFolder(t *testing.T) {
	document := &flyte.ErrorDocument{Error: &flyte.ContainerError{Code: "USER", Message: "Traceback …\nValueError: negative x"}}
	report, err := proto.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	store := &bucket{files: map[string][]byte{
		"s3://b/report/0/error.pb": report, "s3://b/report/0/outputs.pb": nil, "s3://b/good/0/outputs.pb": nil,
	}, refuses: true}
	namespace := cluster.Namespace(t)
	engine := Engine(t, cluster.Identity(t, namespace, rules()), namespace, func(c *core.Config, _ *watch.Config) {
		c.Outputs = outputs.New(store)
	}, note{})
	tasks := map[string][]byte{}
	for _, prefix := range []string{"s3://b/report/0", "s3://b/good/0", "s3://b/missing/0"} {
		wanted := request(namespace, prefix, "phase", "done")
		wanted.Template.Interface = &flyte.TypedInterface{
			Outputs: &flyte.VariableMap{Variables: map[string]*flyte.Variable{"o0": {}}},
		}
		if tasks[prefix], err = engine.Create(t.Context(), Attempt(t, wanted)); err != nil {
			t.Fatal(err)
		}
		info, err := engine.Get(t.Context(), noteType, tasks[prefix])
		if err != nil || info.Phase != plugin.Running || !strings.Contains(info.Reason, "403 Forbidden") {
			t.Errorf("%s: want RUNNING while the store refuses, got %+v, %v", prefix, info, err)
		}
	}
	store.refuse(false)
	for prefix, want := range map[string]plugin.PhaseInfo{
		"s3://b/report/0":  {Phase: plugin.Failed, Reason: "ValueError: negative x"},
		"s3://b/good/0":    {Phase: plugin.Succeeded},
		"s3://b/missing/0": {Phase: plugin.RetryableFailed, Reason: "there is no s3://b/missing/0/outputs.pb"},
	} {
		info, err := engine.Get(t.Context(), noteType, tasks[prefix])
		if err != nil || info.Phase != want.Phase || !strings.HasSuffix(info.Reason, want.Reason) {
			t.Errorf("%s: want %+v, got %+v, %v", prefix, want, info, err)
		}
	}
}
