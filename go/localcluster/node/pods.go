package node

// Which pods are here?

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
)

// watchPods hands every pod of this node to its worker.
func (n *Node) watchPods(ctx context.Context) {
	mine := cache.NewListWatchFromClient(n.client.CoreV1().RESTClient(), "pods", "",
		fields.OneTermEqualSelector("spec.nodeName", n.options.Name))
	_, controller := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: mine, ObjectType: &corev1.Pod{},
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc:    func(o any) { n.see(o.(*corev1.Pod)) },
			UpdateFunc: func(_, o any) { n.see(o.(*corev1.Pod)) },
			DeleteFunc: func(o any) {
				if unknown, ok := o.(cache.DeletedFinalStateUnknown); ok {
					o = unknown.Obj
				}
				n.gone(o.(*corev1.Pod).UID)
			},
		},
	})
	controller.Run(ctx.Done())
}

func (n *Node) see(pod *corev1.Pod) {
	defer n.serviceChanged()
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if known := n.workers[pod.UID]; known != nil {
		known.update(pod)
		return
	}
	w := newWorker(n, pod)
	n.workers[pod.UID] = w
	n.running.Add(1)
	go func() {
		defer n.running.Done()
		w.run()
	}()
	w.update(pod)
}

// gone: the object was removed by force; its processes may not outlive it.
func (n *Node) gone(uid types.UID) {
	defer n.serviceChanged()
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if w := n.workers[uid]; w != nil {
		w.objectGone()
		delete(n.workers, uid)
	}
}

func (n *Node) worker(namespace, name string) *worker {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	for _, w := range n.workers {
		if pod := w.current(); pod.Namespace == namespace && pod.Name == name {
			return w
		}
	}
	return nil
}

// pods are all of them as they are now.
func (n *Node) pods() []*corev1.Pod {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	var all []*corev1.Pod
	for _, w := range n.workers {
		all = append(all, w.view())
	}
	return all
}
