package services

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func pod(name, ip string, change ...func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "ns", Labels: map[string]string{"app": "web", "colour": "blue"}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "side"}, {Name: "main",
			Ports: []corev1.ContainerPort{{Name: "page", ContainerPort: 8000}}}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: ip,
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}},
	}
	for _, f := range change {
		f(p)
	}
	return p
}

func service(change ...func(*corev1.Service)) *corev1.Service {
	s := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "ns"},
		Spec: corev1.ServiceSpec{ClusterIP: "127.9.9.2", Selector: map[string]string{"app": "web"},
			Ports: []corev1.ServicePort{{Port: 4040, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromInt32(9000)}}},
	}
	for _, f := range change {
		f(s)
	}
	return s
}

func unready(p *corev1.Pod)       { p.Status.Conditions = nil }
func over(p *corev1.Pod)          { p.Status.Phase = corev1.PodSucceeded }
func deleted(p *corev1.Pod)       { p.DeletionTimestamp = &metav1.Time{} }
func elsewhere(p *corev1.Pod)     { p.Namespace = "other" }
func another(p *corev1.Pod)       { p.Labels["app"] = "db" }
func headless(s *corev1.Service)  { s.Spec.ClusterIP = corev1.ClusterIPNone }
func anybody(s *corev1.Service)   { s.Spec.PublishNotReadyAddresses = true }
func nobody(s *corev1.Service)    { s.Spec.Selector = nil }
func byName(s *corev1.Service)    { s.Spec.Ports[0].TargetPort = intstr.FromString("page") }
func byNoName(s *corev1.Service)  { s.Spec.Ports[0].TargetPort = intstr.FromString("none") }
func datagrams(s *corev1.Service) { s.Spec.Ports[0].Protocol = corev1.ProtocolUDP }
func low(s *corev1.Service)       { s.Spec.Ports[0].Port = 80 }

func TestRoutes(t *testing.T) {
	const door = "127.9.9.2:4040"
	a, b := pod("a", "127.1.1.1"), pod("b", "127.1.1.2")
	cases := map[string]struct {
		service *corev1.Service
		pods    []*corev1.Pod
		want    map[string][]string
	}{
		"every ready pod is behind it":   {service(), []*corev1.Pod{a, b}, map[string][]string{door: {"127.1.1.1:9000", "127.1.1.2:9000"}}},
		"a port by the pod's name of it": {service(byName), []*corev1.Pod{a}, map[string][]string{door: {"127.1.1.1:8000"}}},
		"a name that no port has":        {service(byNoName), []*corev1.Pod{a}, map[string][]string{}},
		"a pod that is not ready":        {service(), []*corev1.Pod{pod("a", "127.1.1.1", unready), b}, map[string][]string{door: {"127.1.1.2:9000"}}},
		"one that need not be":           {service(anybody), []*corev1.Pod{pod("a", "127.1.1.1", unready)}, map[string][]string{door: {"127.1.1.1:9000"}}},
		"a pod that is over":             {service(anybody), []*corev1.Pod{pod("a", "127.1.1.1", over)}, map[string][]string{}},
		"a pod that is being deleted":    {service(), []*corev1.Pod{pod("a", "127.1.1.1", deleted)}, map[string][]string{}},
		"a pod without an address":       {service(anybody), []*corev1.Pod{pod("a", "")}, map[string][]string{}},
		"a pod of another namespace":     {service(), []*corev1.Pod{pod("a", "127.1.1.1", elsewhere)}, map[string][]string{}},
		"a pod with other labels":        {service(), []*corev1.Pod{pod("a", "127.1.1.1", another)}, map[string][]string{}},
		"no selector":                    {service(nobody), []*corev1.Pod{a}, map[string][]string{}},
		"no address":                     {service(headless), []*corev1.Pod{a}, map[string][]string{}},
		"another protocol":               {service(datagrams), []*corev1.Pod{a}, map[string][]string{}},
		"a port for root only":           {service(low), []*corev1.Pod{a}, map[string][]string{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Routes([]*corev1.Service{c.service}, c.pods)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHosts(t *testing.T) {
	db := service(headless, func(s *corev1.Service) { s.Name, s.Spec.Selector = "db", map[string]string{"app": "db"} })
	alias := service(func(s *corev1.Service) { s.Name, s.Spec.ClusterIP, s.Spec.ExternalName = "alias", "", "example.com" })
	pods := []*corev1.Pod{
		pod("b", "127.1.1.2", another), pod("a", "127.1.1.1", another), pod("c", "127.1.1.3", another, unready), pod("w", "127.1.1.4"),
	}
	want := "127.0.0.1 localhost here\n" +
		"127.1.1.1 db.ns db.ns.svc db.ns.svc.cluster.local\n" +
		"127.1.1.2 db.ns db.ns.svc db.ns.svc.cluster.local\n" +
		"127.9.9.2 web.ns web.ns.svc web.ns.svc.cluster.local\n"
	if diff := cmp.Diff(want, Hosts([]*corev1.Service{service(), db, alias}, pods, "here")); diff != "" {
		t.Error(diff)
	}
}
