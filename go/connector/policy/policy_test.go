package policy

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

func object(t *testing.T, manifest string) *unstructured.Unstructured {
	t.Helper()
	result := &unstructured.Unstructured{}
	if err := yaml.UnmarshalStrict([]byte(manifest), &result.Object); err != nil {
		t.Fatal(err)
	}
	return result
}

// application has what reaches out of the container where an operator's resource has it: in the middle of its own fields,
// in whole pod templates, in lists and in lists of lists.
const application = `
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: a, labels: {image: evil, serviceAccount: root}, annotations: {hostPath: /}}
spec:
  image: ghcr.io/acme/spark:3
  sparkConf: {spark.kubernetes.driver.podTemplateFile: "hostNetwork: true"}
  driver:
    serviceAccount: spark
    hostNetwork: true
    env: [{name: hostNetwork, value: "true"}, {name: image, value: x}]
    template:
      spec:
        hostPID: false
        nodeSelector: {image: big}
        containers:
        - name: a
          image: ghcr.io/acme/spark:3
          securityContext: {privileged: true, allowPrivilegeEscalation: false}
          ports: [{containerPort: 1}, {containerPort: 2, hostPort: 2}]
        initContainers:
        - securityContext: {allowPrivilegeEscalation: true, capabilities: {add: [SYS_ADMIN], drop: [ALL]}, procMount: Default}
  executor:
    template: {spec: {volumes: [{name: tmp, emptyDir: {}}, {name: root, hostPath: {path: /}}]}}
  groups: [[{}, {hostIPC: true}]]
status: {hostNetwork: true}
`

func TestHostFeaturesAreFoundWhereverTheyAre(t *testing.T) {
	want := []string{
		"spec.driver.hostNetwork: true reaches out of the container, which this connector does not allow (--allow-host hostNetwork would)",
		"spec.driver.template.spec.containers[0].ports[1].hostPort: 2 reaches out",
		"spec.driver.template.spec.containers[0].securityContext.privileged: true reaches out",
		"spec.driver.template.spec.initContainers[0].securityContext.allowPrivilegeEscalation: true reaches out",
		`spec.driver.template.spec.initContainers[0].securityContext.capabilities: {"add":["SYS_ADMIN"],"drop":["ALL"]} reaches out`,
		`spec.executor.template.spec.volumes[1].hostPath: {"path":"/"} reaches out`,
		"spec.groups[0][1].hostIPC: true reaches out",
	}
	got := strings.Split(Policy{}.Check(object(t, application)).Error(), "\n")
	if len(got) != len(want) {
		t.Errorf("want %d problems, got %d", len(want), len(got))
	}
	for i := range min(len(want), len(got)) {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got  %s\nwant %s", got[i], want[i])
		}
	}
}

func TestOnlyWhatIsAllowedIsLetThrough(t *testing.T) {
	allowed := Policy{HostFeatures: []string{"hostNetwork", "hostPort", "privileged", "allowPrivilegeEscalation", "capabilities", "hostPath"}}
	err := allowed.Check(object(t, application))
	if err == nil || err.Error() != "spec.groups[0][1].hostIPC: true reaches out of the container, which this connector does "+
		"not allow (--allow-host hostIPC would)" {
		t.Errorf("got %v", err)
	}
	allowed.HostFeatures = append(allowed.HostFeatures, "hostIPC")
	if err := allowed.Check(object(t, application)); err != nil {
		t.Errorf("want everything allowed, got %v", err)
	}
}

func TestWhichValuesReachOut(t *testing.T) {
	cases := map[string]bool{ // manifest: refused
		"hostNetwork: false": false, "hostNetwork: true": true, "hostPID: true": true, "hostIPC: true": true,
		"windowsOptions: {hostProcess: true}": true, "hostPath: {path: /}": true, "hostPath: /var": true, "hostPath: null": false,
		"hostPath: {}": false, "hostPort: 0": false, "hostPort: 80": true, "privileged: true": true, "privileged: false": false,
		"allowPrivilegeEscalation: true": true, "capabilities: {drop: [ALL]}": false, "capabilities: {add: []}": false,
		"capabilities: {add: [NET_ADMIN]}": true, "procMount: Default": false, "procMount: Unmasked": true,
		"seccompProfile: {type: RuntimeDefault}": false, "seccompProfile: {type: Unconfined}": true,
		"capabilities: {add: [NET_BIND_SERVICE, CHOWN]}": false, "capabilities: {add: [CHOWN, SYS_PTRACE]}": true, "capabilities: {add: ALL}": true,
		"appArmorProfile: {type: Complain}": true, "appArmorProfile: {type: Localhost, localhostProfile: a}": false, "appArmorProfile: {}": false,
		"seLinuxOptions: {type: container_t, level: 's0:c1'}": false, "seLinuxOptions: {type: spc_t}": true, "seLinuxOptions: {role: r}": true,
		"sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: '0'}]": false, "sysctls: [{name: kernel.msgmax, value: '1'}]": true,
		"livenessProbe: {httpGet: {port: 80}}": false, "livenessProbe: {httpGet: {port: 80, host: 169.254.169.254}}": true,
		"postStart: {tcpSocket: {port: 80, host: ''}}": false, "postStart: {tcpSocket: {port: 80, host: 10.0.0.1}}": true,
		"annotations: {container.apparmor.security.beta.kubernetes.io/main: unconfined}":      true,
		"annotations: {container.apparmor.security.beta.kubernetes.io/main: runtime/default}": false,
		"annotations: {container.apparmor.security.beta.kubernetes.io/main: localhost/mine}":  false,
		"appArmorProfile: {type: Unconfined}":                                                 true, "appArmorProfile: {type: RuntimeDefault}": false,
		"seLinuxOptions: {user: root}": true, "seLinuxOptions: {}": false, "sysctls: []": false,
		"sysctls: [{name: kernel.shm_rmid_forced, value: '1'}]": false, "sysctls: {kernel.msgmax: '1'}": true, "hostname: x": false, "hostAliases: [{ip: 127.0.0.1}]": false,
	}
	for manifest, refused := range cases {
		err := Policy{}.Check(object(t, manifest))
		if (err != nil) != refused {
			t.Errorf("%s: refused %v, want %v", manifest, err, refused)
		}
	}
}

