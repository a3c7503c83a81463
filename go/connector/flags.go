// Which flags does a connector have?

package flyteconnector

import (
	"flag"
	"fmt"
	"regexp"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/policy"
	"example.com/flyteconnector/serve"
)

// group is a section of --help.
type group struct {
	title string
	flags *flag.FlagSet
}

// Flags defines the command line, and how --help shows it. The result is filled when the flags are parsed. A program may
// define more flags of its own.
func Flags(flags *flag.FlagSet) *Options {
	o := &Options{Env: map[string]string{}, DefaultRequests: corev1.ResourceList{}}
	groups := []group{
		{"Serving Flyte", section(o.servingFlags)},
		{"The cluster", section(o.clusterFlags)},
		{"What tasks may do", section(o.taskFlags)},
		{"How tasks end", section(o.endFlags)},
		{"Watching the connector", section(o.watchingFlags)},
	}
	for _, g := range groups {
		g.flags.VisitAll(func(f *flag.Flag) { flags.Var(f.Value, f.Name, f.Usage) })
	}
	flags.Usage = func() { usage(flags, groups) }
	return o
}

func section(define func(*flag.FlagSet)) *flag.FlagSet {
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	define(flags)
	return flags
}

func (o *Options) servingFlags(flags *flag.FlagSet) {
	flags.StringVar(&o.Listen, "listen", ":8000", "`host:port` to serve gRPC on; port 0 takes a free one")
	flags.StringVar(&o.Name, "name", defaultName, "`name` by which the connector calls itself to Flyte")
	flags.StringVar(&o.AddressFile, "address-file", "", "`file` that gets the real host:port once the connector is ready")
	flags.StringVar(&o.TLSCert, "tls-cert", "", "PEM `file` with the certificate, and those between it and its authority; "+
		"turns TLS on (1.2 or newer) and needs --tls-key. Flyte (`insecure: false`) trusts the certificate authorities of its "+
		"own system only, so the certificate must come from one of them, or Flyte's engine must be given yours (SSL_CERT_DIR); it must name the "+
		"host of Flyte's `endpoint`. Flyte sends no certificate of its own: TLS does not tell who calls. The files are read "+
		"again for each new connection, so a renewed Secret needs no restart")
	flags.StringVar(&o.TLSKey, "tls-key", "", "PEM `file` with the key of --tls-cert")
	flags.StringVar(&o.HealthListen, "health-listen", "", "`host:port` of a second server, without TLS, that answers for health "+
		"alone, because Kubernetes' probes speak no TLS. Health is always served on --listen, too. Ask for the service "+
		"\"liveness\" in a liveness probe, for \"\" in a readiness probe")
	flags.DurationVar(&o.Deadline, "deadline", core.DefaultDeadline, "longest `time` for one call, retries towards Kubernetes "+
		"included; keep it below Flyte's own timeout (10s by default), or late answers cost users their retries")
	flags.DurationVar(&o.MinPing, "min-ping", serve.DefaultMinPing, "shortest `time` between two keepalive pings of a client; whoever "+
		"pings more often is disconnected. Flyte 2 pings every 30s during a call")
	flags.DurationVar(&o.DrainDelay, "drain-delay", 0, "`time` between the signal to stop, when health turns to NOT_SERVING, and "+
		"the refusal of new connections. Behind a Kubernetes Service take 5s: the cluster needs a moment to stop sending "+
		"callers here. After it, calls that run have 15s to end, or --deadline and a little more where that is longer: give the "+
		"pod a terminationGracePeriodSeconds that is longer than both together")
}

func (o *Options) clusterFlags(flags *flag.FlagSet) {
	flags.StringVar(&o.Kubeconfig, "kubeconfig", "", "kubeconfig `file`; default: the service account of the connector's own pod")
	flags.Func("namespaces", "`names` of the namespaces that tasks may run in, with commas between them; the connector's account "+
		"needs its rights in each. Tasks that run in a namespace that is left out later can be neither read nor ended, so leave "+
		"none out before its tasks are over. Default: all, which needs a ClusterRoleBinding", list(&o.Namespaces))
	flags.BoolVar(&o.Events, "events", false, "show the cluster's warning (Pod Security, quota, an admission webhook) as the reason "+
		"of a task whose resource has no pods yet; the account then needs list and watch on events")
}

