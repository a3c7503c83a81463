//go:build apitest

package apitest

import (
	"bytes"
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	authentication "k8s.io/api/authentication/v1"
	"k8s.io/client-go/rest"
)

// Proxy stands between a connector and the API server, and breaks calls on purpose.
type Proxy struct {
	// Config reaches the API server through the proxy.
	Config *rest.Config
	server *httptest.Server
	faults atomic.Pointer[[]*Fault]
	calls  atomic.Int64
	verbs  verbs
}

// Fault breaks the calls with the method (empty: all, watches too).
type Fault struct {
	Method string
	// Times is how many calls; negative: all of them.
	Times int
	// Status is answered instead of the API server. 0: the connection breaks.
	Status int
	// RetryAfter, if set, is the header of such an answer, in seconds.
	RetryAfter string
	// Committed lets the API server do it, and only then breaks the connection.
	Committed bool
	// Delay lets the API server do it so much later, whether or not the caller still waits.
	Delay time.Duration

	seen atomic.Int64
}

func (f *Fault) hits(method string) bool {
	return f != nil && (f.Method == "" || f.Method == method) && (f.Times < 0 || f.seen.Add(1) <= int64(f.Times))
}

// Seen is how many calls with the method have come, unless Times is negative.
func (f *Fault) Seen() int64 { return f.seen.Load() }

// Break replaces the faults; a call gets the first that hits it. Nil repairs everything.
func (p *Proxy) Break(faults ...*Fault) { p.faults.Store(&faults) }

// Calls is how many requests have come, watches too.
func (p *Proxy) Calls() int64 { return p.calls.Load() }

func (p *Proxy) find(method string) *Fault {
	for _, fault := range *p.faults.Load() {
		if fault.hits(method) {
			return fault
		}
	}
	return nil
}

// Cut breaks the connections that are open, watches above all.
func (p *Proxy) Cut() { p.server.CloseClientConnections() }

// NewProxy starts a proxy that acts with the identity of config.
func NewProxy(t *testing.T, config *rest.Config) *Proxy {
	t.Helper()
	target, err := url.Parse(config.Host)
	if err != nil {
		t.Fatalf("address of the API server %q: %v", config.Host, err)
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatalf("transport to the API server: %v", err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.Transport, forward.FlushInterval, forward.ErrorLog = transport, -1, log.New(io.Discard, "", 0)
	p := &Proxy{}
	p.Break()
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.calls.Add(1)
		p.verbs.see(r)
		if fault := p.find(r.Method); fault != nil {
			fault.play(forward, w, r)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		p.Cut()
		p.server.Close()
	})
	p.Config = &rest.Config{Host: p.server.URL}
	return p
}

func (f *Fault) play(forward http.Handler, w http.ResponseWriter, r *http.Request) {
	if f.Status != 0 {
		if f.RetryAfter != "" {
			w.Header().Set("Retry-After", f.RetryAfter)
		}
		http.Error(w, "broken on purpose", f.Status)
		return
	}
	if f.Committed || f.Delay > 0 {
		body, err := io.ReadAll(r.Body) // now: the caller may be gone after the delay
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		late := r.Clone(context.WithoutCancel(r.Context()))
		late.Body = io.NopCloser(bytes.NewReader(body))
		time.Sleep(f.Delay)
		forward.ServeHTTP(httptest.NewRecorder(), late)
	}
	panic(http.ErrAbortHandler)
}

func tokenRequest() *authentication.TokenRequest {
	seconds := int64(3600)
	return &authentication.TokenRequest{Spec: authentication.TokenRequestSpec{ExpirationSeconds: &seconds}}
}
