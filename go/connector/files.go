// What does the connector read from files when it starts?

package flyteconnector

import (
	"bytes"
	"cmp"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/runtime"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/cert"

	"example.com/flyteconnector/meta"
)

// accountFolder is where Kubernetes puts the identity of a pod (kubernetes.io: "Accessing the Kubernetes API from a Pod").
const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

// restConfig takes the client's own limit away, which is 5 calls a second: a burst of tasks would wait in the connector for
// longer than Flyte does. Flyte's limits and the API server's priority and fairness are in force as they are.
func (o Options) restConfig() (*rest.Config, error) {
	config, err := inCluster(cmp.Or(o.AccountFolder, accountFolder))
	if o.Kubeconfig != "" {
		config, err = clientcmd.BuildConfigFromFlags("", o.Kubeconfig)
	}
	switch {
	case err != nil && o.Kubeconfig == "":
		return nil, fmt.Errorf("no --kubeconfig, and this is no pod with a service account: %w", err)
	case err != nil:
		return nil, fmt.Errorf("--kubeconfig %s: %w", o.Kubeconfig, err)
	}
	config.QPS = -1
	// Compressing lists costs the API server more time than sending them does.
	config.DisableCompression = true
	config.UserAgent = defaultName
	return config, nil
}

// inCluster is client-go's rest.InClusterConfig for any folder, so that it can be tested outside of a pod. The token is
// read again when it is renewed.
func inCluster(folder string) (*rest.Config, error) {
	host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return nil, rest.ErrNotInCluster
	}
	tokenFile, authorities := filepath.Join(folder, "token"), filepath.Join(folder, "ca.crt")
	token, err := os.ReadFile(tokenFile)
	if err != nil {
		return nil, fmt.Errorf("token of the pod's service account: %w", err)
	}
	if _, err := cert.NewPool(authorities); err != nil {
		return nil, fmt.Errorf("certificate authority of the Kubernetes API %s: %w", authorities, err)
	}
	return &rest.Config{
		Host:            "https://" + net.JoinHostPort(host, port),
		TLSClientConfig: rest.TLSClientConfig{CAFile: authorities},
		BearerToken:     string(token),
		BearerTokenFile: tokenFile,
	}, nil
}

// keys reads the files; the newline that an editor leaves at the end is no part of a key.
func (o Options) keys() (meta.Keys, error) {
	current, err := key("--meta-key", o.MetaKey)
	if err != nil {
		return meta.Keys{}, err
	}
	previous, err := key("--meta-key-previous", o.MetaKeyPrevious)
	return meta.Keys{Current: current, Previous: previous}, err
}

func key(flag, path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	raw = bytes.TrimRight(raw, "\r\n")
	if len(raw) < meta.MinKey {
		return nil, fmt.Errorf("%s %s: the key has %d bytes and must have at least %d; `openssl rand -hex 32` makes one",
			flag, path, len(raw), meta.MinKey)
	}
	return raw, nil
}

// podsClient speaks protobuf, which the API server and the connector read and write several times as fast as JSON. Custom
// resources have no such form.
func podsClient(config *rest.Config) (corev1client.PodsGetter, error) {
	config = rest.CopyConfig(config)
	config.ContentType = runtime.ContentTypeProtobuf
	config.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	client, err := corev1client.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client for pods of %s: %w", config.Host, err)
	}
	return client, nil
}
