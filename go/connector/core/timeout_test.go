package core

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/plugin"
)

// aged is the task's resource with a timeout of a minute, made so long before now.
func aged(now time.Time, age time.Duration) *unstructured.Unstructured {
	o := created("u")
	annotations := o.GetAnnotations()
	annotations[TimeoutAnnotation] = "1m0s"
	o.SetAnnotations(annotations)
	o.SetCreationTimestamp(metav1.NewTime(now.Add(-age)))
	return o
}

// The API server's clock is hours before or behind the machine's, which must not matter.
func TestATaskHasItsTimeByTheServersClock(t *testing.T) {
	running := plugin.PhaseInfo{Phase: plugin.Running, Links: []plugin.Link{{Name: "log", URI: "https://log"}}}
	queued, succeeded := plugin.PhaseInfo{Phase: plugin.Queued}, plugin.PhaseInfo{Phase: plugin.Succeeded}
	for _, skew := range []time.Duration{0, 3 * time.Hour, -3 * time.Hour} {
		servers := func() time.Time { return time.Now().Add(skew) }
		forever := aged(servers(), time.Hour)
		forever.SetAnnotations(map[string]string{OutputPrefixAnnotation: task.OutputPrefix})
		for name, c := range map[string]struct {
			cached *unstructured.Unstructured
			info   plugin.PhaseInfo
			want   plugin.Phase
			gone   bool
		}{
			"over":                      {aged(servers(), 62*time.Second), running, plugin.RetryableFailed, true},
			"over, and never begun":     {aged(servers(), 62*time.Second), queued, plugin.RetryableFailed, true},
			"almost over":               {aged(servers(), 30*time.Second), running, plugin.Running, false},
			"over, but it has finished": {aged(servers(), time.Hour), succeeded, plugin.Succeeded, false},
			"no timeout":                {forever, running, plugin.Running, false},
			"over and being deleted":    {marked(aged(servers(), time.Hour)), running, plugin.RetryableFailed, false},
		} {
			engine, client := newCore(t, double{info: c.info}, seen{object: c.cached})
			engine.config.Now = servers
			info, err := engine.Get(t.Context(), "double", create(t, engine))
			engine.Wait()
			if err != nil || info.Phase != c.want || deleted(client) != c.gone {
				t.Errorf("%s: want %s, deleted %v; got %+v, %v, %v", name, c.want, c.gone, info, err, deleted(client))
			}
			if c.want == plugin.RetryableFailed && (info.Reason != "timeout of 1m0s is over" || len(info.Links) != len(c.info.Links)) {
				t.Errorf("%s: want the timeout as the reason, and the plugin's links, got %+v", name, info)
			}
		}
	}
}
