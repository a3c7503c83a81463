//go:build apitest

// Package apitest tests the connector against a real API server: etcd and kube-apiserver, without controllers. What a
// controller would do, the tests do; each says so.
package apitest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// Cluster is a running API server, and its administrator's clients.
type Cluster struct {
	Config  *rest.Config
	Kube    kubernetes.Interface
	Dynamic dynamic.Interface

	mapper meta.RESTMapper // which kinds there were when it was last asked; nil: not asked yet
}

// assets is where etcd and kube-apiserver are. Go's test cache sees a variable only if it is read while tests run, so every
// test asks again: with another API server no result is reused.
func assets() string { return os.Getenv("KUBEBUILDER_ASSETS") }

// Main runs a package's tests with one cluster; call it from TestMain. It serves the kinds of OPERATOR_CRDS, a list of folders
// like PATH, from the start.
func Main(m *testing.M, use func(*Cluster)) int {
	assets := assets()
	if _, err := os.Stat(filepath.Join(assets, "kube-apiserver")); assets == "" || err != nil {
		fmt.Fprintf(os.Stderr, "KUBEBUILDER_ASSETS=%q: it must be a folder with etcd, kube-apiserver and kubectl\n", assets)
		return 1
	}
	environment := &envtest.Environment{
		BinaryAssetsDirectory: assets, ControlPlaneStartTimeout: time.Minute,
		CRDDirectoryPaths: filepath.SplitList(os.Getenv("OPERATOR_CRDS")), ErrorIfCRDPathMissing: true,
	}
	config, err := environment.Start()
	if err != nil {
		fmt.Fprintln(os.Stderr, "start etcd and kube-apiserver:", err)
		return 1
	}
	defer func() {
		if err := environment.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stop etcd and kube-apiserver:", err)
		}
	}()
	config.QPS = -1
	use(&Cluster{Config: config, Kube: kubernetes.NewForConfigOrDie(config), Dynamic: dynamic.NewForConfigOrDie(config)})
	return m.Run()
}

// Namespace makes an empty one with a name of its own.
func (c *Cluster) Namespace(t *testing.T) string {
	t.Helper()
	t.Log("API server from", assets())
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}
	created, err := c.Kube.CoreV1().Namespaces().Create(t.Context(), namespace, metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("create a namespace: %v", err)
	}
	return created.Name
}

// Identity makes a service account with exactly these rules in the namespace, and returns how to act as it.
func (c *Cluster) Identity(t *testing.T, namespace string, rules []rbac.PolicyRule) *rest.Config {
	t.Helper()
	named := metav1.ObjectMeta{GenerateName: "connector-", Namespace: namespace}
	core, rights, options := c.Kube.CoreV1(), c.Kube.RbacV1(), metav1.CreateOptions{}
	account, err := core.ServiceAccounts(namespace).Create(t.Context(), &corev1.ServiceAccount{ObjectMeta: named}, options)
	if err != nil {
		t.Fatalf("create a service account: %v", err)
	}
	named = metav1.ObjectMeta{Name: account.Name, Namespace: namespace}
	role := &rbac.Role{ObjectMeta: named, Rules: rules}
	if _, err = rights.Roles(namespace).Create(t.Context(), role, options); err != nil {
		t.Fatalf("create the role: %v", err)
	}
	binding := &rbac.RoleBinding{
		ObjectMeta: named,
		RoleRef:    rbac.RoleRef{APIGroup: rbac.GroupName, Kind: "Role", Name: account.Name},
		Subjects:   []rbac.Subject{{Kind: rbac.ServiceAccountKind, Name: account.Name, Namespace: namespace}},
	}
	if _, err = rights.RoleBindings(namespace).Create(t.Context(), binding, options); err != nil {
		t.Fatalf("create the role binding: %v", err)
	}
	return c.ActAs(t, namespace, account.Name)
}

// ActAs returns how to act as a service account that exists.
func (c *Cluster) ActAs(t *testing.T, namespace, account string) *rest.Config {
	t.Helper()
	t.Log("API server from", assets())
	accounts := c.Kube.CoreV1().ServiceAccounts(namespace)
	token, err := accounts.CreateToken(t.Context(), account, tokenRequest(), metav1.CreateOptions{})
	if err != nil {
		t.Fatalf("create a token for %s/%s: %v", namespace, account, err)
	}
	config := rest.AnonymousClientConfig(c.Config)
	config.BearerToken = token.Status.Token
	return config
}

// Kubeconfig writes a file for --kubeconfig.
func Kubeconfig(t *testing.T, config *rest.Config) string {
	t.Helper()
	file := api.NewConfig()
	file.Clusters["test"] = &api.Cluster{Server: config.Host, CertificateAuthorityData: config.CAData}
	file.AuthInfos["test"] = &api.AuthInfo{Token: config.BearerToken}
	file.Contexts["test"] = &api.Context{Cluster: "test", AuthInfo: "test"}
	file.CurrentContext = "test"
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*file, path); err != nil {
		t.Fatalf("write a kubeconfig: %v", err)
	}
	return path
}
