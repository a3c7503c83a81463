// How does the cluster get thousands of tasks that run?

package main

import (
	"context"
	"fmt"
	"sync/atomic"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// fill creates the live tasks through the connectors, and then plays the Job controller and the kubelet: every Job gets
// the pod that its template describes, and both get the status of a worker that runs.
func fill(ctx context.Context, b *bench) error {
	b.live, b.meta = map[string]*server{}, map[string][][]byte{}
	counts := map[string]int{small: b.options.live / 10, big: b.options.live}
	for _, namespace := range []string{small, big} {
		connector, err := b.connect(ctx, namespace)
		if err != nil {
			return err
		}
		b.live[namespace] = connector
		requests, err := b.requests(namespace, 0, counts[namespace])
		if err != nil {
			return err
		}
		meta := make([][]byte, len(requests))
		progress := every(1000, "created in "+namespace)
		_, err = each(ctx, len(requests), func(ctx context.Context, n int) error {
			limited, cancel := limit(ctx)
			defer cancel()
			answer, err := connector.tasks.CreateTask(limited, requests[n])
			if err != nil {
				return fmt.Errorf("CreateTask: %w", err)
			}
			meta[n] = answer.GetResourceMeta()
			progress()
			return nil
		})
		if err != nil {
			return err
		}
		b.meta[namespace] = meta
		if err := b.play(ctx, namespace); err != nil {
			return err
		}
	}
	return nil
}

// every says how far something is.
func every(step int64, what string) func() {
	var done atomic.Int64
	return func() {
		if n := done.Add(1); n%step == 0 {
			say("%s: %d", what, n)
		}
	}
}

// play makes all Jobs of a namespace run.
func (b *bench) play(ctx context.Context, namespace string) error {
	options := metav1.ListOptions{Limit: 500}
	progress := every(1000, "made to run in "+namespace)
	for {
		page, err := b.cluster.kube.BatchV1().Jobs(namespace).List(ctx, options)
		if err != nil {
			return fmt.Errorf("list the Jobs of %s: %w", namespace, err)
		}
		_, err = each(ctx, len(page.Items), func(ctx context.Context, n int) error {
			defer progress()
			return b.run(ctx, &page.Items[n])
		})
		if err != nil || page.Continue == "" {
			return err
		}
		options.Continue = page.Continue
	}
}

// run gives a Job its pod, and both their status.
func (b *bench) run(ctx context.Context, job *batchv1.Job) error {
	pods := b.cluster.kube.CoreV1().Pods(job.Namespace)
	pod, err := pods.Create(ctx, podOf(job), metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("play the Job controller: %w", err)
	}
	pod.Status = running(pod)
	if _, err := pods.UpdateStatus(ctx, pod, metav1.UpdateOptions{}); err != nil {
		return fmt.Errorf("play the kubelet: %w", err)
	}
	job.Status = batchv1.JobStatus{
		Active: 1, Ready: ptr.To[int32](1), StartTime: ptr.To(metav1.Now()), Terminating: ptr.To[int32](0),
		UncountedTerminatedPods: &batchv1.UncountedTerminatedPods{},
	}
	if _, err := b.cluster.kube.BatchV1().Jobs(job.Namespace).UpdateStatus(ctx, job, metav1.UpdateOptions{}); err != nil {
		return fmt.Errorf("play the Job controller: %w", err)
	}
	return nil
}

// podOf is the Job controller's pod, but for its finalizer, and with no grace at its end: nobody would report the end.
func podOf(job *batchv1.Job) *corev1.Pod {
	template := job.Spec.Template.DeepCopy()
	pod := &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	pod.Name, pod.Namespace = job.Name+"-0-x7k2p", job.Namespace
	metav1.SetMetaDataLabel(&pod.ObjectMeta, batchv1.JobCompletionIndexAnnotation, "0")
	metav1.SetMetaDataAnnotation(&pod.ObjectMeta, batchv1.JobCompletionIndexAnnotation, "0")
	pod.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(job, batchv1.SchemeGroupVersion.WithKind("Job"))}
	pod.Spec.Hostname, pod.Spec.NodeName = job.Name+"-0", "node-1"
	pod.Spec.TerminationGracePeriodSeconds = ptr.To[int64](0)
	for i := range pod.Spec.Containers {
		index := corev1.EnvVar{Name: "JOB_COMPLETION_INDEX", Value: "0"}
		pod.Spec.Containers[i].Env = append(pod.Spec.Containers[i].Env, index)
	}
	return pod
}

// running is what a kubelet reports of a pod that runs.
func running(pod *corev1.Pod) corev1.PodStatus {
	now := metav1.Now()
	status := corev1.PodStatus{
		Phase: corev1.PodRunning, QOSClass: pod.Status.QOSClass, HostIP: "10.0.0.7", PodIP: "10.244.1.23", StartTime: &now,
		HostIPs: []corev1.HostIP{{IP: "10.0.0.7"}}, PodIPs: []corev1.PodIP{{IP: "10.244.1.23"}},
	}
	kinds := []corev1.PodConditionType{
		corev1.PodReadyToStartContainers, corev1.PodInitialized, corev1.PodReady, corev1.ContainersReady, corev1.PodScheduled,
	}
	for _, kind := range kinds {
		condition := corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: now}
		status.Conditions = append(status.Conditions, condition)
	}
	for _, container := range pod.Spec.Containers {
		status.ContainerStatuses = append(status.ContainerStatuses, corev1.ContainerStatus{
			Name: container.Name, Image: container.Image, Ready: true, Started: ptr.To(true),
			ImageID:     "docker.io/library/task@sha256:0f4c54f2d1b7e1d0b7b1a9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8",
			ContainerID: "containerd://3b9f0d2e1c4a5b6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d",
			State:       corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}},
		})
	}
	return status
}
