// What does a create through the connector take, compared with the create alone?

package main

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"example.com/flyteconnector/gen/flyteidl/admin"
)

// createsInATurn is for each side, and the same objects for both, but for namespace and name.
const createsInATurn = 320

var jobs = schema.GroupVersionResource{Group: "batch", Version: "v1", Resource: "jobs"}

// createRound has the time of every call in milliseconds: through the connector; by a bare client in the same namespace, so
// that the connector hears of these objects too; and by a bare client in a namespace that nobody watches.
type createRound struct {
	Connector []float64 `json:"connector"`
	Bare      []float64 `json:"bare"`
	Unwatched []float64 `json:"unwatched"`
}

// side is one way to create the objects of a turn.
type side struct {
	create func(ctx context.Context, n int) error
	took   func(*createRound) *[]float64
}

// measureCreate lets the sides take turns; who begins changes with every round.
func measureCreate(ctx context.Context, b *bench) error {
	connector, err := b.connect(ctx, watched)
	if err != nil {
		return err
	}
	defer connector.stop()
	sides, err := b.sides(ctx, connector)
	if err != nil {
		return err
	}
	for i := range b.options.rounds + 1 { // the first one warms up and does not count
		say("create, %d at once: round %d of %d", callers, i, b.options.rounds)
		var round createRound
		for j := range sides {
			side := sides[(i+j)%len(sides)]
			took, err := each(ctx, createsInATurn, func(ctx context.Context, n int) error {
				return side.create(ctx, i*createsInATurn+n)
			})
			if err != nil {
				return err
			}
			*side.took(&round) = took
		}
		if i > 0 {
			b.report.Create = append(b.report.Create, round)
		}
	}
	return nil
}

func (b *bench) sides(ctx context.Context, connector *server) ([]side, error) {
	client, err := dynamic.NewForConfig(b.cluster.connector)
	if err != nil {
		return nil, err
	}
	count := (b.options.rounds + 1) * createsInATurn
	requests, err := b.requests(watched, 0, count)
	if err != nil {
		return nil, err
	}
	same, err := b.objects(ctx, watched, count)
	if err != nil {
		return nil, err
	}
	apart, err := b.objects(ctx, unwatched, count)
	return []side{
		{create: creating(connector, requests), took: func(r *createRound) *[]float64 { return &r.Connector }},
		{create: posting(client, same), took: func(r *createRound) *[]float64 { return &r.Bare }},
		{create: posting(client, apart), took: func(r *createRound) *[]float64 { return &r.Unwatched }},
	}, err
}

func creating(connector *server, requests []*admin.CreateTaskRequest) func(context.Context, int) error {
	return func(ctx context.Context, n int) error {
		limited, cancel := limit(ctx)
		defer cancel()
		if _, err := connector.tasks.CreateTask(limited, requests[n]); err != nil {
			return fmt.Errorf("CreateTask: %w", err)
		}
		return nil
	}
}

func posting(client dynamic.Interface, objects []*unstructured.Unstructured) func(context.Context, int) error {
	return func(ctx context.Context, n int) error {
		limited, cancel := limit(ctx)
		defer cancel()
		object := objects[n]
		_, err := client.Resource(jobs).Namespace(object.GetNamespace()).Create(limited, object, metav1.CreateOptions{})
		if err != nil {
			return fmt.Errorf("create the object alone: %w", err)
		}
		return nil
	}
}

// objects are other ones than the connector makes in the namespace: their numbers begin where its numbers end.
func (b *bench) objects(ctx context.Context, namespace string, count int) ([]*unstructured.Unstructured, error) {
	requests, err := b.requests(namespace, count, count)
	if err != nil {
		return nil, err
	}
	result := make([]*unstructured.Unstructured, count)
	for i, request := range requests {
		if result[i], err = posted(ctx, request); err != nil {
			return nil, err
		}
	}
	return result, nil
}
