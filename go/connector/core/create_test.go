package core

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"example.com/flyteconnector/plugin"
)

func status(code int32, message string) error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{Status: metav1.StatusFailure, Code: code, Message: message}}
}

func forbidden(message string, causes ...metav1.CauseType) error {
	denied := apierrors.NewForbidden(schema.GroupResource{Resource: "configmaps"}, "n", errors.New(message))
	for _, cause := range causes {
		denied.ErrStatus.Details.Causes = append(denied.ErrStatus.Details.Causes, metav1.StatusCause{Type: cause})
	}
	return denied
}

func TestFaultsThatPassAreTriedAgain(t *testing.T) {
	for name, fault := range map[string]error{
		"broken connection": errors.New("EOF"),
		"too many requests": status(http.StatusTooManyRequests, "slow down"),
		"internal error":    status(http.StatusInternalServerError, "etcd leader changed"),
		"unavailable":       status(http.StatusServiceUnavailable, "starting"),
		"conflict":          status(http.StatusConflict, "quota changed"),
	} {
		c, client := newCore(t, double{}, seen{})
		calls := fail(client, "create", 2, fault)
		m, err := unsigned.Decode(create(t, c))
		if err != nil || m.UID != "u" || *calls != 3 {
			t.Errorf("%s: want a resource at the third call, got %+v after %d, %v", name, m, *calls, err)
		}
	}
}

func TestFaultsThatStayAreFinalAtOnce(t *testing.T) {
	for _, fault := range []error{
		status(http.StatusBadRequest, "unknown field"),
		forbidden(`admission webhook "w" denied the request: no`),
		forbidden("ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no"),
		forbidden(`violates PodSecurity "restricted:latest": hostPath`),
		forbidden("the namespace is being terminated", corev1.NamespaceTerminatingCause),
		apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "gone"),
		status(http.StatusRequestEntityTooLarge, "too big"),
		status(http.StatusUnprocessableEntity, "spec.x: invalid"),
		status(http.StatusInternalServerError, "etcdserver: request is too large"),
	} {
		c, client := newCore(t, double{}, seen{})
		calls := fail(client, "create", 9, fault)
		info, err := c.Get(t.Context(), "double", create(t, c))
		if err != nil || info.Phase != plugin.Failed || info.Reason != fault.Error() || *calls != 1 {
			t.Errorf("want FAILED with %q after one call, got %+v after %d, %v", fault, info, *calls, err)
		}
	}
}

func TestForbiddenForAReasonOutsideTheObjectIsAnErrorAtOnce(t *testing.T) {
	for _, c := range []struct {
		fault error
		quota bool
	}{
		{forbidden(`User "connector" cannot create resource "configmaps"`), false},
		{forbidden("exceeded quota: q, requested: count/configmaps=1"), true},
	} {
		engine, client := newCore(t, double{}, seen{})
		calls := fail(client, "create", 9, c.fault)
		_, err := engine.Create(t.Context(), task)
		if !apierrors.IsForbidden(err) || errors.Is(err, ErrQuota) != c.quota || *calls != 1 {
			t.Errorf("want %q as an error after one call, quota: %v; got %v after %d", c.fault, c.quota, err, *calls)
		}
	}
}

func TestAQuotaThatIsFullOfTheTaskItselfIsNoObstacle(t *testing.T) {
	c, client := newCore(t, double{}, seen{}, created("u"))
	fail(client, "create", 9, forbidden("exceeded quota: q"))
	if m, err := unsigned.Decode(create(t, c)); err != nil || m.UID != "u" {
		t.Errorf("want the resource of the earlier call, got %+v, %v", m, err)
	}
}

func TestWhatThePluginDoesWrongFailsTheTask(t *testing.T) {
	for want, build := range map[string]func(plugin.Task) (*unstructured.Unstructured, error){
		"crashed in BuildResource: boom": func(plugin.Task) (*unstructured.Unstructured, error) { panic("boom") },
		"no object and no error":         func(plugin.Task) (*unstructured.Unstructured, error) { return nil, nil },
		`metadata.name "other"; it must`: func(plugin.Task) (*unstructured.Unstructured, error) { return object("other", ""), nil },
		`metadata.namespace "other"; it`: func(task plugin.Task) (*unstructured.Unstructured, error) {
			o := object(task.Name, "")
			o.SetNamespace("other") // as custom may ask for
			return o, nil
		},
		"kind \"/, Kind=\"": func(plugin.Task) (*unstructured.Unstructured, error) { return &unstructured.Unstructured{}, nil },
		"the user wrote something strange": func(plugin.Task) (*unstructured.Unstructured, error) {
			return nil, errors.New("the user wrote something strange")
		},
	} {
		c, client := newCore(t, double{build: build}, seen{})
		info, err := c.Get(t.Context(), "double", create(t, c))
		if err != nil || info.Phase != plugin.Failed || !strings.Contains(info.Reason, want) || len(client.Actions()) != 0 {
			t.Errorf("want FAILED with %q and no call, got %+v, %v, %v", want, info, err, client.Actions())
		}
	}
}

func TestANamespaceThatIsNotSeenIsRefused(t *testing.T) {
	c, _ := newCore(t, double{}, seen{})
	elsewhere := task
	elsewhere.Namespace = "other"
	raw, err := c.Create(t.Context(), elsewhere)
	if err != nil || !strings.Contains(string(raw), `does not serve namespace \"other\"`) {
		t.Errorf("got %s, %v", raw, err)
	}
}

func TestTheDeadlineEndsACreate(t *testing.T) {
	c, client := newCore(t, double{}, seen{})
	c.config.Deadline = 300 * time.Millisecond
	fail(client, "create", 1000, errors.New("EOF"))
	began := time.Now()
	_, err := c.Create(t.Context(), task)
	if took := time.Since(began); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "EOF") || took > 2*time.Second {
		t.Errorf("want ErrUnavailable with its cause after 300 ms, got %v after %s", err, took)
	}
	c.Wait()
}

func TestAnUnknownTypeIsNoTask(t *testing.T) {
	c, _ := newCore(t, double{}, seen{})
	unknown := task
	unknown.Type = "other"
	if _, err := c.Create(t.Context(), unknown); !errors.Is(err, ErrUnknownType) {
		t.Errorf("want ErrUnknownType, got %v", err)
	}
}

func TestAMissingKindAndAMissingNamespaceAreToldApart(t *testing.T) {
	plain := apierrors.NewGenericServerResponse(http.StatusNotFound, "post", schema.GroupResource{Resource: "configmaps"}, "", "404 page not found", 0, true)
	for want, fault := range map[string]error{
		"the cluster does not know configmaps: is its operator installed? (": plain,
		`namespaces "ns" not found`: apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "ns"),
	} {
		c, client := newCore(t, double{}, seen{})
		fail(client, "create", 9, fault)
		info, err := c.Get(t.Context(), "double", create(t, c))
		if err != nil || info.Phase != plugin.Failed || !strings.HasPrefix(info.Reason, want) {
			t.Errorf("want FAILED with %q, got %+v, %v", want, info, err)
		}
	}
}
