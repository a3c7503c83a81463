// What is noted of a call?

package serve

import (
	"context"
	"log/slog"
	"path"
	"runtime/debug"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// logging writes one line for each call: at debug level, or louder if it failed. The line has no part of the request but
// its task type; the error is what the caller reads, too.
func logging(log *slog.Logger, taskTypes []string) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		began, span := time.Now(), trace.SpanFromContext(ctx)
		noted := span.IsRecording() || log.Enabled(ctx, slog.LevelDebug)
		if noted {
			span.SetAttributes(attribute.String("flyte.task_type", oneOf(taskTypes, request)))
		}
		answer, err := handler(ctx, request)
		if err == nil && !noted {
			return answer, nil // as nearly every call: what nobody reads is not put together either
		}
		taskType := oneOf(taskTypes, request)
		result := status.Convert(err)
		fields := []slog.Attr{
			slog.String("call", info.FullMethod), slog.String("code", result.Code().String()),
			slog.Duration("took", time.Since(began)),
		}
		if taskType != "" {
			fields = append(fields, slog.String("task_type", taskType))
		}
		if caller, known := peer.FromContext(ctx); known {
			fields = append(fields, slog.String("peer", caller.Addr.String()))
		}
		said := "call answered"
		if err != nil {
			said, fields = "call failed", append(fields, slog.String("error", result.Message()))
		}
		log.LogAttrs(ctx, level(result.Code()), said, fields...)
		return answer, err
	}
}

// oneOf is the request's task type; "unknown" if no plugin serves it, "" if the request has none.
func oneOf(taskTypes []string, request any) string {
	taskType := taskTypeOf(request)
	if taskType != "" && !slices.Contains(taskTypes, taskType) {
		return "unknown"
	}
	return taskType
}

func level(code codes.Code) slog.Level {
	switch code {
	case codes.OK, codes.Unimplemented: // tools try what a server has
		return slog.LevelDebug
	case codes.Canceled:
		return slog.LevelInfo
	case codes.Internal, codes.Unknown, codes.DataLoss:
		return slog.LevelError
	}
	return slog.LevelWarn
}

// taskTypeOf finds the task type where Flyte's messages have it, in either Flyte: task_category.name, task_type or
// template.type.
func taskTypeOf(request any) string {
	message, ok := request.(proto.Message)
	if !ok {
		return ""
	}
	for _, place := range [][]protoreflect.Name{{"task_category", "name"}, {"task_type"}, {"template", "type"}} {
		if found := text(message.ProtoReflect(), place); found != "" {
			return found
		}
	}
	return ""
}

// text is "" if the message has no such field.
func text(message protoreflect.Message, place []protoreflect.Name) string {
	field := message.Descriptor().Fields().ByName(place[0])
	switch {
	case field == nil:
		return ""
	case len(place) > 1 && field.Message() != nil && !field.IsList() && !field.IsMap():
		return text(message.Get(field).Message(), place[1:])
	case len(place) == 1 && field.Kind() == protoreflect.StringKind && !field.IsList():
		return message.Get(field).String()
	}
	return ""
}

// recovering turns a crash into an error of that call. It logs no request: inputs are the user's.
func recovering(log *slog.Logger) grpc.UnaryServerInterceptor {
	return func(
		ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler,
	) (answer any, err error) {
		defer func() {
			if problem := recover(); problem != nil {
				log.Error("call crashed", "call", info.FullMethod, "problem", problem, "stack", string(debug.Stack()))
				err = status.Errorf(codes.Internal, "%s crashed: %v", path.Base(info.FullMethod), problem)
			}
		}()
		return handler(ctx, request)
	}
}
