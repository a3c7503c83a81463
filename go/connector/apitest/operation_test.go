//go:build apitest

package apitest

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/service"
	"example.com/flyteconnector/serve"
)

func healthOf(t *testing.T, client healthpb.HealthClient, name string) string {
	t.Helper()
	answer, err := client.Check(t.Context(), &healthpb.HealthCheckRequest{Service: name})
	if err != nil {
		t.Fatalf("health of %q: %v", name, err)
	}
	return answer.GetStatus().String()
}

// An API server that is away when the connector starts: Flyte still learns the task types, and nobody restarts the
// connector in vain.
func TestAStartWithoutAnAPIServer(t *testing.T) {
	namespace := cluster.Namespace(t)
	proxy := NewProxy(t, cluster.Identity(t, namespace, rules()))
	proxy.Break(&Fault{Times: -1, Status: 503})
	replica := Launch(t, Options(t, proxy.Config, namespace), note{})
	conn := Dial(t, replica.Address)
	health, tasks := healthpb.NewHealthClient(conn), service.NewAsyncAgentServiceClient(conn)
	agents, err := service.NewAgentMetadataServiceClient(conn).ListAgents(t.Context(), &admin.ListAgentsRequest{})
	if err != nil || len(agents.GetAgents()) != 1 || agents.GetAgents()[0].GetSupportedTaskCategories()[0].GetName() != noteType {
		t.Errorf("want the task types, got %v, %v", agents, err)
	}
	if alive, ready := healthOf(t, health, serve.Liveness), healthOf(t, health, ""); alive != "SERVING" || ready != "NOT_SERVING" {
		t.Errorf("want a connector that lives and is not ready, got %s, %s", alive, ready)
	}
	if _, err := tasks.CreateTask(t.Context(), request(namespace, "s3://b/a/0")); status.Code(err) != codes.Unavailable ||
		!strings.Contains(err.Error(), "not ready") {
		t.Errorf("want UNAVAILABLE, not ready; got %v", err)
	}
	proxy.Break()
	Eventually(t, "the connector is ready", func() bool {
		return healthOf(t, health, "") == "SERVING" && healthOf(t, health, "flyteidl.service.AsyncAgentService") == "SERVING"
	})
	if _, err := tasks.CreateTask(t.Context(), request(namespace, "s3://b/a/0")); err != nil {
		t.Errorf("want an answer when ready, got %v", err)
	}
}

// The files are those that Kubernetes mounts into a pod, in another folder.
func TestAPodsOwnIdentityIsEnough(t *testing.T) {
	namespace := cluster.Namespace(t)
	identity := cluster.Identity(t, namespace, rules())
	server, err := url.Parse(identity.Host)
	if err != nil || server.Port() == "" {
		t.Fatalf("address of the API server %q: %v", identity.Host, err)
	}
	folder := t.TempDir()
	for name, content := range map[string][]byte{"token": []byte(identity.BearerToken), "ca.crt": identity.CAData} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("KUBERNETES_SERVICE_HOST", server.Hostname())
	t.Setenv("KUBERNETES_SERVICE_PORT", server.Port())
	options := Options(t, identity, namespace)
	options.Kubeconfig, options.AccountFolder = "", folder
	ConnectWith(t, options, note{}).Create(t, request(namespace, "s3://b/a/0"))
	if found := all(t, namespace); len(found) != 1 {
		t.Errorf("want one resource, got %d", len(found))
	}
}
