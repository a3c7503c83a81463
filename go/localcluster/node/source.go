package node

// Where do ConfigMaps, Secrets, tokens and images come from?

import (
	"context"
	"os"
	"sync"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"example.com/localcluster/node/images"
)

// source reads objects as the node's own identity: only those that a pod of this node names.
type source struct {
	client kubernetes.Interface
}

func (s source) ConfigMap(ctx context.Context, namespace, name string) (*corev1.ConfigMap, error) {
	return s.client.CoreV1().ConfigMaps(namespace).Get(ctx, name, metav1.GetOptions{})
}

func (s source) Secret(ctx context.Context, namespace, name string) (*corev1.Secret, error) {
	return s.client.CoreV1().Secrets(namespace).Get(ctx, name, metav1.GetOptions{})
}

func (s source) Token(ctx context.Context, pod *corev1.Pod, audience string, seconds int64) (string, error) {
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: &seconds,
		BoundObjectRef: &authenticationv1.BoundObjectReference{
			Kind: "Pod", APIVersion: "v1", Name: pod.Name, UID: pod.UID,
		},
	}}
	if audience != "" {
		request.Spec.Audiences = []string{audience}
	}
	made, err := s.client.CoreV1().ServiceAccounts(pod.Namespace).CreateToken(ctx, pod.Spec.ServiceAccountName,
		request, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	return made.Status.Token, nil
}

// imageFile is read again when it has changed.
type imageFile struct {
	path  string
	mutex sync.Mutex
	size  int64
	time  time.Time
	file  images.File
}

func (f *imageFile) find(reference string) (images.Image, bool, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	info, err := os.Stat(f.path)
	if err != nil {
		return images.Image{}, false, err
	}
	if !info.ModTime().Equal(f.time) || info.Size() != f.size {
		file, err := images.Load(f.path)
		if err != nil {
			return images.Image{}, false, err
		}
		f.file, f.time, f.size = file, info.ModTime(), info.Size()
	}
	image, ok := f.file.Find(reference)
	return image, ok, nil
}
