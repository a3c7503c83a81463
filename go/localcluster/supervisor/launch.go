package supervisor

// In which order does a cluster start, and when is it ready?

import (
	"context"
	"fmt"
	"path/filepath"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// launch returns when a Job could be created. The API server waits for etcd by itself, so both start at once; the
// others would only wait, in steps of a second, so they start when the API server answers.
func (s *supervisor) launch(ctx context.Context) error {
	l := s.layout
	if err := makeIdentities(l); err != nil {
		return err
	}
	if err := s.startFromBin("etcd", etcdArgs(l)); err != nil {
		return err
	}
	if err := s.startFromBin("kube-apiserver", apiServerArgs(l)); err != nil {
		return err
	}
	client, err := adminClient(l)
	if err != nil {
		return err
	}
	if err := s.await(ctx, "the API server", 90*time.Second, func(ctx context.Context) error {
		return client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
	}); err != nil {
		return err
	}
	if err := s.startFromBin("kube-controller-manager", controllerManagerArgs(l, s.options.Bare)); err != nil {
		return err
	}
	if err := applyRoles(ctx, client); err != nil {
		return err
	}
	if err := s.apply(ctx); err != nil {
		return err
	}
	if err := s.startOperators(ctx, client); err != nil {
		return err
	}
	if s.options.Bare {
		return s.awaitNamespaces(ctx, client)
	}
	return s.startNode(ctx, client)
}

// startNode returns when pods run, and the operators with them.
func (s *supervisor) startNode(ctx context.Context, client kubernetes.Interface) error {
	l := s.layout
	if err := s.start("node", s.options.Self, nodeArgs(l, s.options.Images, s.mark), stopNode); err != nil {
		return err
	}
	if err := s.awaitUse(ctx, client); err != nil {
		return err
	}
	return s.awaitOperators(ctx)
}

// startFromBin starts a component that dies at once with the supervisor.
func (s *supervisor) startFromBin(name string, args []string) error {
	return s.start(name, filepath.Join(s.options.Bin, name), args, syscall.SIGKILL)
}

func adminClient(l layout) (kubernetes.Interface, error) {
	config, err := clientcmd.BuildConfigFromFlags("", l.kubeconfig("admin"))
	if err != nil {
		return nil, fmt.Errorf("client of the API server: %w", err)
	}
	config.QPS = -1
	return kubernetes.NewForConfig(config)
}

// awaitUse waits for the node and for what a first pod needs, in the namespaces of the manifests too.
func (s *supervisor) awaitUse(ctx context.Context, client kubernetes.Interface) error {
	if err := s.await(ctx, "the node", 30*time.Second, func(ctx context.Context) error {
		node, err := client.CoreV1().Nodes().Get(ctx, nodeName, metav1.GetOptions{})
		if err != nil {
			return err
		}
		for _, condition := range node.Status.Conditions {
			if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue {
				return nil
			}
		}
		return fmt.Errorf("node %s is not Ready", nodeName)
	}); err != nil {
		return err
	}
	return s.awaitNamespaces(ctx, client)
}

func (s *supervisor) awaitNamespaces(ctx context.Context, client kubernetes.Interface) error {
	return s.await(ctx, "every namespace", 60*time.Second, func(ctx context.Context) error {
		return everyNamespace(ctx, client)
	})
}

// everyNamespace: one without its service account or its root certificate admits or starts no pod.
func everyNamespace(ctx context.Context, client kubernetes.Interface) error {
	all, err := client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, namespace := range all.Items {
		if _, err := client.CoreV1().ServiceAccounts(namespace.Name).Get(ctx, "default", metav1.GetOptions{}); err != nil {
			return fmt.Errorf("namespace %s: %w", namespace.Name, err)
		}
		if _, err := client.CoreV1().ConfigMaps(namespace.Name).Get(ctx, "kube-root-ca.crt", metav1.GetOptions{}); err != nil {
			return fmt.Errorf("namespace %s: %w", namespace.Name, err)
		}
	}
	return nil
}

// await asks again and again until the answer is no error.
func (s *supervisor) await(ctx context.Context, what string, limit time.Duration, ask func(context.Context) error) error {
	began := time.Now()
	for {
		once, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := ask(once)
		cancel()
		switch {
		case err == nil:
			s.say("%s is ready", what)
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case time.Since(began) > limit:
			return fmt.Errorf("%s is not ready after %s: %w%s", what, limit, err, s.lastWords()) // stop removes the logs
		}
		time.Sleep(20 * time.Millisecond)
	}
}
