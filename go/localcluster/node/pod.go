package node

// What happens to one pod, from the moment it is bound until its object is removed?

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"example.com/localcluster/node/mounts"
	"example.com/localcluster/node/status"
)

// worker runs one pod. Three things can happen to it from outside, each once: its containers have to stop, they have
// to be killed, its object is deleted.
type worker struct {
	node *Node

	stop, kill, deleted       context.Context
	stopIt, killIt, deletedIt context.CancelFunc
	over                      chan struct{} // closed when run returns

	pod *corev1.Pod // as first seen: its name and its spec do not change

	mutex     sync.Mutex
	latest    *corev1.Pod // as last seen
	state     status.Pod
	grace     time.Duration // of the deletion that is under way
	abandoned bool          // nothing more is to be reported

	publishing sync.Mutex
	dirty      chan struct{}
	published  *corev1.PodStatus

	volumes map[string]volume
}

func newWorker(n *Node, pod *corev1.Pod) *worker {
	w := &worker{
		node: n, pod: pod, latest: pod, over: make(chan struct{}), dirty: make(chan struct{}, 1), grace: -1,
		state: status.Pod{HostIP: hostIP, StartTime: time.Now(), Containers: map[string]status.Container{}},
	}
	w.stop, w.stopIt = context.WithCancel(context.Background())
	w.kill, w.killIt = context.WithCancel(context.Background())
	w.deleted, w.deletedIt = context.WithCancel(context.Background())
	return w
}

func (w *worker) run() {
	defer close(w.over)
	defer os.RemoveAll(w.node.runFolder(w.pod.UID))
	go w.publisher()
	if w.setUp() && w.makeVolumes() {
		w.watchDeadline()
		w.runContainers()
	}
	w.tearDown()
	w.flush()
	<-w.deleted.Done()
	w.removeObject()
}

func (w *worker) setUp() bool {
	address, err := hostIP, error(nil)
	if !w.pod.Spec.HostNetwork {
		address, err = w.node.addresses.take()
	}
	w.mutex.Lock()
	w.state.IP = address
	w.mutex.Unlock()
	if err == nil {
		err = makeFolders(w.node.runFolder(w.pod.UID), w.node.logFolder(w.pod))
	}
	if err != nil {
		w.fail("NodeOutOfResources", err.Error())
		return false
	}
	w.changed()
	return true
}

// tearDown: all containers are over.
func (w *worker) tearDown() {
	w.mutex.Lock()
	w.state.Final = w.state.Final || w.stop.Err() != nil
	address := w.state.IP
	w.mutex.Unlock()
	if !w.pod.Spec.HostNetwork && address != "" {
		w.node.addresses.release(address)
	}
	w.changed()
}

// runContainers runs the init containers one after the other, then the others side by side, then ends the sidecars.
func (w *worker) runContainers() {
	sidecars, endSidecars := context.WithCancel(w.stop)
	var running sync.WaitGroup
	defer running.Wait()
	defer endSidecars()
	for i := range w.pod.Spec.InitContainers {
		c := newContainer(w, &w.pod.Spec.InitContainers[i], true)
		if !status.IsSidecar(c.spec) {
			if !c.run(w.stop) {
				return
			}
			continue
		}
		running.Add(1)
		go func() {
			defer running.Done()
			c.run(sidecars)
		}()
		select {
		case <-c.started:
		case <-w.stop.Done():
			return
		}
	}
	var main sync.WaitGroup
	for i := range w.pod.Spec.Containers {
		c := newContainer(w, &w.pod.Spec.Containers[i], false)
		main.Add(1)
		go func() {
			defer main.Done()
			c.run(w.stop)
		}()
	}
	main.Wait()
}

func (w *worker) current() *corev1.Pod {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.latest
}

// view is the pod with what the node knows better than the API: its address.
func (w *worker) view() *corev1.Pod {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	pod := w.latest.DeepCopy()
	pod.Status.PodIP, pod.Status.HostIP = w.state.IP, hostIP
	return pod
}

// container returns what is known about a container; change changes it and reports that.
func (w *worker) container(name string) status.Container {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.state.Containers[name]
}

func (w *worker) change(name string, change func(*status.Container)) {
	w.mutex.Lock()
	c := w.state.Containers[name]
	change(&c)
	w.state.Containers[name] = c
	w.mutex.Unlock()
	w.changed()
}

func (w *worker) folder(container string) string {
	return filepath.Join(w.node.runFolder(w.pod.UID), "containers", container)
}

// ownFolders keeps the cluster's own folders as they are, even where a volume is mounted above them (at /tmp, say).
func (w *worker) ownFolders() mounts.Mount {
	return mounts.Mount{Path: w.node.options.State, Real: w.node.options.State}
}