func (o *Options) taskFlags(flags *flag.FlagSet) {
	flags.Func("service-accounts", "`patterns` of the service accounts that tasks may run as, with commas between them; * stands for "+
		"any characters. They are read from fields called serviceAccount or serviceAccountName, wherever a resource has them; "+
		"what an operator calls otherwise, such as a line of sparkConf, the plugin has to check. Default: every one in the "+
		"task's namespace", list(&o.ServiceAccounts))
	flags.Func("images", "`patterns` of the images that tasks may use, with commas between them; * stands for any characters but "+
		"/, ** for any: ghcr.io/my-team/** or ghcr.io/my-team/train:v1.*. They are read from fields called image, wherever a "+
		"resource has them, and from no others. Default: every one", list(&o.Images))
	flags.Func("allow-host", "`features` of the host that tasks may use, with commas between them: "+
		strings.Join(policy.Features(), ", ")+". Default: none, and a task that asks for one fails", list(&o.AllowHost))
	flags.Func("env", "`NAME=value` for every task, as Flyte's default-env-vars; may be repeated. No secrets: who may read "+
		"pods can read them", o.setEnv)
	flags.Func("default-requests", "`resources` that a task's primary container, and no other, asks for and is limited to where "+
		"the task says nothing, such as cpu=500m,memory=1Gi. Flyte 1 fills in its own before the connector sees the task, Flyte 2 does not. Default: none",
		o.setRequests)
	flags.StringVar(&o.GPUDeviceLabel, "gpu-device-label", "", "`label` by which nodes say which GPU they have, for tasks that ask for a "+
		"certain one (Flyte's gpu-device-node-label, often k8s.amazonaws.com/accelerator). Default: such tasks fail")
	flags.StringVar(&o.GPUPartitionLabel, "gpu-partition-label", "", "`label` by which nodes say how their GPUs are divided "+
		"(Flyte's gpu-partition-size-node-label). Default: tasks that ask for a part of a GPU fail")
	flags.StringVar(&o.MetaKey, "meta-key", "", "`file` with a key of at least 32 bytes, the same for all replicas, that signs what Flyte "+
		"keeps about a task; calls about tasks that it did not sign are refused. So turn it on or off while no task runs, and "+
		"keep a copy: what runs while the key is lost can be neither read nor ended. Default: unsigned, and the resource in "+
		"the cluster has to agree")
	flags.StringVar(&o.MetaKeyPrevious, "meta-key-previous", "", "`file` with another key that is accepted, and signs nothing. To change keys "+
		"while tasks run, restart all replicas three times: 1. --meta-key is still the old key, and this is the new one; "+
		"2. --meta-key is the new key, and this is the old one; 3. leave this out when no task from before step 2 is left. A replica that does not know the new key yet "+
		"refuses what another one has signed with it")
}

func (o *Options) endFlags(flags *flag.FlagSet) {
	flags.DurationVar(&o.KeepFinished, "keep-finished", 24*time.Hour, "`time` that the resources of tasks that have ended stay in the "+
		"cluster, for people to look at, at the longest. A time to live of the resource's own may end it earlier, and Flyte 2 "+
		"deletes it when it forgets the task, about an hour after its end; Flyte 1 deletes none. 0: for ever. Less than 5m "+
		"is refused: Flyte may still be asking")
	flags.DurationVar(&o.LocalLease, "local-lease", 0, "`time` after which an unfinished task that nobody asks about is deleted. Only for "+
		"a connector that one person uses from a laptop, with 60s, say; never behind Flyte, which may be down for longer, nor "+
		"with another connector for the same namespace and kind: each deletes the tasks of the other. Default: never")
	flags.BoolVar(&o.ReadOutputs, "read-outputs", false, "look into Flyte's object store when a task ends: error.pb becomes the task's "+
		"error, with the whole traceback, and outputs that are missing are one. The address and the rights of the store come "+
		"from the environment of its SDK (AWS_ENDPOINT_URL_S3, AWS_REGION, …; Flyte's own FLYTE_AWS_* work, too). It needs to "+
		"read AND to list: s3:GetObject on the objects and s3:ListBucket on the bucket, or storage.objects.get and "+
		"storage.objects.list. Without list, a store says 403 for a file that is not there; that is not taken for an "+
		"absence, so that every task which went well would fail. Default: the exit code and the last words of the container "+
		"decide")
}

func (o *Options) watchingFlags(flags *flag.FlagSet) {
	flags.StringVar(&o.LogFormat, "log-format", formatText, "`format` of the log on standard error: text or json")
	flags.StringVar(&o.LogLevel, "log-level", "info", "`level` of the log: debug (every call), info, warn or error; no level shows "+
		"inputs or settings of a task")
	flags.StringVar(&o.MetricsListen, "metrics-listen", "", "`host:port` to serve Prometheus' GET /metrics on, and nothing else. "+
		"Default: no metrics")
	flags.BoolVar(&o.Traces, "traces", false, "send OpenTelemetry spans of the calls by OTLP over gRPC; OpenTelemetry's environment variables "+
		"say where to (OTEL_EXPORTER_OTLP_ENDPOINT) and how many (OTEL_TRACES_SAMPLER)")
}

// list adds names with commas between them; a flag may be repeated.
func list(target *[]string) func(string) error {
	return func(value string) error {
		names := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
		if len(names) == 0 {
			return fmt.Errorf("%q names nothing; leave the flag out for its default", value)
		}
		*target = append(*target, names...)
		return nil
	}
}

func (o *Options) setRequests(value string) error {
	for pair := range strings.SplitSeq(value, ",") {
		name, amount, found := strings.Cut(pair, "=")
		quantity, err := resource.ParseQuantity(amount)
		if !found || name == "" || err != nil {
			return fmt.Errorf("%q is not name=quantity, such as cpu=500m or memory=1Gi", pair)
		}
		o.DefaultRequests[corev1.ResourceName(name)] = quantity
	}
	return nil
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// setEnv does not repeat the value: it may be more secret than it should be.
func (o *Options) setEnv(value string) error {
	name, text, found := strings.Cut(value, "=")
	if !found || !envName.MatchString(name) {
		return fmt.Errorf("%q is not NAME=value, with a name of letters, digits and _", name)
	}
	o.Env[name] = text
	return nil
}
