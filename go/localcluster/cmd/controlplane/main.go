// Command controlplane is etcd, kube-apiserver, kube-controller-manager and kubectl in one file.
//
// It runs the upstream command that its own name asks for (a link called "etcd" is etcd), or the one that its
// first argument names. One file instead of four halves the link time and the bytes in the cache.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

var commands = map[string]func(args []string) int{
	"etcd":                    func(args []string) int { etcdmain.Main(append([]string{"etcd"}, args...)); return 0 },
	"kube-apiserver":          kubernetes(apiserver.NewAPIServerCommand),
	"kube-controller-manager": kubernetes(controllermanager.NewControllerManagerCommand),
	"kubectl":                 kubernetes(kubectl.NewDefaultKubectlCommand),
}

func main() {
	args := slices.Clone(os.Args)
	name := filepath.Base(args[0])
	if commands[name] == nil && len(args) > 1 {
		args = args[1:]
		name = args[0]
	}
	run := commands[name]
	if run == nil {
		fmt.Fprintf(os.Stderr, "controlplane: no command %q; it has %s\n", name, strings.Join(names(), ", "))
		os.Exit(2)
	}
	os.Args = args // kubectl and etcd read it themselves
	os.Exit(run(args[1:]))
}

func kubernetes(command func() *cobra.Command) func([]string) int {
	return func(args []string) int {
		cmd := command()
		cmd.SetArgs(args)
		return cli.Run(cmd)
	}
}

func names() []string {
	var all []string
	for name := range commands {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}
