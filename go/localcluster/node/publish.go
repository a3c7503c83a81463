package node

// How does the API learn what happens to a pod?

import (
	"context"
	"encoding/json"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"example.com/localcluster/node/status"
)

// changed makes the publisher report soon; changes that follow each other closely become one report.
func (w *worker) changed() {
	select {
	case w.dirty <- struct{}{}:
	default:
	}
}

func (w *worker) publisher() {
	for {
		select {
		case <-w.over:
			return
		case <-w.dirty:
			if err := w.publish(); err != nil {
				w.node.log.Warn("report a pod", "pod", w.pod.Name, "error", err)
				time.AfterFunc(200*time.Millisecond, w.changed)
			}
		}
	}
}

// flush reports the final state before the object may be removed: whoever owns the pod must see how it ended.
func (w *worker) flush() {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if w.publish() == nil {
			return
		}
	}
}

// publish patches the status if it has changed. A pod that is gone, or that is another one of the same name, is no
// error: nobody wants to know any more.
func (w *worker) publish() error {
	w.publishing.Lock()
	defer w.publishing.Unlock()
	w.mutex.Lock()
	abandoned, pod := w.abandoned, w.latest
	computed := status.Compute(pod, w.state, time.Now())
	w.mutex.Unlock()
	if abandoned || (w.published != nil && equality.Semantic.DeepEqual(*w.published, computed)) {
		return nil
	}
	if err := w.patch(pod, computed); err != nil {
		if errors.IsNotFound(err) || errors.IsConflict(err) {
			w.abandon()
			return nil
		}
		return err
	}
	w.published = &computed
	return nil
}

func (w *worker) patch(pod *corev1.Pod, computed corev1.PodStatus) error {
	body, err := json.Marshal(map[string]any{"metadata": map[string]any{"uid": pod.UID}, "status": computed})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err = w.node.client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.MergePatchType, body,
		metav1.PatchOptions{}, "status")
	return err
}

// removeObject ends a graceful deletion: the API has kept the object until its processes were gone.
func (w *worker) removeObject() {
	w.mutex.Lock()
	abandoned, pod := w.abandoned, w.latest
	w.mutex.Unlock()
	if abandoned {
		return
	}
	now, uid := int64(0), pod.UID
	options := metav1.DeleteOptions{GracePeriodSeconds: &now, Preconditions: &metav1.Preconditions{UID: &uid}}
	for attempt := 0; attempt < 50; attempt++ {
		err := w.node.client.CoreV1().Pods(pod.Namespace).Delete(context.Background(), pod.Name, options)
		if err == nil || errors.IsNotFound(err) || errors.IsConflict(err) {
			return
		}
		w.node.log.Warn("remove a pod", "pod", pod.Name, "error", err)
		time.Sleep(200 * time.Millisecond)
	}
}

func (w *worker) event(kind, reason, message string) {
	w.node.events.Event(w.current(), kind, reason, message)
}
