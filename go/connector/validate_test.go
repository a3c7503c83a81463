package flyteconnector

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"example.com/flyteconnector/plugin"
)

func TestWhatCannotWorkIsNamedWithFlagAndValue(t *testing.T) {
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte(strings.Repeat("k", 31)+"\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, options := range map[string]Options{
		`--tls-cert "c" and --tls-key ""`:                      {TLSCert: "c"},
		`--namespaces: "Team_A" is no name of a namespace`:     {Namespaces: []string{"a", "Team_A"}},
		"--keep-finished -1s: a time cannot be negative":       {KeepFinished: -time.Second},
		"--keep-finished 4m59s: at least 5m0s":                 {KeepFinished: 5*time.Minute - time.Second},
		"--default-requests cpu=0: it must be more than 0":     {DefaultRequests: requests("cpu", "0")},
		"--default-requests memory=-1Gi: it must be more":      {DefaultRequests: requests("memory", "-1Gi")},
		`--log-format "xml": it is "text" or "json"`:           {LogFormat: "xml"},
		`--log-level "loud": it is "debug", "info", "warn" or`: {LogLevel: "loud"},
		`--meta-key-previous "p" without --meta-key`:           {MetaKeyPrevious: "p"},
		"--read-outputs: this program links no object store":   {ReadOutputs: true},
		"--meta-key: open /no/such/key":                        {MetaKey: "/no/such/key"},
		"the key has 31 bytes and must have at least 32":       {MetaKey: short},
		`--service-accounts: "a b"`:                            {ServiceAccounts: []string{"a b"}},
		`--allow-host: there is no feature "hostNetwerk"`:      {AllowHost: []string{"hostNetwerk"}},
		"--metrics-listen nowhere":                             {MetricsListen: "nowhere"},
		"--health-listen nowhere":                              {HealthListen: "nowhere"},
		"certificate /no/cert with key /no/key":                {TLSCert: "/no/cert", TLSKey: "/no/key"},
		"no --kubeconfig, and this is no pod with a service":   {Kubeconfig: "-"},
	} {
		options.Listen = "127.0.0.1:0"
		switch options.Kubeconfig {
		case "-":
			options.Kubeconfig = ""
			t.Setenv("KUBERNETES_SERVICE_HOST", "")
		default:
			options.Kubeconfig = "testdata/kubeconfig"
		}
		if err := Run(t.Context(), options, []plugin.Plugin{double{}}...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

func requests(name corev1.ResourceName, amount string) corev1.ResourceList {
	return corev1.ResourceList{name: resource.MustParse(amount)}
}

func TestTheShortestTimeToKeepWhatHasFinished(t *testing.T) {
	for _, kept := range []time.Duration{0, 5 * time.Minute} {
		if err := (Options{KeepFinished: kept}).validate(); err != nil {
			t.Errorf("%s: %v", kept, err)
		}
	}
}

func TestAKeyIsAFileWithoutItsLastNewline(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	want := strings.Repeat("k", 32)
	if err := os.WriteFile(path, []byte(want+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	keys, err := Options{MetaKey: path, MetaKeyPrevious: path}.keys()
	if err != nil || string(keys.Current) != want || string(keys.Previous) != want {
		t.Errorf("got %q and %q, %v", keys.Current, keys.Previous, err)
	}
}

func TestAPodsIdentityThatIsNotWhole(t *testing.T) {
	t.Setenv("KUBERNETES_SERVICE_HOST", "::1")
	t.Setenv("KUBERNETES_SERVICE_PORT", "443")
	folder := t.TempDir()
	if _, err := inCluster(folder); err == nil || !strings.Contains(err.Error(), "token") {
		t.Errorf("want the token missed, got %v", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "token"), []byte("t"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := inCluster(folder); err == nil || !strings.Contains(err.Error(), "ca.crt") {
		t.Errorf("want the authority missed, got %v", err)
	}
}
