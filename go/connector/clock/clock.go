// What time is it for the API server?

// Package clock tells the time of a Kubernetes API server. A resource's creationTimestamp is of that clock: compared with
// the connector's own, an hour of difference would end a task an hour early.
package clock

import (
	"net/http"
	"sync"
	"time"

	"k8s.io/client-go/rest"
)

// Wrap makes the clients that are built from config, from now on, read the time from every answer, and returns the clock.
// It is never ahead of the API server's, and behind it by at most a second plus the time that an answer is on its way.
// Between answers it goes on by the machine's monotonic clock, which no correction of the time moves. Before the first
// answer it is the machine's.
func Wrap(config *rest.Config) func() time.Time {
	read := &reading{}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return transport{next, read} })
	return read.now
}

// reading is the last answer's time, and when it came.
type reading struct {
	mutex  sync.Mutex
	theirs time.Time
	ours   time.Time // with a monotonic part
}

func (r *reading) now() time.Time {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.theirs.IsZero() {
		return time.Now()
	}
	return r.theirs.Add(time.Since(r.ours))
}

// set believes the latest answer: the API server's clock may have been set back.
func (r *reading) set(theirs time.Time) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.theirs, r.ours = theirs, time.Now()
}

type transport struct {
	next http.RoundTripper
	read *reading
}

// RoundTrip reads the header Date, which HTTP asks every server with a clock to send (RFC 9110, 6.6.1).
func (t transport) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(request)
	if err != nil {
		return response, err
	}
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		t.read.set(date)
	}
	return response, nil
}

// WrappedRoundTripper lets Kubernetes' own tools look through.
func (t transport) WrappedRoundTripper() http.RoundTripper { return t.next }
