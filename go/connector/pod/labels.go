// Which labels and annotations may go to Kubernetes?

package pod

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

var (
	notInLabel = regexp.MustCompile(`[^-A-Za-z0-9_.]+`)
	edges      = regexp.MustCompile(`^[^A-Za-z0-9]+|[^A-Za-z0-9]+$`)
)

// reserved is the prefix of the connector's own marks on a resource. Nobody else may write them: they decide what is
// deleted.
const reserved = "flyteconnector.example.com/"

// sanitise makes valid labels and annotations of what Flyte's users may write freely. A label's value that had to be
// changed is kept in full as an annotation. Keys of which nothing valid is left, and the connector's own, are dropped.
func sanitise(labels, annotations map[string]string) (map[string]string, map[string]string) {
	cleanLabels, cleanAnnotations := map[string]string{}, map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		name := validKey(key)
		if name == "" || strings.HasPrefix(name, reserved) {
			continue
		}
		value := labels[key]
		if len(validation.IsValidLabelValue(value)) > 0 {
			cleanAnnotations[name] = strings.ToValidUTF8(value, "?")
			value = validPart(value)
		}
		cleanLabels[name] = value
	}
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		if name := validKey(key); name != "" && !strings.HasPrefix(name, reserved) {
			cleanAnnotations[name] = strings.ToValidUTF8(annotations[key], "?")
		}
	}
	return cleanLabels, cleanAnnotations
}

// validKey makes a qualified name: an optional DNS prefix and a name.
func validKey(key string) string {
	if len(validation.IsQualifiedName(key)) == 0 {
		return key
	}
	prefix, name, found := strings.Cut(key, "/")
	if found && len(validation.IsDNS1123Subdomain(prefix)) == 0 && validPart(name) != "" {
		return prefix + "/" + validPart(name)
	}
	return validPart(key)
}

// validPart replaces what may not be in the name of a key or in a label's value, and cuts it to 63 characters.
func validPart(text string) string {
	text = edges.ReplaceAllString(notInLabel.ReplaceAllString(text, "-"), "")
	return edges.ReplaceAllString(text[:min(len(text), validation.LabelValueMaxLength)], "")
}

// union merges two maps; the second wins.
func union(first, second map[string]string) map[string]string {
	result := maps.Clone(first)
	if result == nil {
		result = map[string]string{}
	}
	maps.Copy(result, second)
	return result
}
