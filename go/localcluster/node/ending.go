package node

// What can end a pod? Its deletion, its deadline, the node's own end.

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"example.com/localcluster/node/status"
)

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
	w.latest = pod
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

func (w *worker) ownGrace() time.Duration {
	if seconds := w.pod.Spec.TerminationGracePeriodSeconds; seconds != nil {
		return time.Duration(*seconds) * time.Second
	}
	return 30 * time.Second
}
