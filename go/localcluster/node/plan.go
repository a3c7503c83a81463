package node

// What exactly is started for a container: program, arguments, environment, folders?

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"

	"example.com/localcluster/node/images"
	"example.com/localcluster/node/mounts"
	"example.com/localcluster/node/podenv"
	"example.com/localcluster/process"
)

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

type plan struct {
	id, mark    string
	process     process.Spec
	termination string // file that takes the place of terminationMessagePath
	environment map[string]string
	table       mounts.Table
}

// awaitPlan waits until the image is known and everything that the container refers to exists; nil when stopped.
func (c *container) awaitPlan(stop context.Context, number int) *plan {
	image, ok := c.awaitImage(stop)
	if !ok {
		return nil
	}
	for {
		plan, err := c.makePlan(stop, image, number)
		if err == nil {
			return plan
		}
		c.worker.event(corev1.EventTypeWarning, "Failed", "Error: "+err.Error())
		c.wait("CreateContainerConfigError", err.Error())
		if !sleep(stop, time.Second) {
			return nil
		}
	}
}

// awaitImage plays a failing pull for as long as the images file does not know the reference.
func (c *container) awaitImage(stop context.Context) (images.Image, bool) {
	reason := "ErrImagePull"
	for {
		image, known, err := c.worker.node.images.find(c.spec.Image)
		if known {
			return image, stop.Err() == nil
		}
		message := fmt.Sprintf("failed to pull image %q: no pattern of the images file matches it", c.spec.Image)
		if err != nil {
			message = fmt.Sprintf("failed to pull image %q: %s", c.spec.Image, err)
		}
		if reason == "ErrImagePull" {
			c.worker.event(corev1.EventTypeWarning, "Failed", message)
		} else {
			message = fmt.Sprintf("Back-off pulling image %q: ErrImagePull: %s", c.spec.Image, message)
		}
		c.wait(reason, message)
		if !sleep(stop, 2*time.Second) {
			return images.Image{}, false
		}
		reason = "ImagePullBackOff"
	}
}

func (c *container) makePlan(ctx context.Context, image images.Image, number int) (*plan, error) {
	w, dir := c.worker, c.worker.folder(c.spec.Name)
	p := &plan{
		id:          fmt.Sprintf("processes://%s-%s-%d", w.pod.UID, c.spec.Name, number),
		mark:        fmt.Sprintf("%s/%s/%s", w.node.options.Mark+podsMark, w.pod.UID, c.spec.Name),
		termination: filepath.Join(dir, "termination-log"),
	}
	err := makeFolders(filepath.Join(dir, "home"), filepath.Join(dir, "tmp"), filepath.Dir(c.logFile(number)))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(p.termination, nil, 0o666); err != nil {
		return nil, fmt.Errorf("make the termination message file: %w", err)
	}
	pod := w.view()
	found, err := w.mount(pod, c.spec, p.termination)
	if err != nil {
		return nil, err
	}
	p.table = mounts.New(found)
	base, err := c.baseEnvironment(pod, image, dir, found)
	if err != nil {
		return nil, err
	}
	p.environment, err = podenv.Build(ctx, podenv.Input{
		Pod: pod, Container: c.spec, Base: base, Capacity: w.node.capacity, Rewrite: p.table.Rewrite,
	}, source{w.node.client})
	if err != nil {
		return nil, err
	}
	return p, c.fillProcess(p, image, dir, number)
}

func (c *container) fillProcess(p *plan, image images.Image, dir string, number int) error {
	workdir, err := c.workdir(p.table, image, dir)
	if err != nil {
		return err
	}
	p.environment["PATH"] = strings.Join(append(append([]string{}, image.Path...), p.environment["PATH"]), ":")
	p.environment["PWD"] = workdir
	p.environment[process.MarkVariable] = p.mark
	words, err := podenv.Command(image.Entrypoint, c.spec.Command, c.spec.Args, p.environment, p.table.Rewrite)
	if err != nil {
		return err
	}
	program, err := podenv.LookPath(words[0], p.environment["PATH"], workdir)
	if err != nil {
		program = words[0] // its start fails and says why
	}
	p.process = process.Spec{
		Path: program, Args: words[1:], Dir: workdir, Output: c.logFile(number), DeathSignal: syscall.SIGKILL,
		Env:       list(p.environment),
		AfterExit: func(pid int) { c.sweep(process.Owner{Session: pid, Mark: p.mark}) },
	}
	return nil
}

// baseEnvironment is what the container has before its own env is added.
func (c *container) baseEnvironment(
	pod *corev1.Pod, image images.Image, dir string, found []mounts.Mount,
) (map[string]string, error) {
	host, port, _ := strings.Cut(strings.TrimPrefix(c.worker.node.config.Host, "https://"), ":")
	env := map[string]string{
		"PATH": systemPath, "HOME": filepath.Join(dir, "home"), "TMPDIR": filepath.Join(dir, "tmp"),
		"HOSTNAME": pod.Name, "KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port,
		"KUBERNETES_SERVICE_PORT_HTTPS": port, hostsVariable: c.worker.node.hostsFile(),
	}
	for name, value := range image.Env {
		env[name] = value
	}
	kubeconfig, err := writeKubeconfig(c.worker.node.config.Host, pod.Namespace, dir, found)
	if kubeconfig != "" {
		env["KUBECONFIG"] = kubeconfig
	}
	return env, err
}

// workdir is the container's own choice where that is a volume, else a folder of the same name that only it has.
func (c *container) workdir(table mounts.Table, image images.Image, dir string) (string, error) {
	wanted := c.spec.WorkingDir
	if wanted == "" && image.Workdir != "" {
		return image.Workdir, nil
	}
	real := table.Rewrite(wanted)
	if wanted == "" || real == wanted {
		real = filepath.Join(dir, "work", wanted)
	}
	return real, makeFolders(real)
}

// lastWords is the termination message: the file, else for a failure the end of the log if the container wants that.
func (p *plan) lastWords(policy corev1.TerminationMessagePolicy, failed bool) string {
	const fileLimit, logLimit, logLines = 4096, 2048, 80
	if data, err := os.ReadFile(p.termination); err == nil && len(data) > 0 {
		return string(data[:min(len(data), fileLimit)])
	}
	if failed && policy == corev1.TerminationMessageFallbackToLogsOnError {
		return process.Tail(p.process.Output, logLines, logLimit)
	}
	return ""
}

func list(env map[string]string) []string {
	out := make([]string, 0, len(env))
	for name, value := range env {
		out = append(out, name+"="+value)
	}
	sort.Strings(out)
	return out
}
