// What does the cluster warn about?

package watch

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"example.com/flyteconnector/plugin"
)

// EventsResource is the kind of events, and OnEvents the verbs that Config.Events needs on it, in every namespace watched.
var (
	EventsResource = corev1.SchemeGroupVersion.WithResource("events")
	OnEvents       = []string{"list", "watch"}
)

// Warning returns the text of the newest warning about a resource.
func (w *Watcher) Warning(plugin.Resource, string, types.UID) string { return "" }
