// Which tasks does the benchmark send, and which objects do they become?

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic/fake"
	clienttesting "k8s.io/client-go/testing"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/flyte1"
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/larkspur/plugins/job"
)

// logURL gives every task a link, as an installation would.
const logURL = "https://logs.example.com/{{.Namespace}}/{{.Pod}}/{{.Container}}"

// bench is what the measurements share.
type bench struct {
	options options
	cluster *cluster
	report  *report
	real    *admin.CreateTaskRequest
	// live are the connectors that watch the namespaces with live tasks, and the resource_meta of these.
	live map[string]*server
	meta map[string][][]byte
	// polls are encoded GetTaskRequests, by namespace, and by pythonType.
	polls map[string][][]byte
}

func (b *bench) stop() {
	for _, server := range b.live {
		server.stop()
	}
}

// request is what a real Flyte 1.16.8 sent, as task number n of a namespace.
func (b *bench) request(namespace string, n int) (*admin.CreateTaskRequest, error) {
	if b.real == nil {
		raw, err := os.ReadFile(b.options.request)
		if err != nil {
			return nil, err
		}
		var entries map[string]json.RawMessage
		if err := json.Unmarshal(raw, &entries); err != nil {
			return nil, fmt.Errorf("%s: %w", b.options.request, err)
		}
		b.real = &admin.CreateTaskRequest{}
		if err := protojson.Unmarshal(entries["container_target"], b.real); err != nil {
			return nil, fmt.Errorf("%s: %w", b.options.request, err)
		}
		b.real.Template.Type, b.real.Template.Custom = job.TaskType, &structpb.Struct{}
	}
	request := proto.Clone(b.real).(*admin.CreateTaskRequest)
	execution := fmt.Sprintf("f%07d", n)
	request.OutputPrefix = fmt.Sprintf("s3://my-s3-bucket/metadata/propeller/%s-%s/n0/data/0", namespace, execution)
	metadata := request.TaskExecutionMetadata
	metadata.Namespace, metadata.Labels["execution-id"] = namespace, execution
	metadata.GetTaskExecutionId().GetNodeExecutionId().GetExecutionId().Name = execution
	return request, nil
}

func (b *bench) requests(namespace string, first, count int) ([]*admin.CreateTaskRequest, error) {
	result := make([]*admin.CreateTaskRequest, count)
	for i := range result {
		var err error
		if result[i], err = b.request(namespace, first+i); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// connect starts a connector that watches one namespace.
func (b *bench) connect(ctx context.Context, namespace string) (*server, error) {
	address, err := freePort()
	if err != nil {
		return nil, err
	}
	return start(ctx, b.options.folder, namespace, address, nil, b.options.connector, "--listen="+address,
		"--kubeconfig="+b.cluster.kubeconfig, "--namespaces="+namespace, "--log-url="+logURL)
}

// everywhere is a cache without anything in it, for a core that only creates.
type everywhere struct{ core.Cache }

func (everywhere) Serves(string) bool { return true }

// posted returns what the connector would send to the API server for a request: its own code, before a client that only
// writes it down.
func posted(ctx context.Context, request *admin.CreateTaskRequest) (*unstructured.Unstructured, error) {
	client := fake.NewSimpleDynamicClient(runtime.NewScheme())
	log := slog.New(slog.DiscardHandler)
	engine, err := core.New(core.Config{Client: client, Cache: everywhere{}, Log: log}, job.Plugin{})
	if err != nil {
		return nil, err
	}
	adapter := &flyte1.Adapter{Name: "bench", Core: engine, Log: log}
	if _, err := adapter.CreateTask(ctx, request); err != nil {
		return nil, err
	}
	for _, action := range client.Actions() {
		if create, ok := action.(clienttesting.CreateAction); ok {
			return create.GetObject().(*unstructured.Unstructured), nil
		}
	}
	return nil, errors.New("the connector refused a real request of Flyte's")
}

// pythonConnector starts flytekit's server with the module that the options name.
func (b *bench) pythonConnector(ctx context.Context) (*server, error) {
	address, err := freePort()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	env := []string{"KUBECONFIG=" + b.cluster.kubeconfig, "HOME=" + filepath.Join(b.options.folder, "tmp")}
	return start(ctx, b.options.folder, "python", address, env, b.options.pyflyte, "serve", "connector", "--port", port,
		"--prometheus_port", "0", "--modules", b.options.module)
}
