// How does a request of Flyte 2 become one of Flyte 1?

package flyte2

import (
	"fmt"
	"maps"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl2/connector"
	"example.com/flyteconnector/gen/flyteidl2/core"
)

// asFlyte1 writes the request and reads it as Flyte 1's, which has the same fields under the same numbers (flyteidl 1.16.8,
// flyteidl2 2.0.51). What only Flyte 2 has stays behind, above all the connection: it may hold the values of secrets.
func asFlyte1(request *connector.CreateTaskRequest) (*admin.CreateTaskRequest, error) {
	raw, err := proto.Marshal(&connector.CreateTaskRequest{
		Inputs:                request.GetInputs(),
		Template:              request.GetTemplate(),
		OutputPrefix:          request.GetOutputPrefix(),
		TaskExecutionMetadata: request.GetTaskExecutionMetadata(),
	})
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "write the request of Flyte 2 again: %v", err)
	}
	result := new(admin.CreateTaskRequest)
	if err := (proto.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(raw, result); err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "read the request of Flyte 2 as one of Flyte 1: %v", err)
	}
	return result, nil
}

// taken refuses a task whose config has a field that the executor of Flyte 2 takes for itself: it reads the whole of
// template.custom as a core.Connection, looks every value in "secrets" up as the name of a secret, and keeps what it finds
// in the task's state (read in plugins/webapi/connector/plugin.go of main, 2026-08). A "secrets" or "configs" that is no
// map of strings, and a custom that is not set, fail in the executor before it calls a connector (measured).
func taken(connection *core.Connection) error {
	if len(connection.GetSecrets()) == 0 {
		return nil
	}
	return fmt.Errorf("template.custom.secrets (with %q): Flyte 2 takes this key for itself, sends the values of the secrets "+
		"to the connector, which uses none, and stores them in clear with the task; give the field of the task's config "+
		"another name, and let the container read the secrets", slices.Sorted(maps.Keys(connection.GetSecrets())))
}
