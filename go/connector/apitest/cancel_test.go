//go:build apitest

package apitest

import (
	"context"
	"net/http"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	corev1 "k8s.io/api/core/v1"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl2/connector"
)

// working are the stacks of goroutines that work on a create, or undo one.
func working(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	if err := pprof.Lookup("goroutine").WriteTo(&text, 1); err != nil {
		t.Fatal(err)
	}
	var found []string
	for stack := range strings.SplitSeq(text.String(), "\n\n") {
		for _, work := range []string{").CreateTask+", "core.(*Core).Create+", "core.(*Core).undo+"} {
			if strings.Contains(stack, work) {
				found = append(found, stack)
				break
			}
		}
	}
	return strings.Join(found, "\n\n")
}

// creates are CreateTask of both Flytes with a context of one's own.
func creates(t *testing.T, f *Flyte) map[string]func(context.Context, *admin.CreateTaskRequest) error {
	return map[string]func(context.Context, *admin.CreateTaskRequest) error{
		"Flyte 1": func(ctx context.Context, request *admin.CreateTaskRequest) error {
			_, err := f.CreateTask(ctx, request)
			return err
		},
		"Flyte 2": func(ctx context.Context, request *admin.CreateTaskRequest) error {
			_, err := connector.NewAsyncConnectorServiceClient(f.Conn).CreateTask(ctx, inFlyte2(t, request))
			return err
		},
	}
}

func TestAfterADeadlineOfAMillisecondTheNextCallWorks(t *testing.T) {
	f, namespace := start(t)
	for name, create := range creates(t, f) {
		wanted := request(namespace, "s3://b/"+name+"/0")
		short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		err := create(short, wanted)
		cancel()
		if status.Code(err) != codes.DeadlineExceeded {
			t.Errorf("%s: want DEADLINE_EXCEEDED, got %v", name, err)
		}
		if err := create(t.Context(), wanted); err != nil {
			t.Errorf("%s: want the next call to work, got %v", name, err)
		}
	}
	Eventually(t, "nothing works any more", func() bool { return working(t) == "" })
	alive := 0
	for _, object := range all(t, namespace) {
		if object.DeletionTimestamp == nil {
			alive++
		}
	}
	if alive != 2 {
		t.Errorf("want one resource for each task, got %d", alive)
	}
}

// Whoever cancels without a deadline being over comes back: an engine that was restarted.
func TestACallThatTheClientCancelsEndsAndTheNextOneAdopts(t *testing.T) {
	f, proxy, namespace := startBehindProxy(t)
	called := 0
	for name, create := range creates(t, f) {
		called++
		fault := &Fault{Method: http.MethodPost, Times: 1, Delay: 300 * time.Millisecond}
		proxy.Break(fault)
		canceled, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- create(canceled, request(namespace, "s3://b/"+name+"/0")) }()
		Eventually(t, "the API server is asked", func() bool { return fault.seen.Load() > 0 })
		if !strings.Contains(working(t), ").CreateTask+") {
			t.Errorf("%s: want to see the goroutine that works on it", name)
		}
		cancel()
		if err := <-ended; status.Code(err) != codes.Canceled {
			t.Errorf("%s: want CANCELED, got %v", name, err)
		}
		Eventually(t, name+": no goroutine works on it any more", func() bool { return working(t) == "" })
		Eventually(t, name+": what the API server was asked for is there", func() bool { return len(all(t, namespace)) == called })
		if err := create(t.Context(), request(namespace, "s3://b/"+name+"/0")); err != nil {
			t.Errorf("%s: want the next call to work, got %v", name, err)
		}
		found := all(t, namespace)
		marked := func(object corev1.ConfigMap) bool { return object.DeletionTimestamp != nil }
		if len(found) != called || slices.ContainsFunc(found, marked) {
			t.Errorf("%s: want one resource that lives, got %+v", name, found)
		}
	}
}
