package node

// Where on this machine are a pod's volumes, and how does a container find them?

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"example.com/localcluster/node/mounts"
	"example.com/localcluster/node/podenv"
	"example.com/localcluster/node/volumes"
)

const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

// volume is a volume of a pod. One with configuration is written for each container, because the paths in it are
// rewritten for that container's mounts.
type volume struct {
	dir    string
	files  volumes.Files
	config bool
}

// makeVolumes waits until all volumes can be made; false when the pod is stopped before.
func (w *worker) makeVolumes() bool {
	wait := 20 * time.Millisecond // the right to read an object follows the binding of its pod, a moment later
	for began := time.Now(); ; {
		err := w.tryVolumes()
		if err == nil {
			return true
		}
		if time.Since(began) > time.Second {
			w.event(corev1.EventTypeWarning, "FailedMount", err.Error())
			wait = time.Second
		}
		if !sleep(w.stop, wait) {
			return false
		}
	}
}

func (w *worker) tryVolumes() error {
	builder := volumes.Builder{Pod: w.view(), Source: source{w.node.client}, Capacity: w.node.capacity}
	made := map[string]volume{}
	for _, spec := range w.pod.Spec.Volumes {
		files, err := builder.Build(w.stop, spec)
		if err != nil {
			return err
		}
		v := volume{dir: filepath.Join(w.node.runFolder(w.pod.UID), "volumes", spec.Name), files: files}
		for _, file := range files {
			v.config = v.config || file.Config
		}
		if !v.config {
			if err := volumes.Write(v.dir, files, nil); err != nil {
				return err
			}
		}
		made[spec.Name] = v
	}
	w.volumes = made
	return nil
}

// mount returns what takes the place of each mountPath of a container.
func (w *worker) mount(pod *corev1.Pod, spec *corev1.Container, termination string) ([]mounts.Mount, error) {
	env := map[string]string{}
	for _, variable := range spec.Env { // for subPathExpr: plain values and fields
		env[variable.Name] = variable.Value
		if variable.ValueFrom != nil && variable.ValueFrom.FieldRef != nil {
			env[variable.Name], _ = podenv.Field(pod, variable.ValueFrom.FieldRef.FieldPath)
		}
	}
	found := []mounts.Mount{w.ownFolders()}
	if spec.TerminationMessagePath != "" {
		found = append(found, mounts.Mount{Path: spec.TerminationMessagePath, Real: termination})
	}
	for _, m := range spec.VolumeMounts {
		v, ok := w.volumes[m.Name]
		if !ok {
			return nil, fmt.Errorf("volumeMount %q: the pod has no such volume", m.Name)
		}
		dir := v.dir
		if v.config {
			dir = filepath.Join(w.folder(spec.Name), "volumes", m.Name)
		}
		below := m.SubPath + podenv.Expand(m.SubPathExpr, env)
		if below != "" && !filepath.IsLocal(below) {
			return nil, fmt.Errorf("volumeMount %q: subPath %q leaves the volume", m.Name, below)
		}
		found = append(found, mounts.Mount{Path: m.MountPath, Real: filepath.Join(dir, below)})
	}
	return found, w.writeConfigured(spec, mounts.New(found))
}

func (w *worker) writeConfigured(spec *corev1.Container, table mounts.Table) error {
	for _, m := range spec.VolumeMounts {
		v := w.volumes[m.Name]
		if v.config {
			dir := filepath.Join(w.folder(spec.Name), "volumes", m.Name)
			if err := volumes.Write(dir, v.files, table.Rewrite); err != nil {
				return err
			}
		}
		if len(v.files) == 0 && m.SubPath+m.SubPathExpr != "" {
			if err := os.MkdirAll(table.Rewrite(m.MountPath), 0o777); err != nil {
				return fmt.Errorf("volumeMount %q: %w", m.Name, err)
			}
		}
	}
	return nil
}

// writeKubeconfig gives a container that has a service account's token a kubeconfig with it, since the usual in-cluster
// configuration reads a fixed path. It returns "" for a container without a token.
func writeKubeconfig(server, namespace, dir string, found []mounts.Mount) (string, error) {
	for _, m := range found {
		if m.Path != accountFolder {
			continue
		}
		config := clientcmdapi.NewConfig()
		config.Clusters["cluster"] = &clientcmdapi.Cluster{Server: server, CertificateAuthority: filepath.Join(m.Real, "ca.crt")}
		config.AuthInfos["pod"] = &clientcmdapi.AuthInfo{TokenFile: filepath.Join(m.Real, "token")}
		config.Contexts["pod"] = &clientcmdapi.Context{Cluster: "cluster", AuthInfo: "pod", Namespace: namespace}
		config.CurrentContext = "pod"
		file := filepath.Join(dir, "kubeconfig")
		if err := clientcmd.WriteToFile(*config, file); err != nil {
			return "", fmt.Errorf("write the kubeconfig of the pod: %w", err)
		}
		return file, nil
	}
	return "", nil
}
