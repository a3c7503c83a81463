package node

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func TestAddressesAreDistinctAndUsedAgain(t *testing.T) {
	a, err := newAddresses("https://127.0.0.1:33025")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 254 {
		address, err := a.take()
		if err != nil || seen[address] {
			t.Fatalf("address %q: %v", address, err)
		}
		seen[address] = true
	}
	if !seen["127.129.1.1"] || !seen["127.129.1.254"] {
		t.Error("the addresses do not follow from the port: 33025 = 129*256 + 1")
	}
	if _, err := a.take(); err == nil {
		t.Error("a 255th address was found")
	}
	a.release("127.129.1.7")
	if address, err := a.take(); err != nil || address != "127.129.1.7" {
		t.Errorf("after a release: %q (%v)", address, err)
	}
	if _, err := newAddresses("https://127.0.0.1"); err == nil {
		t.Error("a server without a port is accepted")
	}
}

func TestMisfits(t *testing.T) {
	capacity := corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Gi"), corev1.ResourceCPU: resource.MustParse("4")}
	requests := func(pairs ...string) corev1.PodSpec {
		list := corev1.ResourceList{}
		for i := 0; i < len(pairs); i += 2 {
			list[corev1.ResourceName(pairs[i])] = resource.MustParse(pairs[i+1])
		}
		one := corev1.Container{Resources: corev1.ResourceRequirements{Requests: list}}
		return corev1.PodSpec{Containers: []corev1.Container{one, one}}
	}
	cases := map[string]struct {
		spec corev1.PodSpec
		want []string
	}{
		"it fits":                           {requests("memory", "512Mi", "cpu", "2"), nil},
		"its containers together are large": {requests("memory", "600Mi"), []string{"Insufficient memory"}},
		"a device that is not here":         {requests("example.com/gpu", "1"), []string{"Insufficient example.com/gpu"}},
		"another kind of node": {corev1.PodSpec{NodeSelector: map[string]string{"disk": "fast"}},
			[]string{"node(s) didn't match Pod's node affinity/selector"}},
		"this node by its name": {corev1.PodSpec{NodeSelector: map[string]string{corev1.LabelHostname: "local"}}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, misfits(&corev1.Pod{Spec: c.spec}, labels("local"), capacity)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
