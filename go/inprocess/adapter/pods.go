// Which pods does a resource have?

package adapter

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/flyteorg/flyte/flytestdlib/logger"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// podSource knows pods. Flyteplugins 1.16 shows a plugin its resource alone, and the resource does not say why a pod cannot
// start.
type podSource interface {
	// of returns the pods with that label and the resource's name as its value. An error says why they are not known;
	// errNotYet passes by itself.
	of(label, namespace, name string) ([]corev1.Pod, error)
}

// errNotYet: the first list is under way.
var errNotYet = errors.New("the pods are not listed yet")

// noPods serves an entry that is not registered.
type noPods struct{}

func (noPods) of(string, string, string) ([]corev1.Pod, error) { return nil, errNotYet }

// onlyFlytes selects the pods that carry Flyte's labels, which BuildResource puts on the pod template.
const onlyFlytes = "execution-id"

const byOwner = "owner"

// podCache watches the pods that carry a label, for as long as the process runs. It begins with the first task, and it
// never waits: FlytePropeller's workers must not stand still because a right is missing.
type podCache struct {
	connect   func() (dynamic.Interface, error)
	namespace func() string

	mutex   sync.Mutex
	watches map[string]*podWatch
}

type podWatch struct {
	informer cache.SharedIndexInformer
	mutex    sync.Mutex
	failure  error
}

func newPods(settings func() Settings) *podCache {
	return &podCache{connect: connect, namespace: func() string { return settings().Namespace }}
}

// connect uses the pod's own service account, or KUBECONFIG outside a cluster, as FlytePropeller does by default.
func connect() (dynamic.Interface, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{}).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("find the Kubernetes API: %w", err)
	}
	return dynamic.NewForConfig(config)
}

func (c *podCache) of(label, namespace, name string) ([]corev1.Pod, error) {
	w, err := c.watching(label)
	if err != nil {
		return nil, err
	}
	if !w.informer.HasSynced() {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		if w.failure != nil {
			return nil, w.failure
		}
		return nil, errNotYet
	}
	objects, err := w.informer.GetIndexer().ByIndex(byOwner, namespace+"/"+name)
	if err != nil {
		return nil, fmt.Errorf("look up pods of %s/%s: %w", namespace, name, err)
	}
	pods := make([]corev1.Pod, 0, len(objects))
	for _, object := range objects {
		if pod, ok := object.(*corev1.Pod); ok {
			pods = append(pods, *pod.DeepCopy())
		}
	}
	return pods, nil
}

// watching returns the watch on a label, and starts it at the first call.
func (c *podCache) watching(label string) (*podWatch, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if w := c.watches[label]; w != nil {
		return w, nil
	}
	client, err := c.connect()
	if err != nil {
		return nil, err
	}
	only := func(options *metav1.ListOptions) { options.LabelSelector = label + "," + onlyFlytes }
	indexers := cache.Indexers{byOwner: func(object any) ([]string, error) {
		pod, ok := object.(*corev1.Pod)
		if !ok {
			return nil, fmt.Errorf("index pods by label %s: got a %T", label, object)
		}
		return []string{pod.Namespace + "/" + pod.Labels[label]}, nil
	}}
	resource := corev1.SchemeGroupVersion.WithResource("pods")
	w := &podWatch{
		informer: dynamicinformer.NewFilteredDynamicInformer(client, resource, c.namespace(), 0, indexers, only).Informer(),
	}
	if err := errors.Join(w.informer.SetTransform(toPod), w.informer.SetWatchErrorHandlerWithContext(w.failed)); err != nil {
		return nil, fmt.Errorf("watch pods with label %s: %w", label, err)
	}
	go w.informer.RunWithContext(context.Background())
	if c.watches == nil {
		c.watches = map[string]*podWatch{}
	}
	c.watches[label] = w
	return w, nil
}

func (w *podWatch) failed(ctx context.Context, _ *cache.Reflector, err error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.failure = err
	logger.Warnf(ctx, "watch on the pods of tasks interrupted; it will be tried again: %v", err)
}

// toPod converts a pod once, when it arrives.
func toPod(object any) (any, error) {
	raw, ok := object.(*unstructured.Unstructured)
	if !ok {
		return object, nil // a tombstone, or a pod that was converted already
	}
	pod := new(corev1.Pod)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw.Object, pod); err != nil {
		return nil, fmt.Errorf("read pod %s/%s: %w", raw.GetNamespace(), raw.GetName(), err)
	}
	pod.ManagedFields = nil
	return pod, nil
}
