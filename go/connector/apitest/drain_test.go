//go:build apitest

package apitest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"

	"example.com/flyteconnector"
	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/service"
)

// balanced connects to the replicas in turn, as Flyte's default service config does with a headless Service.
func balanced(t *testing.T, replicas []*Replica) *grpc.ClientConn {
	t.Helper()
	addresses := manual.NewBuilderWithScheme("replicas")
	state := resolver.State{}
	for _, r := range replicas {
		state.Endpoints = append(state.Endpoints, resolver.Endpoint{Addresses: []resolver.Address{{Addr: r.Address}}})
	}
	addresses.InitialState(state)
	return Dial(t, "replicas:///", grpc.WithResolvers(addresses),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig": [{"round_robin": {}}]}`))
}

func waitUntilReady(t *testing.T, r *Replica) {
	t.Helper()
	health := healthpb.NewHealthClient(Dial(t, r.Address))
	Eventually(t, r.Address+" is ready", func() bool { return healthOf(t, health, "") == "SERVING" })
}

func TestARollingRestartFailsNoCall(t *testing.T) {
	namespace := cluster.Namespace(t)
	config := cluster.Identity(t, namespace, rules())
	options := []flyteconnector.Options{Options(t, config, namespace), Options(t, config, namespace)}
	var replicas []*Replica
	for i := range options {
		options[i].DrainDelay = 200 * time.Millisecond
		replicas = append(replicas, Launch(t, options[i], note{}))
		waitUntilReady(t, replicas[i])
		options[i].Listen = replicas[i].Address
	}
	client := service.NewAsyncAgentServiceClient(balanced(t, replicas))
	first, err := client.CreateTask(t.Context(), request(namespace, "s3://b/first/0"))
	if err != nil {
		t.Fatal(err)
	}
	stop := load(t, client, namespace, first.GetResourceMeta())
	for i := range replicas {
		replicas[i].Stop(t)
		replicas[i] = Launch(t, options[i], note{})
		waitUntilReady(t, replicas[i])
		// The next one may end when the clients have found this one. A client tries again after about a second, and asks
		// for new addresses every 30 s at most: in a cluster, a Deployment's minReadySeconds has to give it that time.
		Eventually(t, "the clients are back", func() bool { return strings.Contains(replicas[i].Log.String(), "/GetTask") })
	}
	t.Logf("%d calls", stop())
}

// load makes calls, eight at once, until it is stopped; each has to succeed.
func load(t *testing.T, client service.AsyncAgentServiceClient, namespace string, meta []byte) (stop func() int64) {
	var calls atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for ctx.Err() == nil {
				if err := call(client, namespace, meta, calls.Add(1)); err != nil {
					t.Errorf("call %d: %v", calls.Load(), err)
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	return func() int64 {
		cancel()
		callers.Wait()
		return calls.Load()
	}
}

// call creates a task or asks for one, without a retry of its own.
func call(client service.AsyncAgentServiceClient, namespace string, meta []byte, number int64) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if number%10 == 0 {
		_, err := client.CreateTask(ctx, request(namespace, fmt.Sprintf("s3://b/%d/0", number)))
		return err
	}
	category := &admin.TaskCategory{Name: noteType}
	_, err := client.GetTask(ctx, &admin.GetTaskRequest{TaskCategory: category, ResourceMeta: meta})
	return err
}

func TestAConnectorThatHasEndedLeavesNothingRunning(t *testing.T) {
	namespace := cluster.Namespace(t)
	config := cluster.Identity(t, namespace, rules())
	before := goleak.IgnoreCurrent()
	options := Options(t, config, namespace)
	options.MetricsListen, options.HealthListen, options.Traces = "127.0.0.1:0", "127.0.0.1:0", true
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1") // nobody is there
	t.Setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "100")
	replica := Launch(t, options, note{})
	replica.Log.Field(t, "ready", "")
	conn, err := grpc.NewClient(replica.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	client := service.NewAsyncAgentServiceClient(conn)
	for i := range 20 {
		if _, err := client.CreateTask(t.Context(), request(namespace, fmt.Sprintf("s3://b/%d/0", i))); err != nil {
			t.Error(err)
		}
	}
	conn.Close()
	replica.Stop(t)
	goleak.VerifyNone(t, before, // and the connections to the API server, which client-go keeps for the next client
		goleak.IgnoreAnyFunction("golang.org/x/net/http2.(*clientConnReadLoop).run"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"),
	)
}
