// %% Links: where can the user see more?
//
// Flyte shows a link when the task changes its phase. When the driver begins to run, its executors do not exist, and there
// is no further change before the end: so their links are made from the names that they will have.

package spark

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"example.com/flyteconnector/plugin"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// %% Spark's pages
//
// While the driver runs it serves Spark's page, and the operator may have made an Ingress for it. After the end there is
// only a history server, if there is one at all.

// Address is the address of a page about an application, with {{.Namespace}}, {{.Application}} (its name) and
// {{.ApplicationID}} (Spark's) in it. Empty means that there is no link.
type Address string

var placeholder = regexp.MustCompile(`{{.*?}}`)

// Check returns an error that names the first placeholder that no application can fill.
func (a Address) Check() error {
	if found := placeholder.FindString(a.of(&application{})); found != "" {
		return fmt.Errorf("address %q: there is no placeholder %s, only {{.Namespace}}, {{.Application}} and "+
			"{{.ApplicationID}}", a, found)
	}
	return nil
}

func (a Address) of(app *application) string {
	return strings.NewReplacer("{{.Namespace}}", app.Namespace, "{{.Application}}", app.Name,
		"{{.ApplicationID}}", app.Status.ApplicationID).Replace(string(a))
}

// TODO(links): Add the pages that your operator serves, such as a dashboard.
func (p Plugin) links(app *application, phase plugin.Phase, pods []corev1.Pod) []plugin.Link {
	links := append(p.pages(app, phase), p.logs(app, phase, pods)...)
	return slices.DeleteFunc(links, func(link plugin.Link) bool { return link.URI == "" })
}

func (p Plugin) pages(app *application, phase plugin.Phase) []plugin.Link {
	switch {
	case phase == plugin.Running:
		return []plugin.Link{{Name: "Spark UI", URI: cmp.Or(p.UI.of(app), app.Status.DriverInfo.WebUIIngressAddress)}}
	case phase.Terminal() && app.Status.ApplicationID != "":
		return []plugin.Link{{Name: "Spark history", URI: p.History.of(app)}}
	}
	return nil
}

// %% Logs
//
// Pods that are there get links, and others by their names: those that Spark will make while the driver runs, and those
// that the operator has seen and Spark has deleted. An address with ``{{.PodUID}}`` in it has to wait for the pod.

const maxLogs = 10

func (p Plugin) logs(app *application, phase plugin.Phase, pods []corev1.Pod) (links []plugin.Link) {
	known := map[string]*corev1.Pod{}
	if !strings.Contains(string(p.LogURL), "{{.PodUID}}") {
		known = expected(app, phase)
	}
	for i := range pods {
		known[pods[i].Name] = &pods[i]
	}
	for _, name := range slices.SortedFunc(maps.Keys(known), shortFirst) {
		if pod := known[name]; len(links) < maxLogs {
			links = append(links, plugin.Link{Name: app.title(pod), URI: p.LogURL.For(pod)})
		}
	}
	return links
}

func expected(app *application, phase plugin.Phase) map[string]*corev1.Pod {
	result := map[string]*corev1.Pod{}
	if app.Status.ApplicationID == "" {
		return result // the operator has not seen a driver
	}
	result[app.Name+"-driver"] = app.named(app.Name+"-driver", driver)
	for name := range app.Status.ExecutorState {
		result[name] = app.named(name, executor)
	}
	for i := range min(app.Spec.Executor.Instances, maxLogs) {
		if name := fmt.Sprintf("%s-exec-%d", app.Name, i+1); phase == plugin.Running {
			result[name] = app.named(name, executor)
		}
	}
	return result
}

func (a *application) named(name string, r role) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: a.Namespace}}
	metav1.SetMetaDataAnnotation(&pod.ObjectMeta, plugin.DefaultContainer, r.container)
	return pod
}

// shortFirst sorts the driver before the executors, and executor 2 before executor 10.
func shortFirst(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// title is what a pod is to the user: "driver" or "executor 3".
func (a *application) title(pod *corev1.Pod) string {
	return strings.Replace(strings.TrimPrefix(pod.Name, a.Name+"-"), "exec-", "executor ", 1)
}
