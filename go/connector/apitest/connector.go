//go:build apitest

package apitest

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"k8s.io/client-go/rest"

	"example.com/flyteconnector"
	"example.com/flyteconnector/gen/flyteidl/admin"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/gen/flyteidl/service"
	"example.com/flyteconnector/plugin"
)

// Flyte plays the engine: it calls a connector as Flyte 1 does, and fails the test where Flyte would be stuck.
type Flyte struct {
	service.AsyncAgentServiceClient
	Metadata service.AgentMetadataServiceClient
	Conn     *grpc.ClientConn
}

// Connect starts a connector and returns its only client. Both end with the test.
func Connect(t *testing.T, config *rest.Config, namespace string, plugins ...plugin.Plugin) *Flyte {
	t.Helper()
	return ConnectWith(t, Options(t, config, namespace), plugins...)
}

// ConnectWith does the same with options that the test has changed.
func ConnectWith(t *testing.T, options flyteconnector.Options, plugins ...plugin.Plugin) *Flyte {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- flyteconnector.Run(ctx, options, plugins...) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("connector ended with: %v", err)
		}
	})
	address := ""
	Eventually(t, "the connector serves", func() bool {
		text, _ := os.ReadFile(options.AddressFile)
		address = strings.TrimSpace(string(text))
		return address != ""
	})
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatalf("connect to %s: %v", address, err)
	}
	t.Cleanup(func() { conn.Close() })
	return &Flyte{service.NewAsyncAgentServiceClient(conn), service.NewAgentMetadataServiceClient(conn), conn}
}

// Options of a connector in a test: a free port, and a deadline that a test can wait for.
func Options(t *testing.T, config *rest.Config, namespace string) flyteconnector.Options {
	return flyteconnector.Options{
		Name:        "test",
		Listen:      "127.0.0.1:0",
		AddressFile: filepath.Join(t.TempDir(), "address"),
		Kubeconfig:  Kubeconfig(t, config),
		Namespaces:  []string{namespace},
		Deadline:    2 * time.Second,
		Log:         slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

// Create calls CreateTask, which must work, and returns resource_meta.
func (f *Flyte) Create(t *testing.T, request *admin.CreateTaskRequest) []byte {
	t.Helper()
	answer, err := f.CreateTask(t.Context(), request)
	if err != nil {
		t.Fatalf("CreateTask: %v", err)
	}
	return answer.GetResourceMeta()
}

// Get calls GetTask, which must never fail.
func (f *Flyte) Get(t *testing.T, taskType string, meta []byte) *admin.Resource {
	t.Helper()
	category := &admin.TaskCategory{Name: taskType}
	answer, err := f.GetTask(t.Context(), &admin.GetTaskRequest{TaskCategory: category, ResourceMeta: meta})
	if err != nil {
		t.Fatalf("GetTask: %v", err)
	}
	if answer.GetResource().GetPhase() == flyte.TaskExecution_UNDEFINED {
		t.Fatalf("GetTask answers UNDEFINED, which Flyte reads as a failure")
	}
	return answer.GetResource()
}

// Delete calls DeleteTask, which must work.
func (f *Flyte) Delete(t *testing.T, taskType string, meta []byte) {
	t.Helper()
	category := &admin.TaskCategory{Name: taskType}
	if _, err := f.DeleteTask(t.Context(), &admin.DeleteTaskRequest{TaskCategory: category, ResourceMeta: meta}); err != nil {
		t.Fatalf("DeleteTask: %v", err)
	}
}

// WaitFor asks until the task has the phase.
func (f *Flyte) WaitFor(t *testing.T, taskType string, meta []byte, phase flyte.TaskExecution_Phase) *admin.Resource {
	t.Helper()
	var resource *admin.Resource
	Eventually(t, "the phase is "+phase.String(), func() bool {
		resource = f.Get(t, taskType, meta)
		return resource.GetPhase() == phase
	})
	return resource
}

// Eventually fails the test if the condition does not hold within 20 seconds.
func Eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatalf("not within 20 s: %s", what)
}
