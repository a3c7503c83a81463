package clock

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"k8s.io/client-go/rest"
)

// server answers with the time that is set, and nothing if none is.
func server(t *testing.T, date *time.Time) *rest.Config {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		if !date.IsZero() {
			w.Header().Set("Date", date.UTC().Format(http.TimeFormat))
		}
	}))
	t.Cleanup(s.Close)
	return &rest.Config{Host: s.URL}
}

func get(t *testing.T, config *rest.Config) {
	t.Helper()
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Get(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
}

func TestTheClockIsTheServersWhateverOursSays(t *testing.T) {
	for _, ahead := range []time.Duration{0, time.Hour, -time.Hour} {
		date := time.Now().Add(ahead)
		config := server(t, &date)
		now := Wrap(config)
		get(t, config)
		// The header has whole seconds, and the test a slow machine.
		if off := date.Sub(now()); off < -20*time.Second || off > time.Second {
			t.Errorf("a server %s ahead: the clock is %s behind it", ahead, off)
		}
	}
}

func TestAServerThatIsSetBackIsBelieved(t *testing.T) {
	date := time.Now().Add(time.Hour)
	config := server(t, &date)
	now := Wrap(config)
	get(t, config)
	date = time.Now()
	get(t, config)
	if off := now().Sub(date); off > 20*time.Second {
		t.Errorf("the clock is still %s ahead", off)
	}
}

func TestTheClockGoesOnBetweenAnswers(t *testing.T) {
	date := time.Now().Add(time.Hour)
	config := server(t, &date)
	now := Wrap(config)
	get(t, config)
	before := now()
	time.Sleep(10 * time.Millisecond)
	if after := now(); after.Sub(before) < 10*time.Millisecond {
		t.Errorf("from %s to %s in 10 ms", before, after)
	}
}

func TestWithoutAnAnswerOrADateTheClockIsOurs(t *testing.T) {
	config := server(t, &time.Time{})
	now := Wrap(config)
	for _, when := range []string{"before an answer", "after an answer without a date"} {
		if off := time.Since(now()).Abs(); off > 20*time.Second {
			t.Errorf("%s: off by %s", when, off)
		}
		get(t, config)
	}
}
