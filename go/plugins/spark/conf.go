// %% Configuration: whose word counts?
//
// Four voices speak: the administrator, the task's own resources, the user's ``sparkConf``, and this plugin about what it
// answers for. Each beats the ones before it.
//
// The operator has an order of its own, and one has to know it: it turns the resource into the command line of
// spark-submit, where the last of two equal ``--conf`` wins, and fields such as ``driver.memory`` come after ``sparkConf``.

package spark

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"example.com/flyteconnector/plugin"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// %% Administrator, user, plugin
//
// The plugin answers for the executors' names: their logs get links before they exist. "-exec-" and five digits fit into a
// name of 63 characters even after the longest name that a connector gives.

func (p Plugin) conf(task plugin.Task, user map[string]string) map[string]string {
	result := map[string]string{}
	maps.Copy(result, p.Conf)
	maps.Copy(result, user)
	result["spark.kubernetes.executor.podNamePrefix"] = task.Name
	return result
}

// %% The task's own resources
//
// They become fields, so they beat the administrator's lines; and only where the user's ``sparkConf`` is silent, since they
// would beat that, too. CPU and memory are decided apart: who speaks Spark about the one may leave the other to Flyte.

type resources struct {
	Cores          int64  `json:"cores,omitempty"`
	CoreRequest    string `json:"coreRequest,omitempty"`
	CoreLimit      string `json:"coreLimit,omitempty"`
	Memory         string `json:"memory,omitempty"`
	MemoryOverhead string `json:"memoryOverhead,omitempty"`
}

const (
	cores  = `(kubernetes\.)?ROLE\.(request\.|limit\.)?cores$`
	memory = `ROLE\.(pyspark\.)?memory|kubernetes\.memoryOverheadFactor$`
)

// resourcesOf takes CPU and memory out of the container, because Spark writes them there itself. GPUs stay.
func resourcesOf(r role, main *corev1.Container, user map[string]string) (result resources, err error) {
	request, limit := main.Resources.Requests, main.Resources.Limits
	if cpu := or(request.Cpu(), limit.Cpu()); !cpu.IsZero() && r.silent(user, cores) {
		result.Cores, result.CoreRequest = cpu.Value(), cpu.String() // Value rounds up: half a core is one slot
		if most := limit.Cpu(); !most.IsZero() {
			result.CoreLimit = most.String()
		}
	}
	if total := or(limit.Memory(), request.Memory()); !total.IsZero() && r.silent(user, memory) {
		result.Memory, result.MemoryOverhead, err = split(r, total)
	}
	for _, list := range []corev1.ResourceList{request, limit} {
		delete(list, corev1.ResourceCPU)
		delete(list, corev1.ResourceMemory)
	}
	return result, err
}

func or(a, b *resource.Quantity) *resource.Quantity {
	if a.IsZero() {
		return b
	}
	return a
}

// silent tells that the configuration has no word about the role's cores, or memory.
func (r role) silent(conf map[string]string, about string) bool {
	pattern := regexp.MustCompile(`^spark\.(` + strings.ReplaceAll(about, "ROLE", r.name) + `)`)
	return !slices.ContainsFunc(slices.Collect(maps.Keys(conf)), pattern.MatchString)
}

// %% One number becomes two
//
// A Flyte user's memory is the pod's. Spark divides it: the JVM's heap, and the rest, where Python lives. Spark's own share
// for Python is kept (the rest is 0.4 of the heap, and 384 MiB at least), so that the sum is what the task says. With a heap
// of less than 450 MiB Spark does not start, and a little of ``-Xmx`` never arrives there.

func split(r role, total *resource.Quantity) (heap, rest string, err error) {
	const leastRest, leastHeap = 384, 512
	mebibytes := total.Value() >> 20
	overhead := max(leastRest, mebibytes-mebibytes*10/14)
	if mebibytes-overhead < leastHeap {
		return "", "", fmt.Errorf("memory of the %s = %s: Spark needs at least %dMi; ask for it with the task's resources, or "+
			"say spark.%s.memory in sparkConf", r.name, total.String(), leastHeap+leastRest, r.name)
	}
	return fmt.Sprintf("%dm", mebibytes-overhead), fmt.Sprintf("%dm", overhead), nil
}

// %% What nobody may say
//
// spark-submit runs in the operator's pod, with the operator's rights, and ``sparkConf`` is its command line. So some keys
// reach much farther than the task: they read the operator's files, load code into it, choose another namespace, or go
// around the connector's policy. (Read in Spark 4.3.0 and operator 2.5.2. A test has all of Spark's keys for Kubernetes.)
//
// That a key begins with "spark." and has no "=" in it is a rule of the message: with one it would be another key by the
// time that Spark reads the command line.

var refused = []struct {
	keys, values *regexp.Regexp
	why          string
}{
	{key(`master|submit\.deployMode|kubernetes\.(context|namespace|submitInDriver|driver\.master|trust\.certificates)`), always,
		"the operator decides where and how the application is started"},
	{key(`kubernetes\.authenticate.*|(kubernetes\.)?kerberos\..*|yarn\..*`), always,
		"it reads credentials from the operator's pod, or chooses others; the service account is the task's"},
	{key(`kubernetes\.(driver\.(pod\.name|resourceNamePrefix)|executor\.podNamePrefix)`), always,
		"pods, logs and links are found by the names that the connector gives"},
	{key(`kubernetes\.(driver|executor)\.podTemplate.*`), always, "driverPod and executorPod are the pod templates"},
	{key(`kubernetes\.((driver|executor)\.)?container\.image`), always, "the image is the task's, or a pod template's"},
	{key(`kubernetes\..*(volumes\.hostPath\..*|\.allowPrivilegeEscalation|\.annotation\.container\.apparmor\..*)`), always,
		"it reaches out of the container; in a pod template the connector's --allow-host decides about it"},
	{key(`kubernetes\.(driver|executor)\.(label|annotation)\.(sparkoperator\.k8s\.io|flyteconnector\.example\.com)/.*`), always,
		"the operator and the connector find their pods by it"},
	{key(`(kubernetes\.driverEnv|executorEnv)\.(FLYTE|LARKSPUR)_.*`), always, "it says who the task is"},
	{key(`kubernetes\.(driver|executor)\.pod\.\w*[fF]eatureSteps|jars\.(packages|excludes|repositories|ivy.*)`), always,
		"it loads code into the operator; put the jar into the image and name it in spark.jars, as local:///path"},
	{key(`kubernetes\.(file\.upload\.path|submission\..*)`), always, "it makes the operator send files, or wait"},
	{key(`files|jars|archives|submit\.pyFiles`), regexp.MustCompile(`(?i)(^|,)\s*(file:|[^:,]*(,|$))`),
		"it names a file of the operator's pod; one in the image is local:///path"},
}

var always = regexp.MustCompile("")

func key(pattern string) *regexp.Regexp { return regexp.MustCompile(`^spark\.(` + pattern + `)$`) }

func checkConf(conf map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(conf)) {
		for _, rule := range refused {
			if rule.keys.MatchString(key) && rule.values.MatchString(conf[key]) {
				return fmt.Errorf("sparkConf[%q] = %q is refused: %s", key, conf[key], rule.why)
			}
		}
	}
	return nil
}
