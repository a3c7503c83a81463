package node

// Who may ask the node for logs? The API server, and nobody else.

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"example.com/localcluster/node/logs"
)

// ServerOptions are the settings of the kubelet's API.
type ServerOptions struct {
	Port                int
	Cert, Key, ClientCA string // files
	Client              string // common name of the API server's certificate
}

func (n *Node) serve(ctx context.Context) error {
	o := n.options.Server
	listener, err := net.Listen("tcp4", fmt.Sprintf("%s:%d", hostIP, o.Port))
	if err != nil {
		return fmt.Errorf("serve logs: %w", err)
	}
	config, err := o.tls()
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: logs.Handler(n.findLog), TLSConfig: config, ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: log.New(os.Stderr, "serve logs: ", 0),
	}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	go server.ServeTLS(listener, o.Cert, o.Key)
	return nil
}

func (o ServerOptions) tls() (*tls.Config, error) {
	pem, err := os.ReadFile(o.ClientCA)
	if err != nil {
		return nil, fmt.Errorf("serve logs: read the authority of clients: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("serve logs: %s holds no certificate", o.ClientCA)
	}
	return &tls.Config{
		ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
		VerifyConnection: func(state tls.ConnectionState) error {
			if name := state.PeerCertificates[0].Subject.CommonName; name != o.Client {
				return fmt.Errorf("%q may not read logs here; ask the API server", name)
			}
			return nil
		},
	}, nil
}

func (n *Node) findLog(namespace, pod, name string, previous bool) (string, func() bool, error) {
	w := n.worker(namespace, pod)
	if w == nil {
		return "", nil, fmt.Errorf("pod %s/%s is not on this node", namespace, pod)
	}
	state := w.container(name)
	number := state.Restarts
	if previous {
		number--
	}
	file := filepath.Join(n.logFolder(w.current()), name, fmt.Sprintf("%d.log", number))
	if _, err := os.Stat(file); err != nil || number < 0 {
		reason := "not started"
		if state.Waiting != nil {
			reason = state.Waiting.Reason
		}
		return "", nil, fmt.Errorf("container %q in pod %q is waiting to start: %s", name, pod, reason)
	}
	return file, func() bool {
		now := w.container(name)
		return now.Running != nil && now.Restarts == number
	}, nil
}
