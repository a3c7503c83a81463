// Package services answers: which names do Services have, and where do connections to them go? It does the sums of a DNS
// server and of kube-proxy; the node writes the names and listens.
package services

import (
	"net"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Routes maps the address of each TCP port of a Service to those of the pods behind it. A port that no pod serves now is
// left out: nobody is to listen there. So is one below 1024: it would need root.
func Routes(services []*corev1.Service, pods []*corev1.Pod) map[string][]string {
	routes := map[string][]string{}
	for _, service := range services {
		if !hasAddress(service) {
			continue
		}
		behind := selected(service, pods)
		for _, port := range service.Spec.Ports {
			if port.Protocol != corev1.ProtocolTCP || port.Port < 1024 {
				continue
			}
			var backends []string
			for _, pod := range behind {
				if number := target(port, pod); number > 0 {
					backends = append(backends, net.JoinHostPort(pod.Status.PodIP, strconv.Itoa(number)))
				}
			}
			if len(backends) > 0 {
				routes[net.JoinHostPort(service.Spec.ClusterIP, strconv.Itoa(int(port.Port)))] = backends
			}
		}
	}
	return routes
}

// Hosts returns a hosts file with the names of all Services: the Service's own address, or without one (a headless
// Service) those of its pods. machine is the name of this machine, which programs ask for at their start.
func Hosts(services []*corev1.Service, pods []*corev1.Pod, machine string) string {
	lines := []string{"127.0.0.1 localhost " + machine}
	for _, service := range services {
		names := service.Name + "." + service.Namespace
		names = strings.Join([]string{names, names + ".svc", names + ".svc.cluster.local"}, " ")
		if hasAddress(service) {
			lines = append(lines, service.Spec.ClusterIP+" "+names)
			continue
		}
		if service.Spec.ClusterIP == corev1.ClusterIPNone {
			for _, pod := range selected(service, pods) {
				lines = append(lines, pod.Status.PodIP+" "+names)
			}
		}
	}
	slices.Sort(lines[1:])
	return strings.Join(lines, "\n") + "\n"
}

func hasAddress(service *corev1.Service) bool {
	return net.ParseIP(service.Spec.ClusterIP) != nil
}

// selected are the pods that a Service sends connections to.
func selected(service *corev1.Service, pods []*corev1.Pod) []*corev1.Pod {
	if len(service.Spec.Selector) == 0 {
		return nil
	}
	selector := labels.SelectorFromSet(service.Spec.Selector)
	var found []*corev1.Pod
	for _, pod := range pods {
		if pod.Namespace != service.Namespace || !selector.Matches(labels.Set(pod.Labels)) || pod.Status.PodIP == "" {
			continue
		}
		if over := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed; over {
			continue
		}
		if service.Spec.PublishNotReadyAddresses || (ready(pod) && pod.DeletionTimestamp == nil) {
			found = append(found, pod)
		}
	}
	return found
}

func ready(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// target is the port of a pod that a Service's port means; 0 when the pod has no port of that name.
func target(port corev1.ServicePort, pod *corev1.Pod) int {
	if name := port.TargetPort.StrVal; name != "" {
		for _, container := range pod.Spec.Containers {
			for _, own := range container.Ports {
				if own.Name == name {
					return int(own.ContainerPort)
				}
			}
		}
		return 0
	}
	if number := port.TargetPort.IntValue(); number > 0 {
		return number
	}
	return int(port.Port)
}
