// What may a resource ask of the cluster?

// Package policy refuses resources that reach for more than a task needs: the node's own network, files and devices, other
// service accounts, other images. It looks at what a plugin has built, so it covers what a user writes into a pod template
// and what a plugin makes of it.
//
// It walks the whole object by key, at any depth, because every operator puts its pods somewhere else. A service account is
// what a key serviceAccount or serviceAccountName has, an image what a key image has, and no other key: also in a map of
// texts that the operator gives a meaning of its own, and not if the operator calls its field driverImage or the like.
// Labels, annotations and node selectors are left out. What it cannot see either is text with a meaning of its own, such as
// SparkApplication's sparkConf (spark.kubernetes.driver.podTemplateFile, spark.kubernetes.container.image): the plugin has
// to refuse that. It does not replace admission in the cluster (Pod Security, quotas), which holds for
// everybody; it says no before anything is created, in the task's own message.
package policy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Policy is what an operator allows. The zero value allows every service account and every image, and no host features.
type Policy struct {
	// ServiceAccounts are the names that a resource may use, "*" stands for any characters; empty: all. A resource that
	// names none runs as its namespace's default account, which is not asked about.
	ServiceAccounts []string
	// Images that a resource may use; see Glob for how they are written. Empty: all.
	Images []string
	// HostFeatures are allowed; Features names them all. Empty: none.
	HostFeatures []string
}

// New is a Policy that has been validated.
func New(serviceAccounts, images, hostFeatures []string) (Policy, error) {
	p := Policy{ServiceAccounts: serviceAccounts, Images: images, HostFeatures: hostFeatures}
	return p, p.Validate()
}

// Validate returns an error for every entry that could never have the effect that it is written for.
func (p Policy) Validate() error {
	var problems []error
	for _, name := range p.ServiceAccounts {
		if name == "" || strings.ContainsAny(name, " /:@") {
			problems = append(problems, fmt.Errorf("--service-accounts: %q is no service account's name, such as runner or team-*", name))
		}
	}
	for _, pattern := range p.Images {
		if err := checkImage(pattern); err != nil {
			problems = append(problems, fmt.Errorf("--images: %w", err))
		}
	}
	for _, feature := range p.HostFeatures {
		if _, known := features[feature]; !known {
			problems = append(problems, fmt.Errorf("--allow-host: there is no feature %q, only %s", feature, strings.Join(Features(), ", ")))
		}
	}
	return errors.Join(problems...)
}

// Features are the words for HostFeatures, sorted.
func Features() []string { return slices.Sorted(maps.Keys(features)) }

// Check returns an error that names each field that asks for too much: its path, its value, and the flag that would allow
// it. It looks at everything but the status.
func (p Policy) Check(object *unstructured.Unstructured) error {
	w := walker{policy: p}
	for _, key := range slices.Sorted(maps.Keys(object.Object)) {
		if key != "status" {
			w.field("", key, object.Object[key])
		}
	}
	return errors.Join(w.problems...)
}
