package node

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"
)

// parrot answers what it is told once nothing more comes, with its name before it; it returns its address.
func parrot(t *testing.T, name string) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				said, err := io.ReadAll(c)
				if err == nil {
					_, _ = c.Write(append([]byte(name+" "), said...)) // the caller may be gone
				}
			}()
		}
	}()
	return listener.Addr().String()
}

// tell sends a text, says that it was all, and returns the answer.
func tell(t *testing.T, address, text string) string {
	t.Helper()
	c, err := net.DialTimeout("tcp4", address, 5*time.Second)
	if err != nil {
		return "refused"
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second)) // a socket has one
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

func TestConnectionsReachAPodBehindTheService(t *testing.T) {
	free, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	door := free.Addr().String()
	free.Close()
	var said bytes.Buffer
	p := newProxy(slog.New(slog.NewTextHandler(&said, nil)))
	defer p.set(nil)
	one, two := parrot(t, "one"), parrot(t, "two")
	long := strings.Repeat("words ", 100_000)

	p.set(map[string][]string{door: {one}})
	if got := tell(t, door, long); got != "one "+long {
		t.Errorf("%d bytes came back, want %d", len(got), len(long)+4)
	}
	p.set(map[string][]string{door: {two}})
	if got := tell(t, door, "x"); got != "two x" {
		t.Errorf("after a change: %q", got)
	}
	p.set(map[string][]string{door: {one, two}})
	answered := map[string]bool{}
	for range 64 { // by chance only one of them answers: once in 2^63 runs
		answered[tell(t, door, "x")] = true
	}
	if len(answered) != 2 {
		t.Errorf("answers %v, want one from each", answered)
	}
	p.set(nil)
	if got := tell(t, door, "x"); got != "refused" {
		t.Errorf("without a pod: %q", got)
	}
	if said.Len() > 0 {
		t.Errorf("it complained: %s", said.String())
	}
}

func TestADoorThatIsBlockedDoesNotCloseTheOthers(t *testing.T) {
	blocker, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer blocker.Close()
	free, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	open, one := free.Addr().String(), parrot(t, "one")
	free.Close()
	var said bytes.Buffer
	p := newProxy(slog.New(slog.NewTextHandler(&said, nil)))
	defer p.set(nil)
	p.set(map[string][]string{blocker.Addr().String(): {one}, open: {one}})
	if got := tell(t, open, "x"); got != "one x" {
		t.Errorf("the other door: %q", got)
	}
	if !strings.Contains(said.String(), "address already in use") {
		t.Errorf("it says %q", said.String())
	}
}
