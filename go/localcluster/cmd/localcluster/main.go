//go:build linux

// Command localcluster runs a small Kubernetes cluster of plain processes, for as long as its standard input is open.
//
//	localcluster up --state DIR --bin DIR --images FILE [--apply DIR_OR_FILE …] [--operator FILE …] [--keep]
//
// "localcluster node" is the node that "up" starts.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"example.com/localcluster/node"
	"example.com/localcluster/supervisor"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	root := &cobra.Command{
		Use: "localcluster", Short: "A small Kubernetes cluster of plain processes",
		SilenceUsage: true, SilenceErrors: true,
	}
	root.AddCommand(upCommand(), nodeCommand())
	if err := root.ExecuteContext(ctx); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "localcluster: "+err.Error())
		os.Exit(1)
	}
}

func upCommand() *cobra.Command {
	o := supervisor.Options{Ready: os.Stdout, Progress: os.Stderr}
	cmd := &cobra.Command{
		Use: "up", Short: "Run a cluster until standard input closes or a signal comes", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			self, err := os.Executable()
			if err != nil {
				return fmt.Errorf("find this program: %w", err)
			}
			o.Self = self
			ctx, cancel := context.WithCancel(cmd.Context())
			defer cancel()
			go func() {
				_, _ = io.Copy(io.Discard, os.Stdin) // an unreadable stdin is a closed one
				cancel()
			}()
			return supervisor.Up(ctx, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.State, "state", "", "folder for all state; new or empty, removed at the end")
	flags.StringVar(&o.Bin, "bin", "", "folder with etcd, kube-apiserver, kube-controller-manager, kubectl")
	flags.StringVar(&o.Images, "images", "", "YAML file: image reference -> programs of this machine")
	flags.StringArrayVar(&o.Apply, "apply", nil, "manifests to apply: a file or a folder; may be repeated")
	flags.StringArrayVar(&o.Operators, "operator", nil, "YAML file that describes an operator; may be repeated")
	flags.BoolVar(&o.Keep, "keep", false, "leave the state folder")
	flags.BoolVar(&o.Bare, "bare", false, "the control plane alone: no node, no controller that makes pods, no --images")
	require(cmd, "state", "bin")
	cmd.MarkFlagsOneRequired("images", "bare")
	return cmd
}

func nodeCommand() *cobra.Command {
	o := node.Options{}
	cmd := &cobra.Command{
		Use: "node", Short: "Run the node of a cluster", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return node.Run(cmd.Context(), o, slog.New(slog.NewTextHandler(os.Stderr, nil)))
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Name, "name", "", "name of the Node object")
	flags.StringVar(&o.State, "state", "", "state folder of the cluster")
	flags.StringVar(&o.Images, "images", "", "images file")
	flags.StringVar(&o.Mark, "mark", "", "mark of the cluster in the environment of its processes")
	flags.StringVar(&o.Kubeconfig, "kubeconfig", "", "kubeconfig of system:node:<name>")
	flags.StringVar(&o.BinderKubeconfig, "binder-kubeconfig", "", "kubeconfig of the identity that may bind pods")
	flags.IntVar(&o.Server.Port, "port", 0, "port of the kubelet API")
	flags.StringVar(&o.Server.Cert, "tls-cert", "", "certificate of the kubelet API")
	flags.StringVar(&o.Server.Key, "tls-key", "", "key of the kubelet API")
	flags.StringVar(&o.Server.ClientCA, "client-ca", "", "authority of the API server's client certificate")
	flags.StringVar(&o.Server.Client, "client-name", "", "common name in that certificate")
	require(cmd, "name", "state", "images", "mark", "kubeconfig", "binder-kubeconfig", "port", "tls-cert", "tls-key",
		"client-ca", "client-name")
	return cmd
}

func require(cmd *cobra.Command, flags ...string) {
	for _, flag := range flags {
		if err := cmd.MarkFlagRequired(flag); err != nil {
			panic(err) // a flag that is not declared above
		}
	}
}
