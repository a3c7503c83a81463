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

	mutex     sync.Mutex
	pod       *corev1.Pod // as last seen
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
		node: n, pod: pod, over: make(chan struct{}), dirty: make(chan struct{}, 1), grace: -1,
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

func (w *worker) watchDeadline() {
	if seconds := w.pod.Spec.ActiveDeadlineSeconds; seconds != nil {
		timer := time.AfterFunc(time.Duration(*seconds)*time.Second, func() {
			w.fail("DeadlineExceeded", "Pod was active on the node longer than the specified deadline")
		})
		go func() {
			<-w.over
			timer.Stop()
		}()
	}
}

// fail ends the pod from the node's side, unless it is over.
func (w *worker) fail(reason, message string) {
	w.mutex.Lock()
	phase := status.Phase(w.pod, w.state)
	if phase != corev1.PodSucceeded && phase != corev1.PodFailed {
		w.state.Reason, w.state.Message, w.state.Final = reason, message, true
	}
	w.mutex.Unlock()
	w.end(w.ownGrace())
}

// update takes note of a change of the object. Only a deletion matters: the rest of a pod cannot be changed.
func (w *worker) update(pod *corev1.Pod) {
	w.mutex.Lock()
	w.pod = pod
	grace := time.Duration(-1)
	if pod.DeletionTimestamp != nil && pod.DeletionGracePeriodSeconds != nil {
		grace = time.Duration(*pod.DeletionGracePeriodSeconds) * time.Second
	}
	sooner := grace >= 0 && (w.grace < 0 || grace < w.grace)
	if sooner {
		w.grace = grace
	}
	w.mutex.Unlock()
	if sooner {
		w.end(grace)
		w.deletedIt()
	}
}

// end asks the containers to stop, and kills them when the time is up.
func (w *worker) end(grace time.Duration) {
	w.stopIt()
	time.AfterFunc(grace, w.killIt)
}

func (w *worker) objectGone() {
	w.abandon()
	w.end(0)
	w.deletedIt()
}

func (w *worker) shutdown(limit time.Duration) {
	w.abandon()
	w.end(min(limit, w.ownGrace()))
	w.deletedIt()
}

func (w *worker) abandon() {
	w.mutex.Lock()
	w.abandoned = true
	w.mutex.Unlock()
}

func (w *worker) current() *corev1.Pod {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.pod
}

// view is the pod with what the node knows better than the API: its address.
func (w *worker) view() *corev1.Pod {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	pod := w.pod.DeepCopy()
	pod.Status.PodIP, pod.Status.HostIP = w.state.IP, hostIP
	return pod
}

func (w *worker) ownGrace() time.Duration {
	if seconds := w.current().Spec.TerminationGracePeriodSeconds; seconds != nil {
		return time.Duration(*seconds) * time.Second
	}
	return 30 * time.Second
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

// table of a container without mounts leaves the cluster's own folders alone, wherever they are.
func (w *worker) ownFolders() mounts.Mount {
	return mounts.Mount{Path: w.node.options.State, Real: w.node.options.State}
}