func TestServiceAccounts(t *testing.T) {
	p := Policy{ServiceAccounts: []string{"spark", "team-*"}}
	cases := map[string]string{ // manifest: the refusal's beginning
		"spec: {serviceAccountName: spark}":             "",
		"spec: {serviceAccount: team-a}":                "",
		"spec: {serviceAccountName: ''}":                "",
		"spec: {}":                                      "",
		"spec: {driver: {serviceAccount: root}}":        `spec.driver.serviceAccount: service account "root" is not one of those that this connector allows (--service-accounts spark,team-*)`,
		"spec: {serviceAccountName: Spark}":             `spec.serviceAccountName: service account "Spark"`,
		"spec: {a: [{serviceAccountName: xteam-a}]}":    `spec.a[0].serviceAccountName: service account "xteam-a"`,
		"spec: {odd.key: {serviceAccountName: sparks}}": `spec["odd.key"].serviceAccountName`,
	}
	for manifest, want := range cases {
		err := p.Check(object(t, manifest))
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", manifest, err, want)
		}
		if err := (Policy{}).Check(object(t, manifest)); err != nil {
			t.Errorf("%s: an empty list allows all, got %v", manifest, err)
		}
	}
}

func TestImagesOfContainersAndVolumes(t *testing.T) {
	p := Policy{Images: []string{"ghcr.io/acme/*"}}
	good := "spec: {image: ghcr.io/acme/a:1, containers: [{image: ghcr.io/acme/b}], volumes: [{image: {reference: ghcr.io/acme/c}}]}"
	if err := p.Check(object(t, good)); err != nil {
		t.Errorf("got %v", err)
	}
	for manifest, want := range map[string]string{
		"spec: {executor: {image: evil/x:1}}":              `spec.executor.image: image "evil/x:1" is not one of those that this connector allows (--images ghcr.io/acme/*)`,
		"spec: {volumes: [{image: {reference: evil/x}}]}":  `spec.volumes[0].image.reference: image "evil/x"`,
		"spec: {ephemeralContainers: [{image: busybox}]}":  `spec.ephemeralContainers[0].image: image "busybox"`,
		"spec: {a: {labels: [{image: evil}]}}":             `spec.a.labels[0].image`, // a list is no map of labels
		"spec: {template: {metadata: {image: evil/evil}}}": `spec.template.metadata.image`,
	} {
		if err := p.Check(object(t, manifest)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", manifest, err, want)
		}
	}
}

// A plugin that builds its object by hand may put Go's own types into it; on the wire they are the same.
func TestGosOwnTypesHideNothing(t *testing.T) {
	type security struct {
		Privileged bool `json:"privileged"`
	}
	spec := map[string]any{
		"pods": []map[string]any{{"hostPort": 80}}, "names": map[string]string{"serviceAccount": "root"}, "security": security{true},
		"capabilities": map[string][]string{"add": {"SYS_ADMIN"}},
	}
	err := Policy{ServiceAccounts: []string{"spark"}}.Check(&unstructured.Unstructured{Object: map[string]any{"spec": spec}})
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("want four problems, got %v", err)
	}
}

func TestAConfigurationThatCannotMeanWhatItSays(t *testing.T) {
	cases := map[string]struct {
		policy Policy
		want   string
	}{
		"an unknown feature":     {Policy{HostFeatures: []string{"hostpath"}}, `--allow-host: there is no feature "hostpath", only allowPrivilegeEscalation, appArmorProfile,`},
		"an empty account":       {Policy{ServiceAccounts: []string{""}}, `--service-accounts: "" is no service account's name`},
		"an account's full name": {Policy{ServiceAccounts: []string{"system:serviceaccount:a:b"}}, "--service-accounts"},
		"no image":               {Policy{Images: []string{""}}, `--images: "" is no image`},
		"two images in one":      {Policy{Images: []string{"a,b"}}, `--images: "a,b" is no image`},
		"every image":            {Policy{Images: []string{"*"}}, "leave the list empty"},
		"a folder":               {Policy{Images: []string{"ghcr.io/acme/"}}, `write "ghcr.io/acme/**"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if err := c.policy.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := New([]string{"spark", "*"}, []string{"ghcr.io/acme/**", "python:3.12"}, Features()); err != nil {
		t.Errorf("got %v", err)
	}
	if _, err := New([]string{"a b"}, []string{""}, []string{"x"}); err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("want every mistake named, got %v", err)
	}
}
