package node

// What does the API know about this node?

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/record"
)

func labels(name string) map[string]string {
	return map[string]string{
		corev1.LabelHostname: name, corev1.LabelOSStable: runtime.GOOS, corev1.LabelArchStable: runtime.GOARCH,
	}
}

// capacity: the memory of this machine; of CPU more than it has, because nothing limits or reserves it.
func capacity() corev1.ResourceList {
	memory := resource.MustParse("8Gi")
	if data, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kilobytes int64
		if _, err := fmt.Sscanf(string(data), "MemTotal: %d kB", &kilobytes); err == nil {
			memory = *resource.NewQuantity(kilobytes<<10, resource.BinarySI)
		}
	}
	return corev1.ResourceList{
		corev1.ResourceCPU:              *resource.NewQuantity(int64(max(runtime.NumCPU(), 64)), resource.DecimalSI),
		corev1.ResourceMemory:           memory,
		corev1.ResourcePods:             resource.MustParse("254"),
		corev1.ResourceEphemeralStorage: resource.MustParse("100Gi"),
	}
}

func (n *Node) register(ctx context.Context) error {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: n.options.Name, Labels: labels(n.options.Name)}}
	node, err := n.client.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{})
	if errors.IsAlreadyExists(err) {
		node, err = n.client.CoreV1().Nodes().Get(ctx, n.options.Name, metav1.GetOptions{})
	}
	if err != nil {
		return fmt.Errorf("register node %s: %w", n.options.Name, err)
	}
	node.Status = nodeStatus(n.options.Name, n.capacity, int32(n.options.Server.Port))
	if _, err := n.client.CoreV1().Nodes().UpdateStatus(ctx, node, metav1.UpdateOptions{}); err != nil {
		return fmt.Errorf("report node %s: %w", n.options.Name, err)
	}
	n.log.Info("registered", "node", n.options.Name)
	return nil
}

func nodeStatus(name string, capacity corev1.ResourceList, port int32) corev1.NodeStatus {
	now := metav1.Now()
	return corev1.NodeStatus{
		Capacity: capacity, Allocatable: capacity,
		Conditions: []corev1.NodeCondition{{
			Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "ProcessesAreReady",
			Message: "this node runs containers as processes", LastHeartbeatTime: now, LastTransitionTime: now,
		}},
		Addresses: []corev1.NodeAddress{
			{Type: corev1.NodeInternalIP, Address: hostIP}, {Type: corev1.NodeHostName, Address: name},
		},
		DaemonEndpoints: corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: port}},
		NodeInfo: corev1.NodeSystemInfo{
			OperatingSystem: runtime.GOOS, Architecture: runtime.GOARCH, KubeletVersion: "v1.36.3-processes",
			OSImage: "this machine", KernelVersion: kernel(), ContainerRuntimeVersion: "processes://1",
		},
	}
}

func kernel() string {
	data, _ := os.ReadFile("/proc/sys/kernel/osrelease") // informative only
	return strings.TrimSpace(string(data))
}

func newRecorder(client kubernetes.Interface, name string) record.EventRecorder {
	broadcaster := record.NewBroadcaster()
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	return broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "kubelet", Host: name})
}
