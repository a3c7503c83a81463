package metrics

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"example.com/flyteconnector/watch"
)

func TestMetricsAndNothingElse(t *testing.T) {
	api := httptest.NewServer(http.NotFoundHandler())
	defer api.Close()
	registry := NewRegistry()
	counts := New(registry)
	counts.Begin([]string{"note"})
	counts.Count("note", Created)
	registry.MustRegister(Watches(func() []watch.Health { return []watch.Health{{Resource: "jobs.batch", Namespace: "a", Failures: 3}} }))
	client := dynamic.NewForConfigOrDie(&rest.Config{Host: api.URL}).Resource(schema.GroupVersionResource{Version: "v1", Resource: "pods"})
	if _, err := client.Namespace("a").Get(t.Context(), "my-secret-name", metav1.GetOptions{}); err == nil {
		t.Error("want 404")
	}
	base := serve(t, registry)
	host := strings.TrimPrefix(api.URL, "http://")
	text := fetch(t, base+"/metrics", http.StatusOK)
	for _, want := range []string{
		`flyteconnector_resource_events_total{event="created",task_type="note"} 1`,
		`flyteconnector_resource_events_total{event="lost",task_type="note"} 0`,
		`flyteconnector_watch_synced{namespace="a",resource="jobs.batch"} 0`,
		`flyteconnector_watch_failures_total{namespace="a",resource="jobs.batch"} 3`,
		`rest_client_requests_total{code="404",host="` + host + `",method="GET"} 1`,
		`rest_client_request_duration_seconds_count{host="` + host + `",verb="GET"} 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(text, "my-secret-name") {
		t.Error("the metrics have the name of a resource")
	}
	for _, path := range []string{"/", "/debug/pprof/", "/metrics/x"} {
		fetch(t, base+path, http.StatusNotFound)
	}
}

// serve answers until the test ends.
func serve(t *testing.T, registry *prometheus.Registry) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, listener, registry, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "http://" + listener.Addr().String()
}

func fetch(t *testing.T, address string, status int) string {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status {
		t.Errorf("%s: want %d, got %d, %v", address, status, answer.StatusCode, err)
	}
	return string(text)
}
