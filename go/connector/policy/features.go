// Which fields reach out of the container?

package policy

// features are the keys that Kubernetes' Pod Security Standards restrict in "baseline", and allowPrivilegeEscalation, with
// what makes a value of theirs one that reaches out of the container. https://kubernetes.io/docs/concepts/security/pod-security-standards/
var features = map[string]func(value any) bool{
	"hostNetwork":              isTrue,
	"hostPID":                  isTrue,
	"hostIPC":                  isTrue,
	"hostProcess":              isTrue, // of Windows
	"hostPath":                 isThere,
	"hostPort":                 isThere,
	"privileged":               isTrue,
	"allowPrivilegeEscalation": isTrue,
	"capabilities":             func(value any) bool { return isThere(of(value, "add")) },
	"procMount":                func(value any) bool { return isThere(value) && value != "Default" },
	"seccompProfile":           unconfined,
	"appArmorProfile":          unconfined,
	"seLinuxOptions":           isThere,
	"sysctls":                  isThere,
}

func isTrue(value any) bool { return value == true }

func unconfined(value any) bool { return of(value, "type") == "Unconfined" }

// isThere says that a value is not the empty one of its kind.
func isThere(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return len(value) > 0
	case []any:
		return len(value) > 0
	case nil:
		return false
	}
	return value != "" && value != false && value != int64(0) && value != float64(0)
}

func of(value any, key string) any {
	fields, _ := value.(map[string]any)
	return fields[key]
}
