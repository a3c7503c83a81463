//go:build apitest

package deploy

import (
	"fmt"
	"slices"
	"testing"

	"example.com/flyteconnector/policy"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// feature is a line of YAML in a pod or in one of its containers, and whether it reaches out of the container.
type feature struct {
	name, container, pod string
	harmless             bool
	// notOfJobs: in a Job the API server's own rules come first, and have words of their own.
	notOfJobs bool
}

var features = []feature{
	{name: "hostNetwork", pod: "hostNetwork: true"},
	{name: "hostNetwork", pod: "hostNetwork: false", harmless: true},
	{name: "hostPID", pod: "hostPID: true"},
	{name: "hostIPC", pod: "hostIPC: true"},
	{name: "hostPath", pod: "volumes: [{name: root, hostPath: {path: /}}]"},
	{name: "hostPath", pod: "volumes: [{name: tmp, emptyDir: {}}, {name: token, projected: {sources: []}}]", harmless: true},
	{name: "hostPort", container: "ports: [{containerPort: 80, hostPort: 80}]"},
	{name: "hostPort", container: "ports: [{containerPort: 80}]", harmless: true},
	{name: "privileged", container: "securityContext: {privileged: true}"},
	{name: "privileged", container: "securityContext: {privileged: false, allowPrivilegeEscalation: false}", harmless: true},
	{name: "allowPrivilegeEscalation", container: "securityContext: {allowPrivilegeEscalation: true}"},
	{name: "hostProcess", container: "securityContext: {windowsOptions: {hostProcess: true}}", notOfJobs: true},
	{name: "hostProcess", pod: "securityContext: {windowsOptions: {hostProcess: true}}", notOfJobs: true},
	{name: "capabilities", container: "securityContext: {capabilities: {add: [SYS_ADMIN]}}"},
	{name: "capabilities", container: "securityContext: {capabilities: {add: [CHOWN], drop: [ALL]}}", harmless: true},
	{name: "procMount", container: "securityContext: {procMount: Unmasked}", pod: "hostUsers: false"},
	{name: "procMount", container: "securityContext: {procMount: Default}", harmless: true},
	{name: "seccompProfile", container: "securityContext: {seccompProfile: {type: Unconfined}}"},
	{name: "seccompProfile", pod: "securityContext: {seccompProfile: {type: Unconfined}}"},
	{name: "seccompProfile", pod: "securityContext: {seccompProfile: {type: RuntimeDefault}}", harmless: true},
	{name: "appArmorProfile", container: "securityContext: {appArmorProfile: {type: Unconfined}}"},
	{name: "appArmorProfile", pod: "securityContext: {appArmorProfile: {type: Unconfined}}"},
	{name: "seLinuxOptions", container: "securityContext: {seLinuxOptions: {type: spc_t}}"},
	{name: "seLinuxOptions", pod: "securityContext: {seLinuxOptions: {user: root}}"},
	{name: "seLinuxOptions", pod: "securityContext: {seLinuxOptions: {role: r}}"},
	{name: "seLinuxOptions", pod: "securityContext: {seLinuxOptions: {type: container_t, level: 's0:c1'}}", harmless: true},
	{name: "sysctls", pod: "securityContext: {sysctls: [{name: kernel.msgmax, value: '1'}]}"},
	{name: "sysctls", pod: "securityContext: {sysctls: [{name: net.ipv4.tcp_syncookies, value: '1'}]}", harmless: true},
	{name: "httpGet", container: "startupProbe: {httpGet: {port: 80, host: 169.254.169.254}}", notOfJobs: true},
	{name: "httpGet", container: "lifecycle: {postStart: {httpGet: {port: 80, host: 10.0.0.1}}}", notOfJobs: true},
	{name: "httpGet", container: "lifecycle: {preStop: {httpGet: {port: 80, host: 10.0.0.1}}}", notOfJobs: true},
	{name: "httpGet", container: "readinessProbe: {httpGet: {port: 80, host: 10.0.0.1}}", notOfJobs: true},
	{name: "httpGet", container: "lifecycle: {preStop: {httpGet: {port: 80, path: /bye}}}", harmless: true, notOfJobs: true},
	{name: "tcpSocket", container: "livenessProbe: {tcpSocket: {port: 80, host: 10.0.0.1}}", notOfJobs: true},
	{name: "tcpSocket", container: "readinessProbe: {tcpSocket: {port: 80}}", harmless: true, notOfJobs: true},
}

// with is the object with the feature in one of its templates, in one of the lists of containers.
func (f feature) with(t *testing.T, object *unstructured.Unstructured, template []string, list string) *unstructured.Unstructured {
	t.Helper()
	changed := object.DeepCopy()
	pod := within(t, changed, append(slices.Clone(template), "spec"))
	container := map[string]any{"name": "other", "image": "x"}
	for text, target := range map[string]map[string]any{f.pod: pod, f.container: container} {
		fields := map[string]any{}
		if err := yaml.Unmarshal([]byte(text), &fields); err != nil {
			t.Fatal(err)
		}
		for key, value := range fields {
			target[key] = wholeNumbers(value)
		}
	}
	others, _ := pod[list].([]any)
	pod[list] = append(others, container)
	return changed
}

// wholeNumbers makes of JSON's numbers those that unstructured objects may have.
func wholeNumbers(value any) any {
	switch value := value.(type) {
	case float64:
		return int64(value)
	case []any:
		for i := range value {
			value[i] = wholeNumbers(value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = wholeNumbers(value[key])
		}
	}
	return value
}

// The connector and the API server have to be of one mind, wherever an object has its pods.
func TestThePolicyRefusesTheFeaturesThatTheConnectorRefuses(t *testing.T) {
	client := guarded(t)
	var seen []string
	for _, f := range features {
		if !f.harmless {
			seen = append(seen, f.name)
		}
		for _, p := range plugins {
			object := built(t, p, nil)
			for _, template := range p.templates {
				for _, list := range []string{"containers", "initContainers"} {
					changed := f.with(t, object, template, list)
					where := fmt.Sprintf("%s%s in %s, %s", f.pod, f.container, template, list)
					if ours := (policy.Policy{}).Check(changed); (ours == nil) != f.harmless {
						t.Errorf("%s: the connector says %v", where, ours)
					}
					if f.notOfJobs && object.GetKind() == "Job" {
						continue
					}
					err := create(t, kind(client, changed), changed)
					if f.harmless && err != nil || !f.harmless && !refused(err, f.name) {
						t.Errorf("%s: the API server says %v", where, err)
					}
				}
			}
		}
	}
	for _, name := range policy.Features() {
		if !slices.Contains(seen, name) {
			t.Errorf("the connector refuses %s, and nobody has asked the API server about it", name)
		}
	}
}
