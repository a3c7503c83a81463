// Where in a resource is something that the policy has to judge?

package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// freeText are the maps whose keys anybody chooses: there a key says nothing.
var freeText = map[string]bool{"labels": true, "annotations": true, "matchLabels": true, "nodeSelector": true}

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// walker collects what is not allowed, in the order of the paths.
type walker struct {
	policy   Policy
	problems []error
}

// field judges a key of a map, and looks into its value.
func (w *walker) field(path, key string, value any) {
	path = join(path, key)
	value = plain(value)
	if reaches, ok := features[key]; ok && reaches(value) {
		w.feature(path, key, value)
	}
	switch key {
	case "serviceAccount", "serviceAccountName":
		w.account(path, value)
	case "image":
		w.image(path, value)
		w.image(path+".reference", of(value, "reference")) // an image as a volume
	}
	if fields, text := value.(map[string]any); text && freeText[key] {
		w.annotations(path, fields)
		return
	}
	w.value(path, value)
}

// appArmor begins the annotations, one for each container, that chose its profile before there was a field for it. Pod
// Security still judges them, and older clusters act on them.
const appArmor = "container.apparmor.security.beta.kubernetes.io/"

// annotations looks for the only ones that act on a container.
func (w *walker) annotations(path string, fields map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		value, _ := fields[key].(string)
		confined := value == "" || value == "runtime/default" || strings.HasPrefix(value, "localhost/")
		if strings.HasPrefix(key, appArmor) && !confined {
			w.feature(join(path, key), "appArmorProfile", value)
		}
	}
}

func (w *walker) feature(path, feature string, value any) {
	if !slices.Contains(w.policy.HostFeatures, feature) {
		w.refuse("%s: %s reaches out of the container, which this connector does not allow (--allow-host %s would)",
			path, show(value), feature)
	}
}

// value looks into maps and lists.
func (w *walker) value(path string, value any) {
	switch value := plain(value).(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			w.field(path, key, value[key])
		}
	case []any:
		for i, item := range value {
			w.value(fmt.Sprintf("%s[%d]", path, i), item)
		}
	}
}

func (w *walker) account(path string, value any) {
	name, _ := value.(string)
	allowed := func(pattern string) bool { return glob(pattern).MatchString(name) }
	if name != "" && len(w.policy.ServiceAccounts) > 0 && !slices.ContainsFunc(w.policy.ServiceAccounts, allowed) {
		w.refuse("%s: service account %q is not one of those that this connector allows (--service-accounts %s)",
			path, name, strings.Join(w.policy.ServiceAccounts, ","))
	}
}

func (w *walker) image(path string, value any) {
	image, _ := value.(string)
	allowed := func(pattern string) bool { return Glob(pattern).Matches(image) }
	if image != "" && len(w.policy.Images) > 0 && !slices.ContainsFunc(w.policy.Images, allowed) {
		w.refuse("%s: image %q is not one of those that this connector allows (--images %s)",
			path, image, strings.Join(w.policy.Images, ","))
	}
}

func (w *walker) refuse(format string, values ...any) {
	w.problems = append(w.problems, fmt.Errorf(format, values...))
}

// plain makes of what a plugin may have put into the object by hand ([]string, a struct) what becomes of it on the wire.
func plain(value any) any {
	switch value.(type) {
	case nil, bool, string, int64, float64, map[string]any, []any:
		return value
	}
	var result any
	if raw, err := json.Marshal(value); err == nil && json.Unmarshal(raw, &result) == nil {
		return result
	}
	return value
}

// show is the value as it would be in a manifest, not longer than fits into a sentence.
func show(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	if text := string(raw); len(text) <= 100 {
		return text
	}
	return string(raw[:97]) + "..."
}

func join(path, key string) string {
	switch {
	case !plainKey.MatchString(key):
		return fmt.Sprintf("%s[%q]", path, key)
	case path == "":
		return key
	}
	return path + "." + key
}
