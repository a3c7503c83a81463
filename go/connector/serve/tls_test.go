package serve

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// pair is where a certificate and its key are.
type pair struct{ cert, key string }

// write makes a certificate for "connector.test" that is its own authority.
func (p pair) write(t *testing.T, serial int64) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(serial), DNSNames: []string{"connector.test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for path, content := range map[string][]byte{
		p.cert: certificate, p.key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}),
	} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certificate)
	return pool
}

// lines is a log that a test may read while it is written.
type lines struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

func startTLS(t *testing.T) (files pair, pool *x509.CertPool, address string, log *lines) {
	t.Helper()
	folder := t.TempDir()
	files, log = pair{filepath.Join(folder, "tls.crt"), filepath.Join(folder, "tls.key")}, &lines{}
	pool = files.write(t, 1)
	server := newServer(t, Config{CertFile: files.cert, KeyFile: files.key, Log: slog.New(slog.NewTextHandler(log, nil))})
	server.Ready()
	return files, pool, run(t, server), log
}

// run serves until the test ends, and returns the address.
func run(t *testing.T, server *Server) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx, listener, nil) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

func ask(t *testing.T, address string, transport credentials.TransportCredentials) error {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(transport))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{})
	return err
}

// flyte is how Flyte's client checks a server.
func flyte(pool *x509.CertPool, name string) credentials.TransportCredentials {
	return credentials.NewTLS(&tls.Config{RootCAs: pool, ServerName: name})
}

func TestTLSAsFlyteSpeaksIt(t *testing.T) {
	_, pool, address, _ := startTLS(t)
	if err := ask(t, address, flyte(pool, "connector.test")); err != nil {
		t.Errorf("want an answer, got %v", err)
	}
	for want, transport := range map[string]credentials.TransportCredentials{
		"unknown authority":        flyte(x509.NewCertPool(), "connector.test"),
		"not other.test":           flyte(pool, "other.test"),
		"protocol version not sup": credentials.NewTLS(&tls.Config{RootCAs: pool, ServerName: "connector.test", MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}),
	} {
		if err := ask(t, address, transport); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

func TestWhoSpeaksNoTLSIsInTheLogWithAHint(t *testing.T) {
	_, _, address, log := startTLS(t)
	if err := ask(t, address, insecure.NewCredentials()); err == nil {
		t.Error("want no answer without TLS")
	}
	for !strings.Contains(log.String(), "TLS handshake failed") { // the line comes a moment after the client's error
		time.Sleep(time.Millisecond)
	}
	if text := log.String(); !strings.Contains(text, "insecure: false") {
		t.Errorf("want a warning with a hint, got %s", text)
	}
}

func TestARenewedCertificateNeedsNoRestart(t *testing.T) {
	files, _, address, log := startTLS(t)
	renewed := files.write(t, 2)
	if err := ask(t, address, flyte(renewed, "connector.test")); err != nil {
		t.Errorf("want the renewed certificate, got %v", err)
	}
	if err := os.WriteFile(files.key, []byte("half a ke"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ask(t, address, flyte(renewed, "connector.test")); err != nil {
		t.Errorf("want the last good certificate, got %v", err)
	}
	if text := log.String(); !strings.Contains(text, "certificate not renewed") || !strings.Contains(text, files.key) {
		t.Errorf("want an error that names the file, got %s", text)
	}
}

func TestACertificateThatCannotBeUsedIsNamedAtTheStart(t *testing.T) {
	files := pair{filepath.Join(t.TempDir(), "cert"), filepath.Join(t.TempDir(), "key")}
	files.write(t, 1)
	for want, p := range map[string]pair{"no such file": {files.cert, files.key + "x"}, "failed to find": {files.key, files.key}} {
		_, err := New(Config{Log: slog.New(slog.DiscardHandler), CertFile: p.cert, KeyFile: p.key})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), p.key) {
			t.Errorf("want an error with %q and the files, got %v", want, err)
		}
	}
}
