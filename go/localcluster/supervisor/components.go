package supervisor

// What is started, with which arguments?

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Only these controllers run: there is one node, no cloud, no persistent storage, and Services have no endpoints.
var controllers = []string{
	"serviceaccount-controller", "serviceaccount-token-controller", "root-ca-certificate-publisher-controller",
	"namespace-controller", "garbage-collector-controller", "clusterrole-aggregation-controller",
	"resourcequota-controller",
}

// With a node there are these, too: they make pods, or look at those who did. Without one, somebody plays them.
var workloadControllers = []string{
	"job-controller", "cronjob-controller", "ttl-after-finished-controller",
	"deployment-controller", "replicaset-controller", "statefulset-controller",
}

func etcdArgs(l layout) []string {
	peer := fmt.Sprintf("http://127.0.0.1:%d", l.peer)
	return []string{
		"--name=local", "--data-dir=" + filepath.Join(l.dir, "etcd"), "--log-level=warn",
		"--listen-client-urls=" + l.etcdURL(), "--advertise-client-urls=" + l.etcdURL(),
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=local=" + peer,
		"--client-cert-auth", "--trusted-ca-file=" + l.etcdCert("ca"),
		"--cert-file=" + l.etcdCert("etcd"), "--key-file=" + l.etcdKey("etcd"),
		"--unsafe-no-fsync",                                 // nothing here has to survive a power cut
		"--heartbeat-interval=20", "--election-timeout=200", // alone, it need not wait a second for votes
	}
}

func apiServerArgs(l layout) []string {
	return []string{
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", l.api),
		"--tls-cert-file=" + l.cert("kube-apiserver"), "--tls-private-key-file=" + l.key("kube-apiserver"),
		"--client-ca-file=" + l.cert("ca"), "--anonymous-auth=false",
		"--etcd-servers=" + l.etcdURL(), "--etcd-cafile=" + l.etcdCert("ca"),
		"--etcd-certfile=" + l.etcdCert("etcd-client"), "--etcd-keyfile=" + l.etcdKey("etcd-client"),
		"--kubelet-certificate-authority=" + l.cert("ca"), "--kubelet-client-certificate=" + l.cert("kubelet-client"),
		"--kubelet-client-key=" + l.key("kubelet-client"), "--kubelet-preferred-address-types=InternalIP",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + l.key("service-accounts"),
		"--service-account-signing-key-file=" + l.key("service-accounts"),
		"--service-cluster-ip-range=" + l.services(), "--endpoint-reconciler-type=none",
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
		"--disable-admission-plugins=TaintNodesByCondition", // no controller would take the taint away
		"--allow-privileged=true", "--profiling=false",
	}
}

func controllerManagerArgs(l layout, bare bool) []string {
	enabled := controllers
	if !bare {
		enabled = slices.Concat(controllers, workloadControllers)
	}
	return []string{
		"--kubeconfig=" + l.kubeconfig("controller-manager"),
		"--authentication-kubeconfig=" + l.kubeconfig("controller-manager"),
		"--authorization-kubeconfig=" + l.kubeconfig("controller-manager"),
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", l.manager),
		"--cert-dir=" + l.pki(), "--authorization-always-allow-paths=/healthz,/readyz,/livez",
		"--leader-elect=false", "--use-service-account-credentials=true",
		"--service-account-private-key-file=" + l.key("service-accounts"), "--root-ca-file=" + l.cert("ca"),
		"--controllers=" + strings.Join(enabled, ","),
		"--concurrent-job-syncs=10", "--kube-api-qps=200", "--kube-api-burst=400", "--profiling=false",
	}
}

func nodeArgs(l layout, images, mark string) []string {
	return []string{
		"node", "--name=" + nodeName, "--state=" + l.dir, "--images=" + images, "--mark=" + mark,
		"--kubeconfig=" + l.kubeconfig("node"), "--binder-kubeconfig=" + l.kubeconfig("binder"),
		fmt.Sprintf("--port=%d", l.node), "--tls-cert=" + l.cert("kubelet"), "--tls-key=" + l.key("kubelet"),
		"--client-ca=" + l.cert("ca"), "--client-name=" + kubeletClient,
	}
}
