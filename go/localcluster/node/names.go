package node

// What do pods know of Services?

import (
	"context"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/tools/cache"

	"example.com/localcluster/node/services"
)

// hostsVariable tells a container where the hosts file with the names of Services is. Nothing reads it by itself.
const hostsVariable = "LOCALCLUSTER_HOSTS"

func (n *Node) hostsFile() string { return filepath.Join(n.options.State, "run", "hosts") }

// serviceChanged makes watchServices look again soon.
func (n *Node) serviceChanged() {
	select {
	case n.services <- struct{}{}:
	default:
	}
}

// watchServices keeps names and open doors in step with Services and pods.
func (n *Node) watchServices(ctx context.Context) {
	all := cache.NewListWatchFromClient(n.client.CoreV1().RESTClient(), "services", "", fields.Everything())
	store, controller := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: all, ObjectType: &corev1.Service{},
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc:    func(any) { n.serviceChanged() },
			UpdateFunc: func(any, any) { n.serviceChanged() },
			DeleteFunc: func(any) { n.serviceChanged() },
		},
	})
	go controller.Run(ctx.Done())
	doors := newProxy(n.log)
	for {
		select {
		case <-ctx.Done():
			doors.set(nil)
			return
		case <-n.services:
		}
		var known []*corev1.Service
		for _, o := range store.List() {
			known = append(known, o.(*corev1.Service))
		}
		pods := n.pods()
		if err := n.writeHosts(services.Hosts(known, pods, machine())); err != nil {
			n.log.Error("write the names of Services", "error", err)
		}
		doors.set(services.Routes(known, pods))
	}
}

// writeHosts replaces the file in one step: programs read it at any time.
func (n *Node) writeHosts(text string) error {
	draft := n.hostsFile() + ".new"
	if err := os.WriteFile(draft, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(draft, n.hostsFile())
}

func machine() string {
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return name
}
