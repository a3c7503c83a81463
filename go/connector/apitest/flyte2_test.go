//go:build apitest

package apitest

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"example.com/flyteconnector/gen/flyteidl/admin"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
	"example.com/flyteconnector/gen/flyteidl2/connector"
	flyte2 "example.com/flyteconnector/gen/flyteidl2/core"
)

// The tests play Flyte 2's executor, too.

// caller calls the connector as one of the Flytes does.
type caller struct {
	create func(*testing.T, *admin.CreateTaskRequest) ([]byte, error)
	get    func(t *testing.T, taskType string, meta []byte) (phase, message string)
	delete func(t *testing.T, taskType string, meta []byte) error
}

// callers are both Flytes on one connection.
func callers(f *Flyte) map[string]caller {
	client := connector.NewAsyncConnectorServiceClient(f.Conn)
	return map[string]caller{
		"Flyte 1": {
			create: func(t *testing.T, request *admin.CreateTaskRequest) ([]byte, error) {
				answer, err := f.CreateTask(t.Context(), request)
				return answer.GetResourceMeta(), err
			},
			get: func(t *testing.T, taskType string, meta []byte) (string, string) {
				resource := f.Get(t, taskType, meta)
				return resource.GetPhase().String(), resource.GetMessage()
			},
			delete: func(t *testing.T, taskType string, meta []byte) error {
				category := &admin.TaskCategory{Name: taskType}
				_, err := f.DeleteTask(t.Context(), &admin.DeleteTaskRequest{TaskCategory: category, ResourceMeta: meta})
				return err
			},
		},
		"Flyte 2": {
			create: func(t *testing.T, request *admin.CreateTaskRequest) ([]byte, error) {
				answer, err := client.CreateTask(t.Context(), inFlyte2(t, request))
				return answer.GetResourceMeta(), err
			},
			get: func(t *testing.T, taskType string, meta []byte) (string, string) {
				category := &connector.TaskCategory{Name: taskType}
				answer, err := client.GetTask(t.Context(), &connector.GetTaskRequest{TaskCategory: category, ResourceMeta: meta})
				if err != nil || answer.GetResource().GetPhase() == flyte2.TaskExecution_UNDEFINED {
					t.Fatalf("GetTask: want a phase, got %v, %v", answer, err)
				}
				return answer.GetResource().GetPhase().String(), answer.GetResource().GetMessage()
			},
			delete: func(t *testing.T, taskType string, meta []byte) error {
				category := &connector.TaskCategory{Name: taskType}
				_, err := client.DeleteTask(t.Context(), &connector.DeleteTaskRequest{TaskCategory: category, ResourceMeta: meta})
				return err
			},
		},
	}
}

// inFlyte2 is the request in Flyte 2's message, which has the same bytes.
func inFlyte2(t *testing.T, request *admin.CreateTaskRequest) *connector.CreateTaskRequest {
	t.Helper()
	raw, err := proto.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	result := new(connector.CreateTaskRequest)
	if err := proto.Unmarshal(raw, result); err != nil {
		t.Fatal(err)
	}
	return result
}

func TestTheSameAttemptFromBothFlytesAtOnceIsOneResource(t *testing.T) {
	one, namespace := start(t)
	two := Connect(t, cluster.Identity(t, namespace, rules()), namespace, note{})
	answers := make([][]byte, 20)
	var running sync.WaitGroup
	for i := range answers {
		running.Go(func() {
			both := callers([]*Flyte{one, two}[i/2%2])
			var err error
			if answers[i], err = both[[]string{"Flyte 1", "Flyte 2"}[i%2]].create(t, request(namespace, "s3://b/a/0")); err != nil {
				t.Errorf("call %d: %v", i, err)
			}
		})
	}
	running.Wait()
	for i, answer := range answers {
		if !bytes.Equal(answer, answers[0]) {
			t.Errorf("call %d got %s, call 0 got %s", i, answer, answers[0])
		}
	}
	if found := all(t, namespace); len(found) != 1 {
		t.Fatalf("want one resource, got %d", len(found))
	}
}

func TestATaskOfEitherFlyteFromCreateToDelete(t *testing.T) {
	for name := range callers(&Flyte{}) {
		t.Run(name, func(t *testing.T) {
			f, namespace := start(t)
			it := callers(f)[name]
			meta, err := it.create(t, request(namespace, "s3://b/a/0"))
			if err != nil {
				t.Fatal(err)
			}
			write(t, all(t, namespace)[0], "running")
			Eventually(t, "the task runs, for both", func() bool {
				one, _ := callers(f)["Flyte 1"].get(t, noteType, meta)
				two, _ := callers(f)["Flyte 2"].get(t, noteType, meta)
				return one == flyte.TaskExecution_RUNNING.String() && two == one
			})
			for range 2 {
				if err := it.delete(t, noteType, meta); err != nil {
					t.Fatal(err)
				}
			}
			release(t, all(t, namespace)[0])
			Eventually(t, "the task is lost", func() bool {
				phase, message := it.get(t, noteType, meta)
				return phase == flyte.TaskExecution_RETRYABLE_FAILED.String() && message != ""
			})
			if err := it.delete(t, noteType, meta); err != nil {
				t.Errorf("want a delete after the end to be fine: Flyte 2 repeats it for ever, got %v", err)
			}
		})
	}
}

func TestWhatNobodyServesIsNotFoundAndNothingIsCreated(t *testing.T) {
	f, namespace := start(t)
	for name, it := range callers(f) {
		other, later := request(namespace, "s3://b/other/0"), request(namespace, "s3://b/later/0")
		other.Template.Type, later.Template.TaskTypeVersion = "other", 1
		for what, wrong := range map[string]*admin.CreateTaskRequest{"type": other, "version": later} {
			if _, err := it.create(t, wrong); status.Code(err) != codes.NotFound {
				t.Errorf("%s, %s: want NOT_FOUND, got %v", name, what, err)
			}
		}
	}
	if found := all(t, namespace); len(found) != 0 {
		t.Errorf("want no resource, got %d", len(found))
	}
}

func TestEightMebibytesOfInputsAreAccepted(t *testing.T) {
	f, namespace := start(t)
	for name, it := range callers(f) {
		big := request(namespace, "s3://b/"+name+"/0")
		big.Inputs = &flyte.LiteralMap{Literals: map[string]*flyte.Literal{"x": {Value: &flyte.Literal_Scalar{Scalar: &flyte.Scalar{
			Value: &flyte.Scalar_Primitive{Primitive: &flyte.Primitive{
				Value: &flyte.Primitive_StringValue{StringValue: strings.Repeat("x", 8<<20)},
			}},
		}}}}}
		meta, err := it.create(t, big)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if phase, message := it.get(t, noteType, meta); phase != flyte.TaskExecution_QUEUED.String() {
			t.Errorf("%s: want QUEUED, got %s %q", name, phase, message)
		}
	}
}
