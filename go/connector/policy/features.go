// Which fields reach out of the container?

package policy

import (
	"slices"
	"strings"
)

// features are the keys that Kubernetes' Pod Security Standards restrict in "baseline" (as of Kubernetes 1.34), with what
// makes a value of theirs one that reaches out of the container; and allowPrivilegeEscalation, which only "restricted" does.
// https://kubernetes.io/docs/concepts/security/pod-security-standards/
var features = map[string]func(value any) bool{
	"hostNetwork":              isTrue,
	"hostPID":                  isTrue,
	"hostIPC":                  isTrue,
	"hostProcess":              isTrue, // of Windows
	"hostPath":                 isThere,
	"hostPort":                 isThere,
	"privileged":               isTrue,
	"allowPrivilegeEscalation": isTrue,
	"capabilities":             func(value any) bool { return hasOther(of(value, "add"), ordinaryCapabilities) },
	"procMount":                func(value any) bool { return isThere(value) && value != "Default" },
	"seccompProfile":           unconfined,
	"appArmorProfile":          unconfined, // and the annotations before there was a field; see walker.annotation
	"seLinuxOptions":           otherSELinux,
	"sysctls":                  unsafeSysctls,
	"httpGet":                  hasHost, // of a probe or a lifecycle hook: the kubelet would call for the pod
	"tcpSocket":                hasHost,
}

// What "baseline" lets through.
var (
	ordinaryCapabilities = strings.Fields("AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP " +
		"SETGID SETPCAP SETUID SYS_CHROOT")
	safeSysctls = strings.Fields("kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_unprivileged_port_start " +
		"net.ipv4.tcp_syncookies net.ipv4.ping_group_range net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time " +
		"net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem net.ipv4.tcp_wmem")
	containerTypes = strings.Fields("container_t container_init_t container_kvm_t container_engine_t")
)

func isTrue(value any) bool { return value == true }

func unconfined(value any) bool {
	kind := of(value, "type")
	return isThere(kind) && kind != "RuntimeDefault" && kind != "Localhost"
}

func otherSELinux(value any) bool {
	fields, isMap := value.(map[string]any)
	kind := fields["type"]
	return !isMap && isThere(value) || isThere(fields["user"]) || isThere(fields["role"]) || isThere(kind) && !isOneOf(kind, containerTypes)
}

func unsafeSysctls(value any) bool {
	list, isList := value.([]any)
	unsafe := func(item any) bool { return !isOneOf(of(item, "name"), safeSysctls) }
	return !isList && isThere(value) || slices.ContainsFunc(list, unsafe)
}

func hasHost(value any) bool { return isThere(of(value, "host")) }

// hasOther says that a list has an item that is not known, or is no list.
func hasOther(value any, known []string) bool {
	list, isList := plain(value).([]any)
	return !isList && isThere(value) || slices.ContainsFunc(list, func(item any) bool { return !isOneOf(item, known) })
}

func isOneOf(value any, known []string) bool {
	text, isText := value.(string)
	return isText && slices.Contains(known, text)
}

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
	return plain(fields[key])
}
