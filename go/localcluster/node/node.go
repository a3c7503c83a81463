// Package node is a Kubernetes node that runs the containers of a pod as processes of this machine. It registers itself,
// binds pods, runs them, reports them, and ends them. It knows no image and no product: a file says what an image is.
package node

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/record"

	"example.com/localcluster/node/services"
	"example.com/localcluster/process"
)

// Options are the settings of a node.
type Options struct {
	Name             string
	State            string // folder of the cluster; pods/ holds logs, run/ everything else
	Images           string // images file, read again when it changes
	Mark             string // of the cluster; first part of the mark of every process started here
	Kubeconfig       string // identity system:node:<name>
	BinderKubeconfig string // identity that may bind pods
	Server           ServerOptions
}

// Node runs pods.
type Node struct {
	options   Options
	parent    int // process that has started this one
	config    *rest.Config
	client    kubernetes.Interface
	binder    kubernetes.Interface
	events    record.EventRecorder
	log       *slog.Logger
	images    *imageFile
	addresses *addresses
	memory    *memoryWatch
	capacity  corev1.ResourceList

	mutex   sync.Mutex
	workers map[types.UID]*worker
	running sync.WaitGroup

	services chan struct{} // something has changed that the names and addresses of Services depend on
}

// podsMark follows the cluster's mark in that of a pod.
const podsMark = "/pods"

// ending: the node stops its pods within this time, whatever they do.
const ending = 8 * time.Second

// Run is a node from registration until the context ends; then its pods are ended, and it returns.
func Run(ctx context.Context, options Options, log *slog.Logger) error {
	n := &Node{options: options, log: log, parent: os.Getppid(), workers: map[types.UID]*worker{}, capacity: capacity(),
		services: make(chan struct{}, 1)}
	if err := n.connect(); err != nil {
		return err
	}
	n.memory = watchMemory(ctx, log)
	if err := n.serve(ctx); err != nil {
		return err
	}
	if err := n.writeHosts(services.Hosts(nil, nil, machine())); err != nil {
		return fmt.Errorf("write the names of Services: %w", err)
	}
	if err := n.register(ctx); err != nil {
		return err
	}
	go n.watchServices(ctx)
	go n.bindPods(ctx)
	go n.watchPods(ctx)
	<-ctx.Done()
	return n.shutdown()
}

func (n *Node) connect() error {
	var err error
	if n.config, err = clientcmd.BuildConfigFromFlags("", n.options.Kubeconfig); err != nil {
		return fmt.Errorf("client of the node: %w", err)
	}
	n.config.QPS = -1 // an API server of one's own need not be spared
	binder, err := clientcmd.BuildConfigFromFlags("", n.options.BinderKubeconfig)
	if err != nil {
		return fmt.Errorf("client of the binder: %w", err)
	}
	binder.QPS = -1
	if n.client, err = kubernetes.NewForConfig(n.config); err != nil {
		return fmt.Errorf("client of the node: %w", err)
	}
	if n.binder, err = kubernetes.NewForConfig(binder); err != nil {
		return fmt.Errorf("client of the binder: %w", err)
	}
	if n.addresses, err = newAddresses(n.config.Host); err != nil {
		return err
	}
	n.images = &imageFile{path: n.options.Images}
	n.events = newRecorder(n.client, n.options.Name)
	return nil
}

// shutdown ends all pods at once: each gets SIGTERM and a few seconds. Nothing is reported, since the API server may
// be gone too.
func (n *Node) shutdown() error {
	n.mutex.Lock()
	for _, w := range n.workers {
		w.shutdown(3 * time.Second)
	}
	n.mutex.Unlock()
	done := make(chan struct{})
	go func() {
		n.running.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(ending):
		n.log.Warn("some pods did not end in time; killing what is left")
	}
	mark := n.options.Mark + podsMark
	if os.Getppid() != n.parent { // the supervisor was killed: what its operators have started has nobody else
		mark = n.options.Mark
	}
	return process.Sweep(process.Owner{Mark: mark}, 3*time.Second)
}

func (n *Node) logFolder(pod *corev1.Pod) string {
	return filepath.Join(n.options.State, "pods", fmt.Sprintf("%s_%s_%s", pod.Namespace, pod.Name, pod.UID))
}

func (n *Node) runFolder(uid types.UID) string {
	return filepath.Join(n.options.State, "run", string(uid))
}

func makeFolders(folders ...string) error {
	for _, folder := range folders {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return fmt.Errorf("make a pod's folder: %w", err)
		}
	}
	return nil
}
