// How does the client keep out of the measurement?

package main

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"example.com/flyteconnector/gen/flyteidl/admin"
	flyte "example.com/flyteconnector/gen/flyteidl/core"
)

const (
	getTask = "/flyteidl.service.AsyncAgentService/GetTask"
	check   = "/grpc.health.v1.Health/Check"
	// looked is one of how many answers is read.
	looked = 16
)

// bytesCodec sends and receives encoded messages. Client and server share two processors, and the client's own work on
// messages would be measured as the server's.
type bytesCodec struct{}

func (bytesCodec) Name() string { return "proto" } // what is in the bytes

func (bytesCodec) Marshal(message any) (mem.BufferSlice, error) {
	raw, ok := message.([]byte)
	if !ok {
		return nil, fmt.Errorf("want encoded bytes to send, got a %T", message)
	}
	return mem.BufferSlice{mem.SliceBuffer(raw)}, nil
}

func (bytesCodec) Unmarshal(data mem.BufferSlice, message any) error {
	into, ok := message.(*[]byte)
	if !ok {
		return fmt.Errorf("want a place for encoded bytes, got a %T", message)
	}
	*into = data.Materialize()
	return nil
}

// call sends an encoded request to the method, and returns the encoded answer.
func (s *server) call(ctx context.Context, method string, request []byte) (answer []byte, err error) {
	if err := s.conn.Invoke(ctx, method, request, &answer, grpc.ForceCodecV2(bytesCodec{}), grpc.WaitForReady(true)); err != nil {
		return nil, fmt.Errorf("%s of %s: %w", method, s.name, err)
	}
	return answer, nil
}

// polls are the encoded requests for tasks.
func polls(taskType string, metas [][]byte) ([][]byte, error) {
	category := &admin.TaskCategory{Name: taskType}
	result := make([][]byte, len(metas))
	for i, meta := range metas {
		var err error
		if result[i], err = proto.Marshal(&admin.GetTaskRequest{TaskType: taskType, TaskCategory: category, ResourceMeta: meta}); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// polling asks for one task after the other. An answer that is not the right one would be cheap, so it is an error; all
// answers must have some length, and every one that is looked at must say that the task runs, and have its link.
func polling(s *server, requests [][]byte) func(context.Context, int) error {
	return func(ctx context.Context, n int) error {
		raw, err := s.call(ctx, getTask, requests[n%len(requests)])
		if err != nil {
			return err
		}
		if n%looked != 0 && len(raw) > 50 {
			return nil
		}
		return runs(raw)
	}
}

// runs returns an error unless an answer says that the task runs, and has its link.
func runs(raw []byte) error {
	answer := &admin.GetTaskResponse{}
	if err := proto.Unmarshal(raw, answer); err != nil {
		return fmt.Errorf("answer of GetTask: %w", err)
	}
	got := answer.GetResource()
	if got.GetPhase() != flyte.TaskExecution_RUNNING || len(got.GetLogLinks()) != 1 {
		return fmt.Errorf("GetTask says %s, %d links; it should be RUNNING with 1", got.GetPhase(), len(got.GetLogLinks()))
	}
	return nil
}
