package plugin

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// LogURL is the address of a container's log, with placeholders in the form {{.Pod}}. Empty means that there are no links.
type LogURL string

// DefaultContainer is the annotation by which Kubernetes' own tools choose a container of a pod (kubectl logs).
const DefaultContainer = "kubectl.kubernetes.io/default-container"

var (
	placeholder = regexp.MustCompile(`{{.*?}}`)
	known       = []string{"{{.Namespace}}", "{{.Pod}}", "{{.PodUID}}", "{{.Container}}"}
)

// Check returns an error that names the first placeholder that no pod can fill.
func (u LogURL) Check() error {
	for _, found := range placeholder.FindAllString(string(u), -1) {
		if !slices.Contains(known, found) {
			return fmt.Errorf("log URL %q: there is no placeholder %s, only %s", u, found, strings.Join(known, ", "))
		}
	}
	return nil
}

// For returns the address of the log of the pod's container that a user wants to see: the one that the annotation
// kubectl.kubernetes.io/default-container names, which the connector sets to the task's primary container.
func (u LogURL) For(pod *corev1.Pod) string {
	container := pod.Annotations[DefaultContainer]
	if container == "" && len(pod.Spec.Containers) > 0 {
		container = pod.Spec.Containers[0].Name
	}
	values := []string{pod.Namespace, pod.Name, string(pod.UID), container}
	pairs := make([]string, 0, 2*len(known))
	for i, name := range known {
		pairs = append(pairs, name, values[i])
	}
	return strings.NewReplacer(pairs...).Replace(string(u))
}
