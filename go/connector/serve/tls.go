// Which certificate does the connector show?

package serve

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync/atomic"

	"google.golang.org/grpc/credentials"
)

// TLS makes a server's side of TLS 1.2 or newer from PEM files. They are read again for every new connection (a client
// keeps its connection for minutes), so that a Secret that is mounted into the pod may be renewed at any time; while they
// cannot be read, or do not fit together, the last pair that did is used, and the log says so.
//
// Flyte's client, of either version, trusts the certificate authorities of its own system and no others, expects the
// endpoint's host name in the certificate, and sends no certificate of its own (Flyte 1.16.8: client.go of
// flyteplugins/go/tasks/plugins/webapi/connector; read). So the certificate must come from an authority that Flyte's
// image trusts, and TLS does not tell who calls: a NetworkPolicy or a service mesh does.
func TLS(certFile, keyFile string, log *slog.Logger) (credentials.TransportCredentials, error) {
	first, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("certificate %s with key %s: %w", certFile, keyFile, err)
	}
	var last atomic.Pointer[tls.Certificate]
	last.Store(&first)
	latest := func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			log.Error("certificate not renewed; the last good one is used", "cert", certFile, "key", keyFile, "error", err)
			return last.Load(), nil
		}
		last.Store(&pair)
		return &pair, nil
	}
	transport := credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: latest})
	return handshakes{transport, log}, nil
}

// handshakes logs those that fail: the client learns little more than that the connection was closed.
type handshakes struct {
	credentials.TransportCredentials
	log *slog.Logger
}

func (h handshakes) ServerHandshake(raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := h.TransportCredentials.ServerHandshake(raw)
	if err != nil && !errors.Is(err, io.EOF) { // a TCP probe says nothing and hangs up
		hint := ""
		var header tls.RecordHeaderError
		if errors.As(err, &header) {
			hint = "the client speaks no TLS; Flyte does with `insecure: false`, and probes need an address of their own"
		}
		h.log.Warn("TLS handshake failed", "peer", raw.RemoteAddr().String(), "error", err, "hint", hint)
	}
	return conn, info, err
}

func (h handshakes) Clone() credentials.TransportCredentials {
	return handshakes{h.TransportCredentials.Clone(), h.log}
}
