package node

// Which pods does this node take? All that could run here; there is no scheduler.

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
)

// bindPods watches pods without a node, under the identity that may bind them.
func (n *Node) bindPods(ctx context.Context) {
	unbound := cache.NewListWatchFromClient(n.binder.CoreV1().RESTClient(), "pods", "",
		fields.OneTermEqualSelector("spec.nodeName", ""))
	_, controller := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: unbound, ObjectType: &corev1.Pod{}, ResyncPeriod: 5 * time.Second,
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc:    func(o any) { n.bind(ctx, o.(*corev1.Pod)) },
			UpdateFunc: func(_, o any) { n.bind(ctx, o.(*corev1.Pod)) },
		},
	})
	controller.Run(ctx.Done())
}

func (n *Node) bind(ctx context.Context, pod *corev1.Pod) {
	if pod.DeletionTimestamp != nil || len(pod.Spec.SchedulingGates) > 0 || pod.Spec.NodeName != "" {
		return
	}
	if obstacles := misfits(pod, labels(n.options.Name), n.capacity); len(obstacles) > 0 {
		n.unschedulable(ctx, pod, "0/1 nodes are available: 1 "+strings.Join(obstacles, ", 1 ")+".")
		return
	}
	binding := &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Namespace: pod.Namespace, UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: n.options.Name},
	}
	err := n.binder.CoreV1().Pods(pod.Namespace).Bind(ctx, binding, metav1.CreateOptions{})
	if err != nil && !errors.IsNotFound(err) && !errors.IsConflict(err) {
		n.log.Error("bind", "pod", pod.Namespace+"/"+pod.Name, "error", err)
	}
}

// misfits says why a pod cannot run here, in the scheduler's words: a node selector that does not match, or requests
// that exceed the whole node. What other pods use is not counted.
func misfits(pod *corev1.Pod, labels map[string]string, capacity corev1.ResourceList) []string {
	var obstacles []string
	for key, value := range pod.Spec.NodeSelector {
		if labels[key] != value {
			obstacles = append(obstacles, "node(s) didn't match Pod's node affinity/selector")
			break
		}
	}
	sum := corev1.ResourceList{}
	for _, container := range pod.Spec.Containers {
		for name, quantity := range container.Resources.Requests {
			total := sum[name]
			total.Add(quantity)
			sum[name] = total
		}
	}
	for name, quantity := range sum {
		if available := capacity[name]; quantity.Cmp(available) > 0 {
			obstacles = append(obstacles, "Insufficient "+string(name))
		}
	}
	sort.Strings(obstacles)
	return obstacles
}

func (n *Node) unschedulable(ctx context.Context, pod *corev1.Pod, message string) {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Message == message {
			return
		}
	}
	condition := corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Message: message,
		Reason: corev1.PodReasonUnschedulable, LastTransitionTime: metav1.Now()}
	patch, err := json.Marshal(map[string]any{"status": map[string]any{"conditions": []corev1.PodCondition{condition}}})
	if err == nil {
		_, err = n.binder.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType, patch,
			metav1.PatchOptions{}, "status")
	}
	if err != nil {
		n.log.Error(fmt.Sprintf("report that %s is unschedulable", pod.Name), "error", err)
	}
}
