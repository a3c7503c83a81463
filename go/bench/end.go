// What about the connector's own end, and the tasks'?

package main

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/larkspur/plugins/job"
)

const restarts = 5

// measureRestart starts the connector again, with all tasks live, and polls each of them once.
func measureRestart(ctx context.Context, b *bench) error {
	for i := range restarts {
		b.live[big].stop()
		connector, err := b.connect(ctx, big)
		if err != nil {
			return err
		}
		b.live[big] = connector
		say("restart %d of %d: ready after %.2f s", i+1, restarts, connector.ready.Seconds())
		b.report.Restart = append(b.report.Restart, connector.ready.Seconds())
		if _, err := each(ctx, len(b.meta[big]), polling(connector, b.polls[big])); err != nil {
			return err
		}
	}
	return b.remember("after restart and one poll each", b.live[big])
}

// abort is the end of all tasks in the big namespace.
type abort struct {
	// Calls are the times of DeleteTask in milliseconds, Seconds those until everything was gone.
	Calls   []float64 `json:"calls"`
	Seconds float64   `json:"seconds"`
	Left    int       `json:"left"`
}

// patience is how long the garbage collector may make no progress before what is left counts as left.
const patience = time.Minute

// measureAbort deletes every live task, with the garbage collector of Kubernetes running.
func measureAbort(ctx context.Context, b *bench) error {
	collector, err := b.startCollector(ctx)
	if err != nil {
		return err
	}
	defer collector()
	metas := b.meta[big]
	category := &admin.TaskCategory{Name: job.TaskType}
	progress, began := every(1000, "deleted"), time.Now()
	b.report.Abort.Calls, err = each(ctx, len(metas), func(ctx context.Context, n int) error {
		limited, cancel := limit(ctx)
		defer cancel()
		request := &admin.DeleteTaskRequest{TaskCategory: category, ResourceMeta: metas[n]}
		if _, err := b.live[big].tasks.DeleteTask(limited, request); err != nil {
			return fmt.Errorf("DeleteTask: %w", err)
		}
		progress()
		return nil
	})
	if err != nil {
		return err
	}
	last, changed := -1, time.Now()
	for last != 0 && time.Since(changed) < patience {
		left, err := b.left(ctx)
		if err != nil {
			return err
		}
		if left != last {
			say("left: %d Jobs and pods", left)
			last, changed = left, time.Now()
		}
		if left != 0 {
			time.Sleep(2 * time.Second)
		}
	}
	b.report.Abort.Seconds, b.report.Abort.Left = time.Since(began).Seconds(), last
	return b.remember("after abort", b.live[big])
}

// left counts the Jobs and pods that are in the big namespace.
func (b *bench) left(ctx context.Context) (int, error) {
	options := metav1.ListOptions{Limit: 1}
	count := func(items int, rest *int64) int {
		if rest != nil {
			return items + int(*rest)
		}
		return items
	}
	jobs, err := b.cluster.kube.BatchV1().Jobs(big).List(ctx, options)
	if err != nil {
		return 0, fmt.Errorf("list what is left: %w", err)
	}
	pods, err := b.cluster.kube.CoreV1().Pods(big).List(ctx, options)
	if err != nil {
		return 0, fmt.Errorf("list what is left: %w", err)
	}
	return count(len(jobs.Items), jobs.RemainingItemCount) + count(len(pods.Items), pods.RemainingItemCount), nil
}

// startCollector runs kube-controller-manager with the garbage collector alone.
func (b *bench) startCollector(ctx context.Context) (stop func(), err error) {
	address, err := freePort()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	program := filepath.Join(b.options.assets, "kube-controller-manager")
	command := exec.CommandContext(ctx, program, "--kubeconfig="+b.cluster.admin, "--controllers=garbage-collector-controller",
		"--leader-elect=false", "--bind-address=127.0.0.1", "--secure-port="+port, "--cert-dir="+b.options.folder,
		"--kube-api-qps=2000", "--kube-api-burst=2000")
	log, err := logFile(b.options.folder, "garbage-collector")
	if err != nil {
		return nil, err
	}
	defer log.Close()
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the garbage collector: %w", err)
	}
	return func() {
		_ = command.Process.Kill() // it keeps nothing
		_ = command.Wait()
	}, nil
}
