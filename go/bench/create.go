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

// createRound has the time of every call in milliseconds.
type createRound struct {
	Connector []float64 `json:"connector"`
	Bare      []float64 `json:"bare"`
}

// measureCreate lets the two take turns; who begins changes with every round.
func measureCreate(ctx context.Context, b *bench) error {
	connector, err := b.connect(ctx, throughConnector)
	if err != nil {
		return err
	}
	defer connector.stop()
	client, err := dynamic.NewForConfig(b.cluster.connector)
	if err != nil {
		return err
	}
	rounds := b.options.rounds + 1 // the first one warms up and does not count
	requests, err := b.requests(throughConnector, rounds*createsInATurn)
	if err != nil {
		return err
	}
	objects, err := b.objects(ctx, rounds*createsInATurn)
	if err != nil {
		return err
	}
	for i := range rounds {
		say("create, %d at once: round %d of %d", callers, i, b.options.rounds)
		var round createRound
		sides := []func() error{
			func() (err error) {
				round.Connector, err = each(ctx, createsInATurn, creating(connector, requests[i*createsInATurn:]))
				return err
			},
			func() (err error) {
				round.Bare, err = each(ctx, createsInATurn, posting(client, objects[i*createsInATurn:]))
				return err
			},
		}
		for j := range sides {
			if err := sides[(i+j)%2](); err != nil {
				return err
			}
		}
		if i > 0 {
			b.report.Create = append(b.report.Create, round)
		}
	}
	return nil
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
		_, err := client.Resource(jobs).Namespace(bare).Create(limited, objects[n], metav1.CreateOptions{})
		if err != nil {
			return fmt.Errorf("create the object alone: %w", err)
		}
		return nil
	}
}

func (b *bench) objects(ctx context.Context, count int) ([]*unstructured.Unstructured, error) {
	result := make([]*unstructured.Unstructured, count)
	for i := range result {
		request, err := b.request(bare, i)
		if err != nil {
			return nil, err
		}
		if result[i], err = posted(ctx, request); err != nil {
			return nil, err
		}
	}
	return result, nil
}
