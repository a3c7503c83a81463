package spark

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/flyteconnector/plugin"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// at is the text or number at a path of the resource, or nil.
func at(t *testing.T, object *unstructured.Unstructured, path ...string) any {
	t.Helper()
	value, _, err := unstructured.NestedFieldNoCopy(object.Object, path...)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// refuses is what becomes of a task with this sparkConf: by the message's rules, then by this plugin.
func refuses(t *testing.T, conf map[string]any) error {
	t.Helper()
	_, err := decode(plugin.Task{Type: TaskType, Custom: custom(t, map[string]any{"sparkConf": conf})})
	return err
}

func TestEachVoiceBeatsTheOnesBeforeIt(t *testing.T) {
	admin := Plugin{Conf: map[string]string{"spark.a": "admin", "spark.b": "admin", "spark.kubernetes.executor.podNamePrefix": "admin"}}
	app := build(t, admin, task(t, map[string]any{"sparkConf": map[string]any{"spark.b": "user", "spark.c": "user"}}))
	want := map[string]string{
		"spark.a": "admin", "spark.b": "user", "spark.c": "user", "spark.kubernetes.executor.podNamePrefix": "count-delays-4f1c2a",
	}
	for key, value := range want {
		if got := at(t, app, "spec", "sparkConf", key); got != value {
			t.Errorf("%s = %v, want %s", key, got, value)
		}
	}
	if admin.Conf["spark.b"] != "admin" || len(admin.Conf) != 3 {
		t.Errorf("one task has changed the administrator's configuration for all: %v", admin.Conf)
	}
}

// A field of the resource beats sparkConf in the operator, so it must not be there where the user speaks.
func TestResourcesBecomeFieldsWhereSparkConfIsSilent(t *testing.T) {
	all := map[string]any{"cores": int64(2), "coreRequest": "1500m", "memory": "2194m", "memoryOverhead": "878m"}
	cpu := map[string]any{"cores": int64(2), "coreRequest": "1500m"}
	mem := map[string]any{"memory": "2194m", "memoryOverhead": "878m"}
	cases := map[string]struct{ driver, executor map[string]any }{
		"spark.memory.fraction":                 {all, all},
		"spark.driver.memory":                   {cpu, all},
		"spark.driver.memoryOverhead":           {cpu, all},
		"spark.executor.memory":                 {all, cpu},
		"spark.executor.pyspark.memory":         {all, cpu},
		"spark.kubernetes.memoryOverheadFactor": {cpu, cpu},
		"spark.executor.cores":                  {all, mem},
		"spark.driver.cores":                    {mem, all},
		"spark.kubernetes.driver.request.cores": {mem, all},
		"spark.kubernetes.executor.limit.cores": {all, mem},
	}
	for key, c := range cases {
		t.Run(key, func(t *testing.T) {
			app := build(t, Plugin{}, task(t, map[string]any{"sparkConf": map[string]any{key: "1"}}))
			for role, want := range map[string]map[string]any{"driver": c.driver, "executor": c.executor} {
				for field := range all {
					if got := at(t, app, "spec", role, field); got != want[field] {
						t.Errorf("%s.%s = %v, want %v", role, field, got, want[field])
					}
				}
			}
		})
	}
}

func TestResourcesOfAPodBecomeSparks(t *testing.T) {
	list := func(pairs ...string) corev1.ResourceList {
		result := corev1.ResourceList{}
		for i := 0; i < len(pairs); i += 2 {
			result[corev1.ResourceName(pairs[i])] = resource.MustParse(pairs[i+1])
		}
		return result
	}
	cases := map[string]struct {
		requests, limits corev1.ResourceList
		want             resources
		err              string
	}{
		"nothing":                          {nil, nil, resources{}, ""},
		"half a core is one slot":          {list("cpu", "500m"), nil, resources{Cores: 1, CoreRequest: "500m"}, ""},
		"a limit is a request, too":        {nil, list("cpu", "3"), resources{Cores: 3, CoreRequest: "3", CoreLimit: "3"}, ""},
		"a limit above the request":        {list("cpu", "1"), list("cpu", "3"), resources{Cores: 1, CoreRequest: "1", CoreLimit: "3"}, ""},
		"a fifth and more is not heap":     {list("memory", "14Gi"), nil, resources{Memory: "10240m", MemoryOverhead: "4096m"}, ""},
		"the limit is what a pod may use":  {list("memory", "1Gi"), list("memory", "14Gi"), resources{Memory: "10240m", MemoryOverhead: "4096m"}, ""},
		"at least 384 MiB are not heap":    {list("memory", "1Gi"), nil, resources{Memory: "640m", MemoryOverhead: "384m"}, ""},
		"the least that Spark can do with": {list("memory", "896Mi"), nil, resources{Memory: "512m", MemoryOverhead: "384m"}, ""},
		"Flyte's own default is too little": {list("memory", "500Mi"), nil, resources{},
			"memory of the driver = 500Mi: Spark needs at least 896Mi; ask for it with the task's resources, or say spark.driver.memory in sparkConf"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			main := &corev1.Container{Resources: corev1.ResourceRequirements{Requests: c.requests, Limits: c.limits}}
			got, err := resourcesOf(driver, main, nil)
			if err == nil && c.err != "" || err != nil && err.Error() != c.err {
				t.Errorf("error %v, want %q", err, c.err)
			}
			if err == nil && got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// The file has every key that Spark 4.3.0 has for Kubernetes (and a few others), and what this plugin says to it. A key
// that ends in a dot is the beginning of many.
func TestWhatIsRefusedOfAllThatSparkHasForKubernetes(t *testing.T) {
	const golden = "testdata/keys.txt"
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) < 120 {
		t.Fatalf("%s has only %d keys", golden, len(lines))
	}
	for i, line := range lines {
		key := line[strings.Index(line, " ")+1:]
		example := key
		if strings.HasSuffix(key, ".") {
			example += "x"
		}
		verdict := "allowed"
		if refuses(t, map[string]any{example: "x:1"}) != nil {
			verdict = "refused"
		}
		lines[i] = verdict + " " + key
	}
	slices.SortFunc(lines, func(a, b string) int { return cmp.Compare(a[8:], b[8:]) })
	compare(t, golden, strings.Join(lines, "\n")+"\n")
}

func TestDangerousLinesSayWhatTheyWouldReach(t *testing.T) {
	cases := map[string]struct{ key, value, want string }{
		"another namespace":         {"spark.kubernetes.namespace", "kube-system", `sparkConf["spark.kubernetes.namespace"] = "kube-system" is refused: the operator decides where`},
		"the operator's token":      {"spark.kubernetes.authenticate.driver.oauthTokenFile", "/var/run/token", "it reads credentials from the operator's pod"},
		"a token as a keytab":       {"spark.yarn.keytab", "/var/run/token", "it reads credentials"},
		"a token as krb5.conf":      {"spark.kubernetes.kerberos.krb5.path", "/var/run/token", "it reads credentials"},
		"a token as a file":         {"spark.files", "s3://bucket/a, file:///var/run/token", "it names a file of the operator's pod; one in the image is local:///path"},
		"a file without a scheme":   {"spark.submit.pyFiles", "s3://bucket/a.py,/var/run/token", "it names a file of the operator's pod"},
		"in capitals":               {"spark.jars", "FILE:/x.jar", "it names a file of the operator's pod"},
		"a key within a key":        {"spark.kubernetes.namespace=kube-system", "", "has no blank and no ="},
		"a key with a line's end":   {"spark.master\n", "local", "has no blank and no ="},
		"an account":                {"spark.kubernetes.authenticate.driver.serviceAccountName", "admin", "the service account is the task's"},
		"code in the operator":      {"spark.kubernetes.driver.pod.featureSteps", "com.example.Evil", "it loads code into the operator"},
		"a jar in the operator":     {"spark.jars.packages", "com.example:evil:1", "put the jar into the image"},
		"an image":                  {"spark.kubernetes.executor.container.image", "evil:1", "the image is the task's"},
		"the node's files":          {"spark.kubernetes.executor.volumes.hostPath.root.options.path", "/", "it reaches out of the container"},
		"no AppArmor":               {"spark.kubernetes.driver.annotation.container.apparmor.security.beta.kubernetes.io/x", "unconfined", "it reaches out of the container"},
		"a pod template":            {"spark.kubernetes.executor.podTemplateFile", "s3://bucket/pod.yaml", "driverPod and executorPod"},
		"a busy operator":           {"spark.kubernetes.submission.waitAppCompletion", "true", "it makes the operator send files, or wait"},
		"another pod's name":        {"spark.kubernetes.driver.pod.name", "other", "found by the names"},
		"the operator's label":      {"spark.kubernetes.executor.label.sparkoperator.k8s.io/app-name", "other", "find their pods by it"},
		"another task's identity":   {"spark.kubernetes.driverEnv.FLYTE_INTERNAL_EXECUTION_ID", "f2", "it says who the task is"},
		"no pod of this plugin":     {"spark.executorEnv.LARKSPUR_SPARK", "", "it says who the task is"},
		"two numbers for one thing": {"spark.executor.instances", "3", "the field executors says how many there are"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := refuses(t, map[string]any{"spark.a": "1", c.key: c.value})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), fmt.Sprintf("sparkConf[%q]", c.key)) {
				t.Errorf("error %v\nwant one with %q and %q", err, c.key, c.want)
			}
		})
	}
}

func TestHarmlessLinesPass(t *testing.T) {
	harmless := map[string]any{
		"spark.jars": "local:///opt/a.jar,s3a://bucket/b.jar", "spark.executorEnv.OMP_NUM_THREADS": "1", "spark.mastery": "1",
		"spark.kubernetes.executor.volumes.persistentVolumeClaim.scratch.options.claimName": "OnDemand",
		"spark.kubernetes.driver.label.team":                                                "flights", "spark.kubernetes.container.image.pullPolicy": "Always",
	}
	if err := refuses(t, harmless); err != nil {
		t.Error(err)
	}
}
