// Which API server is measured against?

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	authentication "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// The namespaces: two to create in, two with live tasks.
const (
	watched, unwatched = "bench-watched", "bench-unwatched"
	small, big         = "bench-small", "bench-big"
	account            = "connector"
)

// cluster is etcd and kube-apiserver. No controller runs in it.
type cluster struct {
	environment *envtest.Environment
	kube        kubernetes.Interface // the administrator's, in protobuf
	// connector is how the connector acts, and kubeconfig the same as a file: one service account with the rights that a
	// connector needs. The bare client has the same identity, so that the API server has the same work with it.
	connector         *rest.Config
	kubeconfig, admin string
	about             map[string]any
}

func startCluster(ctx context.Context, o options) (*cluster, error) {
	environment := &envtest.Environment{BinaryAssetsDirectory: o.assets, ControlPlaneStartTimeout: 2 * time.Minute}
	config, err := environment.Start()
	if err != nil {
		return nil, fmt.Errorf("start etcd and kube-apiserver from %s: %w", o.assets, err)
	}
	c := &cluster{environment: environment}
	if err := c.prepare(ctx, config, o.folder); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

func (c *cluster) prepare(ctx context.Context, config *rest.Config, folder string) (err error) {
	fast := rest.CopyConfig(config)
	fast.QPS, fast.ContentType = -1, "application/vnd.kubernetes.protobuf"
	if c.kube, err = kubernetes.NewForConfig(fast); err != nil {
		return err
	}
	for _, name := range []string{watched, unwatched, small, big} {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
		if _, err := c.kube.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("create namespace %s: %w", name, err)
		}
	}
	if c.connector, err = c.identity(ctx, config); err != nil {
		return err
	}
	if c.kubeconfig, err = kubeconfig(c.connector, filepath.Join(folder, "connector.kubeconfig")); err != nil {
		return err
	}
	c.admin, err = kubeconfig(config, filepath.Join(folder, "admin.kubeconfig"))
	version, versionErr := c.kube.Discovery().ServerVersion()
	if versionErr != nil {
		return fmt.Errorf("version of the API server: %w", versionErr)
	}
	c.about = map[string]any{"kubernetes": version.GitVersion}
	return err
}

// identity makes the service account of the connectors, with what they need and no more.
func (c *cluster) identity(ctx context.Context, config *rest.Config) (*rest.Config, error) {
	named, options := metav1.ObjectMeta{Name: account, Namespace: watched}, metav1.CreateOptions{}
	if _, err := c.kube.CoreV1().ServiceAccounts(named.Namespace).Create(ctx, &corev1.ServiceAccount{ObjectMeta: named}, options); err != nil {
		return nil, fmt.Errorf("create the service account: %w", err)
	}
	role := &rbac.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: account}, Rules: []rbac.PolicyRule{
		{APIGroups: []string{"batch"}, Resources: []string{"jobs"}, Verbs: []string{"create", "get", "delete", "list", "watch"}},
		{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get", "list", "watch"}},
	}}
	if _, err := c.kube.RbacV1().ClusterRoles().Create(ctx, role, options); err != nil {
		return nil, fmt.Errorf("create the role: %w", err)
	}
	binding := &rbac.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: account},
		RoleRef:    rbac.RoleRef{APIGroup: rbac.GroupName, Kind: "ClusterRole", Name: account},
		Subjects:   []rbac.Subject{{Kind: rbac.ServiceAccountKind, Name: account, Namespace: named.Namespace}},
	}
	if _, err := c.kube.RbacV1().ClusterRoleBindings().Create(ctx, binding, options); err != nil {
		return nil, fmt.Errorf("create the role binding: %w", err)
	}
	token, err := c.kube.CoreV1().ServiceAccounts(named.Namespace).CreateToken(ctx, account, &authentication.TokenRequest{}, options)
	if err != nil {
		return nil, fmt.Errorf("create a token: %w", err)
	}
	acting := rest.AnonymousClientConfig(config)
	acting.BearerToken, acting.QPS = token.Status.Token, -1
	return acting, nil
}

func kubeconfig(config *rest.Config, path string) (string, error) {
	file := api.NewConfig()
	file.Clusters["bench"] = &api.Cluster{Server: config.Host, CertificateAuthorityData: config.CAData}
	file.AuthInfos["bench"] = &api.AuthInfo{
		Token: config.BearerToken, ClientCertificateData: config.CertData, ClientKeyData: config.KeyData,
	}
	file.Contexts["bench"] = &api.Context{Cluster: "bench", AuthInfo: "bench"}
	file.CurrentContext = "bench"
	if err := clientcmd.WriteToFile(*file, path); err != nil {
		return "", fmt.Errorf("write %s: %w", path, err)
	}
	return path, nil
}

var counted = regexp.MustCompile(`(?m)^apiserver_request_total{.*resource="(?:jobs|pods|events)".*verb="(\w+)".*} (\S+)$`)

// requests is how many calls about jobs, pods and events the API server has answered since its start, without watches: a
// watch is one call that lasts minutes, whoever is polled in between.
func (c *cluster) requests(ctx context.Context) (int, error) {
	raw, err := c.kube.Discovery().RESTClient().Get().AbsPath("/metrics").DoRaw(ctx)
	if err != nil {
		return 0, fmt.Errorf("metrics of the API server: %w", err)
	}
	total := 0.0
	for _, match := range counted.FindAllSubmatch(raw, -1) {
		value, err := strconv.ParseFloat(string(match[2]), 64)
		if err != nil {
			return 0, fmt.Errorf("metric %s: %w", match[0], err)
		}
		if verb := string(match[1]); verb != "WATCH" && verb != "WATCHLIST" {
			total += value
		}
	}
	return int(total), nil
}

func (c *cluster) stop() {
	if err := c.environment.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "bench: stop etcd and kube-apiserver:", err)
	}
}
