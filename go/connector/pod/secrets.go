// How does a pod name the secrets that it needs?

package pod

import (
	"encoding/base32"
	"fmt"
	"strconv"
	"strings"

	"example.com/flyteconnector/gen/flyteidl/core"
)

// What Flyte's webhook looks for (flyteplugins, pluginmachinery/utils/secrets and /encoding; read at main of 2026-08, the
// same in 1.16). The webhook finds the value and puts it into the pod, as a variable or as a file; the connector never
// sees it. Flyte 2 sends both in the metadata already, in the same form.
const (
	injectLabel      = "inject-flyte-secrets"
	secretAnnotation = "flyte.secrets/s"
)

// flyteBase32 is no standard alphabet: it ends in 1 to 6.
var flyteBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz123456").WithPadding(base32.NoPadding)

// references returns the label and the annotations of a pod with secrets.
func references(secrets []*core.Secret) (labels, annotations map[string]string, err error) {
	if len(secrets) == 0 {
		return nil, nil, nil
	}
	annotations = map[string]string{}
	for i, secret := range secrets {
		mount, ok := core.Secret_MountType_name[int32(secret.GetMountRequirement())]
		if !ok {
			return nil, nil, fmt.Errorf("template.security_context.secrets[%d].mount_requirement: %d is none; use ANY, ENV_VAR or FILE",
				i, secret.GetMountRequirement())
		}
		annotations[secretAnnotation+strconv.Itoa(i)] = flyteBase32.EncodeToString([]byte(secretText(secret, mount)))
	}
	return map[string]string{injectLabel: "true"}, annotations, nil
}

// secretText is protobuf's text format as Flyte writes it: fields in the order of the message, a line each, defaults left
// out. protobuf's own package for it varies the spaces on purpose, and the same request must always give the same pod.
func secretText(secret *core.Secret, mount string) string {
	var text strings.Builder
	line := func(name, value string) { text.WriteString(name + ": " + value + "\n") }
	quoted := func(name, value string) {
		if value != "" {
			line(name, quote(value))
		}
	}
	quoted("group", secret.GetGroup())
	quoted("group_version", secret.GetGroupVersion())
	quoted("key", secret.GetKey())
	if secret.GetMountRequirement() != core.Secret_ANY {
		line("mount_requirement", mount)
	}
	quoted("env_var", secret.GetEnvVar())
	return text.String()
}

// quote escapes what the text format cannot carry, byte by byte.
func quote(value string) string {
	text := []byte{'"'}
	for _, b := range []byte(value) {
		switch {
		case b == '\n':
			text = append(text, `\n`...)
		case b == '\r':
			text = append(text, `\r`...)
		case b == '\t':
			text = append(text, `\t`...)
		case b == '"' || b == '\\':
			text = append(text, '\\', b)
		case b < 0x20 || b >= 0x7f:
			text = fmt.Appendf(text, `\%03o`, b)
		default:
			text = append(text, b)
		}
	}
	return string(append(text, '"'))
}
