//go:build apitest

package apitest

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/flyteconnector"
	"example.com/flyteconnector/access"
	"example.com/flyteconnector/core"
	"example.com/flyteconnector/gen/flyteidl/admin"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
)

// startWithPolicy runs a connector of cards, which are whole pod templates, behind calls that can be broken.
func startWithPolicy(t *testing.T, change func(*flyteconnector.Options)) (*Flyte, *Proxy, string) {
	namespace := cluster.Namespace(t)
	cards := rbac.PolicyRule{APIGroups: []string{""}, Resources: []string{"podtemplates"}, Verbs: access.OnResources}
	proxy := NewProxy(t, cluster.Identity(t, namespace, append(rules(), cards)))
	options := Options(t, proxy.Config, namespace)
	change(&options)
	return ConnectWith(t, options, card{}), proxy, namespace
}

// podRequest asks for a card with the user's own pod template.
func podRequest(t *testing.T, namespace, prefix string, spec map[string]any) *admin.CreateTaskRequest {
	t.Helper()
	container := map[string]any{"name": "main", "image": "ghcr.io/acme/train:1"}
	for _, key := range []string{"image", "securityContext"} {
		if value, ok := spec[key]; ok {
			container[key] = value
			delete(spec, key)
		}
	}
	spec["containers"] = []any{container}
	podSpec, err := structpb.NewStruct(spec)
	if err != nil {
		t.Fatal(err)
	}
	result := request(namespace, prefix)
	result.Template.Type = "card"
	result.Template.Target = &flyte.TaskTemplate_K8SPod{K8SPod: &flyte.K8SPod{PodSpec: podSpec}}
	result.Template.Config = map[string]string{"primary_container_name": "main"}
	return result
}

func cards(t *testing.T, namespace string) []corev1.PodTemplate {
	t.Helper()
	list, err := cluster.Kube.CoreV1().PodTemplates(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: core.Selector})
	if err != nil {
		t.Fatalf("list cards: %v", err)
	}
	return list.Items
}

func TestWhatThePolicyForbidsNeverReachesTheAPIServer(t *testing.T) {
	connector, proxy, namespace := startWithPolicy(t, func(options *flyteconnector.Options) {
		options.ServiceAccounts, options.Images = []string{"runner"}, []string{"ghcr.io/acme/*"}
	})
	forbidden := &Fault{Method: "POST", Times: 1 << 30, Status: 500}
	proxy.Break(forbidden)
	hostPath := map[string]any{"volumes": []any{map[string]any{"name": "root", "hostPath": map[string]any{"path": "/"}}}}
	for prefix, c := range map[string]struct {
		spec map[string]any
		want string
	}{
		"s3://b/network/0": {map[string]any{"hostNetwork": true}, "template.spec.hostNetwork: true reaches out of the container, which this connector does not allow (--allow-host hostNetwork would)"},
		"s3://b/path/0":    {hostPath, `template.spec.volumes[0].hostPath: {"path":"/"}`},
		"s3://b/root/0":    {map[string]any{"securityContext": map[string]any{"privileged": true}}, "template.spec.containers[0].securityContext.privileged: true"},
		"s3://b/account/0": {map[string]any{"serviceAccountName": "admin"}, `template.spec.serviceAccountName: service account "admin" is not one of those that this connector allows (--service-accounts runner)`},
		"s3://b/image/0":   {map[string]any{"image": "evil/x:1"}, `template.spec.containers[0].image: image "evil/x:1"`},
	} {
		raw := connector.Create(t, podRequest(t, namespace, prefix, c.spec))
		answer := connector.Get(t, "card", raw)
		if answer.GetPhase() != flyte.TaskExecution_FAILED || !strings.Contains(answer.GetMessage(), c.want) {
			t.Errorf("want FAILED with %q, got %s %q", c.want, answer.GetPhase(), answer.GetMessage())
		}
	}
	if calls := forbidden.seen.Load(); calls != 0 {
		t.Errorf("want no call to the API server, got %d", calls)
	}
	proxy.Break(nil)
	connector.Create(t, podRequest(t, namespace, "s3://b/good/0", map[string]any{"serviceAccountName": "runner"}))
	if found := cards(t, namespace); len(found) != 1 {
		t.Errorf("want what is allowed, and only that, got %d resources", len(found))
	}
}

func TestWhatTheOperatorAllowsIsCreated(t *testing.T) {
	connector, _, namespace := startWithPolicy(t, func(options *flyteconnector.Options) { options.AllowHost = []string{"hostNetwork"} })
	connector.Create(t, podRequest(t, namespace, "s3://b/network/0", map[string]any{"hostNetwork": true}))
	if found := cards(t, namespace); len(found) != 1 || !found[0].Template.Spec.HostNetwork {
		t.Errorf("want the pod as the user wrote it, got %+v", found)
	}
	raw := connector.Create(t, podRequest(t, namespace, "s3://b/pid/0", map[string]any{"hostPID": true}))
	if answer := connector.Get(t, "card", raw); answer.GetPhase() != flyte.TaskExecution_FAILED {
		t.Errorf("want only what is allowed, got %s", answer.GetPhase())
	}
}

// The connector finds, counts and deletes by its own labels: a user who could write them could have others' resources deleted.
func TestAUserCannotWriteTheConnectorsMarks(t *testing.T) {
	connector, namespace := start(t)
	task := request(namespace, "s3://b/a/0")
	task.TaskExecutionMetadata.Labels = map[string]string{core.ManagedLabel: "false", "flyteconnector.example.com/lineage": "another's", "team": "x"}
	connector.Create(t, task)
	made := all(t, namespace)
	if len(made) != 1 || made[0].Labels["flyteconnector.example.com/lineage"] != "" || made[0].Labels["team"] != "x" {
		t.Fatalf("want the user's labels without the connector's own, got %+v", made)
	}
}
