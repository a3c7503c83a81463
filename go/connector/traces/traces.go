// Where did the time of a call go?

// Package traces sends OpenTelemetry spans of the calls that a connector answers.
package traces

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc/filters"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc"
)

// flush is how long the last spans may take to leave.
const flush = 5 * time.Second

// Traces makes a span of every call, except health's and reflection's.
type Traces struct {
	provider *trace.TracerProvider
	log      *slog.Logger
}

// Start sends spans by OTLP over gRPC. OpenTelemetry's own environment variables say where and which: an
// OTEL_EXPORTER_OTLP_ENDPOINT (default: https://localhost:4317), OTEL_TRACES_SAMPLER, OTEL_RESOURCE_ATTRIBUTES,
// OTEL_SERVICE_NAME (default: name). A collector that cannot be reached is logged and costs spans, never calls.
func Start(ctx context.Context, name string, log *slog.Logger) (*Traces, error) {
	exporter, err := otlptracegrpc.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("exporter of traces: %w", err)
	}
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", name)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err), exporter.Shutdown(ctx))
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces", "error", err) }))
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(about))
	return &Traces{provider, log}, nil
}

// ServerOption makes a gRPC server record its calls. A span has the call, its code and its error, and from package serve
// the task type: nothing else of the request.
func (t *Traces) ServerOption() grpc.ServerOption {
	unasked := filters.Any(filters.HealthCheck(), filters.ServicePrefix("grpc.reflection"))
	return grpc.StatsHandler(otelgrpc.NewServerHandler(
		otelgrpc.WithTracerProvider(t.provider), otelgrpc.WithPropagators(propagation.TraceContext{}),
		otelgrpc.WithFilter(filters.Not(unasked)),
	))
}

// Stop sends what is left.
func (t *Traces) Stop(ctx context.Context) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), flush)
	defer cancel()
	if err := t.provider.Shutdown(limited); err != nil {
		t.log.Warn("the last traces are lost", "error", err)
	}
}
