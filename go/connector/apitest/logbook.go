//go:build apitest

package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"example.com/flyteconnector"
	"example.com/flyteconnector/plugin"
)

// Logbook keeps everything that a connector writes, debug lines too.
type Logbook struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *Logbook) Write(line []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(line)
}

func (l *Logbook) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

// Log is for Options.Log.
func (l *Logbook) Log() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Field waits for a line with the message, and returns one of its fields.
func (l *Logbook) Field(t *testing.T, message, field string) (value string) {
	t.Helper()
	Eventually(t, "the log says "+message, func() bool {
		for line := range strings.Lines(l.String()) {
			var entry map[string]any
			if err := json.Unmarshal([]byte(line), &entry); err != nil {
				t.Fatalf("no line of JSON: %q: %v", line, err)
			}
			if entry["msg"] == message {
				value, _ = entry[field].(string)
				return true
			}
		}
		return false
	})
	return value
}

// Replica is a connector that a test ends itself.
type Replica struct {
	Address string
	Log     *Logbook
	stop    context.CancelFunc
	ended   chan error
}

// Launch starts a connector and returns when it listens, which is before it is ready. It ends with the test at the latest.
func Launch(t *testing.T, options flyteconnector.Options, plugins ...plugin.Plugin) *Replica {
	t.Helper()
	r := &Replica{Log: &Logbook{}, ended: make(chan error, 1)}
	options.Log = r.Log.Log()
	var ctx context.Context
	ctx, r.stop = context.WithCancel(context.Background())
	go func() { r.ended <- flyteconnector.Run(ctx, options, plugins...) }()
	t.Cleanup(func() {
		r.Stop(t)
		if t.Failed() {
			t.Log(r.Log)
		}
	})
	r.Address = r.Log.Field(t, "listening", "address")
	return r
}

// Stop ends it, as a signal does, and returns when it has ended.
func (r *Replica) Stop(t *testing.T) {
	t.Helper()
	if r.stop == nil {
		return
	}
	r.stop()
	r.stop = nil
	if err := <-r.ended; err != nil {
		t.Errorf("connector ended with: %v", err)
	}
}

// Dial connects without TLS.
func Dial(t *testing.T, address string, options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(address, append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatalf("connect to %s: %v", address, err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}
