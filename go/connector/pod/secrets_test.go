package pod

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"example.com/flyteconnector/gen/flyteidl/core"
)

// The first two texts are in the tests of Flyte's own encoder (flyteplugins, secrets/marshaler_test.go). The others were
// derived without this code: Python's base64.b32encode of the text format, in lower case, without "=", and 2 to 7 written
// as 1 to 6, which reproduces the first two.
func TestSecretsAreNamedAsFlyteNamesThem(t *testing.T) {
	cases := map[string]struct {
		secret *core.Secret
		want   string
	}{
		"a key alone":      {&core.Secret{Key: "my_key"}, "nnsxsoraejwxsx2lmv3secq"},
		"odd characters":   {&core.Secret{Group: `;':/\`}, "m4zg54lqhiqceozhhixvyxbcbi"},
		"no plain letters": {&core.Secret{Key: "ö\n\x7f"}, "nnsxsoraejodgmbtlqzdmns3nzodcnzxeifa"}, // bytes in octal
		"a group":          {&core.Secret{Group: "g", Key: "k"}, "m4zg54lqhiqcezzcbjvwk5j1eargwiqk"},
		"as a variable":    {&core.Secret{Group: "g", Key: "k", MountRequirement: core.Secret_ENV_VAR}, "m4zg54lqhiqcezzcbjvwk5j1eargwiqknvxxk2tul4zgk3lvnfzgk2lfnz1duicfjzlf5vsbkifa"},
		"all there can be": {&core.Secret{Group: "g", GroupVersion: "v1", Key: "k", MountRequirement: core.Secret_FILE, EnvVar: "TOKEN"}, "m4zg54lqhiqcezzcbjtxe22vobpxmzlsonuw52r1earhmmjcbjvwk5j1eargwiqknvxxk2tul4zgk3lvnfzgk2lfnz1duicgjfgekctfnz2f54tboi4caisuj4fuktrcbi"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			labels, annotations, err := references([]*core.Secret{c.secret})
			if err != nil || labels["inject-flyte-secrets"] != "true" || annotations["flyte.secrets/s0"] != c.want {
				t.Errorf("got %v, %v, %v; want %s", labels, annotations, err, c.want)
			}
		})
	}
}

func TestFlyteReadsBackWhichSecretIsMeant(t *testing.T) {
	for _, want := range []*core.Secret{
		{Group: "größe\n\t\r\"'\\\x01\x7f", Key: "日本", MountRequirement: core.Secret_FILE, EnvVar: "A"}, {},
	} {
		_, annotations, err := references([]*core.Secret{{}, want})
		if err != nil {
			t.Fatal(err)
		}
		text, err := flyteBase32.DecodeString(annotations["flyte.secrets/s1"])
		got := &core.Secret{}
		if err != nil || prototext.Unmarshal(text, got) != nil || !proto.Equal(got, want) {
			t.Errorf("want %v, got %v of %q (%v)", want, got, text, err)
		}
	}
}

func TestSecretsReachTheResourceAndEveryKindOfPod(t *testing.T) {
	requests := real(t)
	withSecret := requests["secret_request_and_interruptible_no_resources"]
	pod := requests["k8s_pod_target_pod_template"]
	pod.Template.SecurityContext = withSecret.Template.SecurityContext
	for _, request := range []string{"secret_request_and_interruptible_no_resources", "k8s_pod_target_pod_template"} {
		task, _ := finish(t, requests[request])
		for where, has := range map[string]map[string]string{"resource": task.Annotations, "pod": task.Pod.Annotations} {
			if has["flyte.secrets/s0"] != "m4zg54lqhiqcezzcbjvwk5j1eargwiqk" {
				t.Errorf("%s, %s: want the secret named, got %v", request, where, has)
			}
		}
		if task.Labels[injectLabel] != "true" || task.Pod.Labels[injectLabel] != "true" {
			t.Errorf("%s: want the label that Flyte's webhook selects by, got %v and %v", request, task.Labels, task.Pod.Labels)
		}
	}
	without, _ := finish(t, requests["container_target"])
	if _, there := without.Pod.Labels[injectLabel]; there {
		t.Errorf("want no label without secrets, got %v", without.Pod.Labels)
	}
}

func TestAnUnknownWayToMountASecret(t *testing.T) {
	_, _, err := references([]*core.Secret{{}, {Key: "k", MountRequirement: 9}})
	if err == nil || !strings.Contains(err.Error(), "secrets[1].mount_requirement: 9") {
		t.Errorf("got %v", err)
	}
}
