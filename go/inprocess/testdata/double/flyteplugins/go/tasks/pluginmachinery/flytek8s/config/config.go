// Package config is a double of the section plugins.k8s.
package config

// K8sPluginConfig holds what is for all resources and pods.
type K8sPluginConfig struct {
	DefaultAnnotations map[string]string
	DefaultLabels      map[string]string
}

// The first is Flyte's own default.
var current = &K8sPluginConfig{
	DefaultAnnotations: map[string]string{"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"},
}

// GetK8sPluginConfig returns the section.
func GetK8sPluginConfig() *K8sPluginConfig { return current }
