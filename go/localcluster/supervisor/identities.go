package supervisor

// Which identities are there, and which kubeconfigs hold them?

import (
	"fmt"
	"net"
	"os"
	"path/filepath"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"k8s.io/client-go/tools/clientcmd"
)

const (
	nodeName       = "local"
	kubeletClient  = "kube-apiserver-kubelet-client"
	controllerUser = "system:kube-controller-manager"
	// The node may not bind pods (admission plugin NodeRestriction), so its scheduling half is somebody else.
	binderUser = "localcluster:binder"
)

var etcdIdentities = []identity{
	{file: "etcd", name: "etcd", server: true},
	{file: "etcd-client", name: "kube-apiserver"},
}

func kubernetesIdentities(l layout) []identity {
	return []identity{
		{file: "kube-apiserver", name: "kube-apiserver", server: true, ips: []net.IP{l.apiService()},
			dns: []string{"kubernetes", "kubernetes.default", "kubernetes.default.svc"}},
		{file: "kubelet-client", name: kubeletClient},
		{file: "kubelet", name: "system:node:" + nodeName, groups: []string{"system:nodes"}, server: true},
		{file: "binder", name: binderUser},
		{file: "controller-manager", name: controllerUser},
		{file: "admin", name: "admin", groups: []string{"system:masters"}},
	}
}

// kubeconfigs: file name -> identity that it holds.
var kubeconfigs = map[string]string{
	"admin": "admin", "node": "kubelet", "binder": "binder", "controller-manager": "controller-manager",
}

// makeIdentities writes all keys, certificates and kubeconfigs below the state folder.
func makeIdentities(l layout) error {
	if err := os.MkdirAll(filepath.Join(l.pki(), "etcd"), 0o700); err != nil {
		return fmt.Errorf("make the folder for keys: %w", err)
	}
	etcd, err := newAuthority(filepath.Join(l.pki(), "etcd"), "ca")
	if err != nil {
		return err
	}
	kubernetes, err := newAuthority(l.pki(), "ca")
	if err != nil {
		return err
	}
	for ca, ids := range map[*authority][]identity{etcd: etcdIdentities, kubernetes: kubernetesIdentities(l)} {
		for _, id := range ids {
			if err := ca.issue(id); err != nil {
				return err
			}
		}
	}
	if _, err := writeKey(l.key("service-accounts")); err != nil {
		return err
	}
	for name, id := range kubeconfigs {
		if err := writeKubeconfig(l, name, id); err != nil {
			return err
		}
	}
	return nil
}

// writeKubeconfig writes a self-contained file (keys inside), so that it can be handed on by its path alone.
func writeKubeconfig(l layout, name, id string) error {
	var files [2][]byte
	for i, path := range []string{l.cert(id), l.key(id)} {
		data, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("kubeconfig %s: %w", name, err)
		}
		files[i] = data
	}
	who := &clientcmdapi.AuthInfo{ClientCertificateData: files[0], ClientKeyData: files[1]}
	return writeConfig(l, id, who, l.kubeconfig(name))
}

func writeConfig(l layout, id string, who *clientcmdapi.AuthInfo, file string) error {
	authority, err := os.ReadFile(l.cert("ca"))
	if err != nil {
		return fmt.Errorf("kubeconfig of %s: %w", id, err)
	}
	config := clientcmdapi.NewConfig()
	config.Clusters["localcluster"] = &clientcmdapi.Cluster{Server: l.server(), CertificateAuthorityData: authority}
	config.AuthInfos[id] = who
	config.Contexts["localcluster"] = &clientcmdapi.Context{Cluster: "localcluster", AuthInfo: id}
	config.CurrentContext = "localcluster"
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		return fmt.Errorf("kubeconfig of %s: %w", id, err)
	}
	return nil
}
