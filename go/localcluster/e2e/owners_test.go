//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

func indexed(completions int32, script string) *batchv1.Job {
	mode := batchv1.IndexedCompletion
	return &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: "job"},
		Spec: batchv1.JobSpec{Completions: &completions, Parallelism: &completions, CompletionMode: &mode,
			Template: corev1.PodTemplateSpec{Spec: shell(script).Spec}},
	}
}

func TestJobCompletesAndItsDeletionRemovesItsPods(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	jobs := shared.client.BatchV1().Jobs(ns)
	if _, err := jobs.Create(t.Context(), indexed(3, "echo index $JOB_COMPLETION_INDEX"), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, 30*time.Second, func() string {
		job, err := jobs.Get(t.Context(), "job", metav1.GetOptions{})
		if err == nil && job.Status.CompletedIndexes == "0-2" && job.Status.CompletionTime != nil {
			return ""
		}
		return fmt.Sprintf("the job is not complete: %v %+v", err, job.Status)
	})
	background := metav1.DeletePropagationBackground
	if err := jobs.Delete(t.Context(), "job", metav1.DeleteOptions{PropagationPolicy: &background}); err != nil {
		t.Fatal(err)
	}
	eventually(t, 20*time.Second, func() string {
		pods, err := shared.client.CoreV1().Pods(ns).List(t.Context(), metav1.ListOptions{})
		if err == nil && len(pods.Items) == 0 {
			return ""
		}
		return fmt.Sprintf("%d pods are left (%v)", len(pods.Items), err)
	})
}

func TestContainerRestartsAndRunsOn(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	pod := shell("test -e /data/second && exit 0; touch /data/second; exit 7")
	pod.Spec.RestartPolicy = corev1.RestartPolicyOnFailure
	pod.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}
	pod.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	create(t, ns, pod)
	got := shared.awaitPod(t, ns, "pod", "finished", finished).Status
	c := got.ContainerStatuses[0]
	if got.Phase != corev1.PodSucceeded || c.RestartCount != 1 || c.LastTerminationState.Terminated.ExitCode != 7 {
		t.Errorf("phase %s, container %+v; want one restart after exit code 7", got.Phase, c)
	}
}

func TestPodOverItsDeadlineFails(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	pod := shell("sleep 60")
	seconds := int64(1)
	pod.Spec.ActiveDeadlineSeconds = &seconds
	create(t, ns, pod)
	got := shared.awaitPod(t, ns, "pod", "over", func(pod *corev1.Pod) bool {
		return finished(pod) && pod.Status.ContainerStatuses[0].State.Terminated != nil
	}).Status
	if got.Phase != corev1.PodFailed || got.Reason != "DeadlineExceeded" || got.ContainerStatuses[0].State.Terminated.ExitCode != 143 {
		t.Errorf("phase %s, reason %q, containers %+v", got.Phase, got.Reason, got.ContainerStatuses)
	}
}

func TestProbesDecideAboutReadinessAndRestarts(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	pod := shell("rm -f /data/well; sleep 1.5; touch /data/well; sleep 2; rm /data/well; sleep 60")
	pod.Spec.RestartPolicy = corev1.RestartPolicyAlways
	pod.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}
	main := &pod.Spec.Containers[0]
	main.VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	well := corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"test", "-e", "/data/well"}}}
	main.StartupProbe = &corev1.Probe{ProbeHandler: well, PeriodSeconds: 1, FailureThreshold: 20}
	main.LivenessProbe = &corev1.Probe{ProbeHandler: well, PeriodSeconds: 1, FailureThreshold: 2}
	main.ReadinessProbe = &corev1.Probe{ProbeHandler: well, PeriodSeconds: 1}
	create(t, ns, pod)
	shared.awaitPod(t, ns, "pod", "running and not ready", func(pod *corev1.Pod) bool { return running(pod) && !pod.Status.ContainerStatuses[0].Ready })
	shared.awaitPod(t, ns, "pod", "ready", func(pod *corev1.Pod) bool { return pod.Status.ContainerStatuses[0].Ready })
	shared.awaitPod(t, ns, "pod", "restarted", func(pod *corev1.Pod) bool { return pod.Status.ContainerStatuses[0].RestartCount > 0 })
}

func TestReadinessOfAnUnreachablePort(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	pod := shell("sleep 60")
	pod.Spec.Containers[0].ReadinessProbe = &corev1.Probe{PeriodSeconds: 1,
		ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(9)}}}
	create(t, ns, pod)
	shared.awaitPod(t, ns, "pod", "running", running)
	time.Sleep(1500 * time.Millisecond)
	for _, condition := range shared.awaitPod(t, ns, "pod", "running", running).Status.Conditions {
		if condition.Type == corev1.PodReady && condition.Status != corev1.ConditionFalse {
			t.Errorf("the pod is ready though nothing listens")
		}
	}
}

func TestSidecarEndsWithThePod(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	always := corev1.ContainerRestartPolicyAlways
	pod := shell("test -e /data/side")
	pod.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}
	mount := []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	pod.Spec.Containers[0].VolumeMounts = mount
	pod.Spec.InitContainers = []corev1.Container{{Name: "side", Image: image, RestartPolicy: &always, VolumeMounts: mount,
		Command: []string{"sh", "-c", "touch /data/side; sleep 60"},
		StartupProbe: &corev1.Probe{PeriodSeconds: 1, FailureThreshold: 20, ProbeHandler: corev1.ProbeHandler{
			Exec: &corev1.ExecAction{Command: []string{"test", "-e", "/data/side"}}}}}}
	create(t, ns, pod)
	got := shared.awaitPod(t, ns, "pod", "finished", finished)
	if got.Status.Phase != corev1.PodSucceeded {
		t.Errorf("phase %s", got.Status.Phase)
	}
	eventually(t, 5*time.Second, func() string { return strings.Join(leftOver(string(got.UID)), "; ") })
}

func TestNodeAndBinderHaveLeastRights(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "of-nobody"}}
	if _, err := shared.client.CoreV1().Secrets(ns).Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"node", "binder"} {
		config, err := clientcmd.BuildConfigFromFlags("", shared.state+"/"+name+".kubeconfig")
		if err != nil {
			t.Fatal(err)
		}
		client, err := kubernetes.NewForConfig(config)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.CoreV1().Secrets(ns).Get(t.Context(), "of-nobody", metav1.GetOptions{}); !errors.IsForbidden(err) {
			t.Errorf("%s may read a secret that no pod of the node uses: %v", name, err)
		}
	}
}

func TestPodThatCannotRunHereSaysSo(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	pod := shell("true")
	pod.Spec.NodeSelector = map[string]string{"disk": "fast"}
	create(t, ns, pod)
	shared.awaitPod(t, ns, "pod", "unschedulable", func(pod *corev1.Pod) bool {
		for _, c := range pod.Status.Conditions {
			if c.Type == corev1.PodScheduled && c.Reason == corev1.PodReasonUnschedulable {
				return pod.Status.Phase == corev1.PodPending && pod.Spec.NodeName == ""
			}
		}
		return false
	})
}
