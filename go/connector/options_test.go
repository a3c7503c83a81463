package flyteconnector

import (
	"flag"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/plugin"
)

type double struct{ plugin.Unimplemented }

func (double) Resource() plugin.Resource {
	kind := corev1.SchemeGroupVersion.WithKind("ConfigMap")
	return plugin.Resource{GroupVersionKind: kind, TaskTypes: []string{"double"}, PodLabel: "owner"}
}

func TestFlags(t *testing.T) {
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	o := Flags(flags)
	if o.Listen != ":8000" || o.Deadline != core.DefaultDeadline || len(o.Namespaces) != 0 {
		t.Errorf("unexpected defaults: %+v", o)
	}
	err := flags.Parse([]string{"--namespaces", "a,b", "--env", "A=1", "--env", "B=x=y", "--deadline", "3s", "--listen", "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(o.Namespaces, []string{"a", "b"}) || o.Env["A"] != "1" || o.Env["B"] != "x=y" || o.Deadline != 3*time.Second {
		t.Errorf("got %+v", o)
	}
	if err := flags.Parse([]string{"--env", "A"}); err == nil || !strings.Contains(err.Error(), "NAME=value") {
		t.Errorf("want an error that says what is right, got %v", err)
	}
	flags.VisitAll(func(f *flag.Flag) {
		if f.Usage == "" {
			t.Errorf("--%s has no help", f.Name)
		}
	})
}

func TestWhatIsNeededForEachNamespace(t *testing.T) {
	for _, c := range []struct {
		given []string
		want  []string
	}{{[]string{"a", "b"}, []string{"a", "a", "b", "b"}}, {nil, []string{"", ""}}} {
		var got []string
		for _, need := range needs([]plugin.Plugin{double{}}, Options{Namespaces: c.given}) {
			got = append(got, need.Namespace)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: want rights in %q, got %q", c.given, c.want, got)
		}
	}
}

func TestAStartThatCannotWorkSaysWhy(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for want, c := range map[string]struct {
		options Options
		plugins []plugin.Plugin
	}{
		"--kubeconfig /":                    {Options{Kubeconfig: filepath.Join(t.TempDir(), "none")}, []plugin.Plugin{double{}}},
		"at least one plugin":               {Options{Kubeconfig: "testdata/kubeconfig"}, nil},
		"--listen " + taken.Addr().String(): {Options{Kubeconfig: "testdata/kubeconfig", Listen: taken.Addr().String()}, []plugin.Plugin{double{}}},
	} {
		if err := Run(t.Context(), c.options, c.plugins...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

func TestTheClientSetsNoLimitOfItsOwn(t *testing.T) {
	config, err := Options{Kubeconfig: "testdata/kubeconfig"}.restConfig()
	if err != nil {
		t.Fatal(err)
	}
	if config.QPS >= 0 || config.RateLimiter != nil { // 0 means 5 calls a second
		t.Errorf("the client waits after %v calls a second", config.QPS)
	}
}
