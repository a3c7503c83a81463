// What does a process cost, and when is it ready?

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"example.com/flyteconnector/gen/flyteidl/service"
)

// startLimit is for a machine that is busy with something else; it is no measurement.
const startLimit = 3 * time.Minute

// server is a connector that runs as a process, and the one client that it has.
type server struct {
	name    string
	command *exec.Cmd
	ended   chan error
	conn    *grpc.ClientConn
	tasks   service.AsyncAgentServiceClient
	health  healthpb.HealthClient
	// ready is how long it took from its start to its health SERVING.
	ready time.Duration
}

// start runs a program that will serve gRPC on the address, and returns when its health is SERVING.
func start(ctx context.Context, folder, name, address string, env []string, program string, arguments ...string) (*server, error) {
	log, err := logFile(folder, name)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s := &server{name: name, command: exec.Command(program, arguments...), ended: make(chan error, 1)}
	s.command.Env = append(os.Environ(), env...)
	s.command.Stdout, s.command.Stderr = log, log
	began := time.Now()
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() { s.ended <- s.command.Wait() }()
	if err := s.connect(ctx, address); err != nil {
		s.stop()
		return nil, fmt.Errorf("%s does not serve, see %s: %w", name, log.Name(), err)
	}
	s.ready = time.Since(began)
	return s, nil
}

func logFile(folder, name string) (*os.File, error) {
	return os.OpenFile(filepath.Join(folder, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
}

// connect waits for the port itself: gRPC's own client would sleep for a second after the first refusal.
func (s *server) connect(ctx context.Context, address string) error {
	limited, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			conn.Close()
			break
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			return fmt.Errorf("it ended: %w", errors.Join(err, os.ErrProcessDone))
		case <-limited.Done():
			return limited.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
	var err error
	if s.conn, err = grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials())); err != nil {
		return err
	}
	s.tasks, s.health = service.NewAsyncAgentServiceClient(s.conn), healthpb.NewHealthClient(s.conn)
	for {
		answer, err := s.health.Check(limited, &healthpb.HealthCheckRequest{}, grpc.WaitForReady(true))
		if err != nil {
			return err
		}
		if answer.GetStatus() == healthpb.HealthCheckResponse_SERVING {
			return nil
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (s *server) stop() {
	if s.conn != nil {
		s.conn.Close()
	}
	_ = s.command.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	select {
	case <-s.ended:
	case <-time.After(30 * time.Second):
		_ = s.command.Process.Kill()
		<-s.ended
	}
}

// freePort returns an address that was free a moment ago.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// memory is what a process has in memory, in bytes.
type memory struct {
	Process  string `json:"process"`
	When     string `json:"when"`
	Resident int    `json:"resident"`
	Peak     int    `json:"peak"`
}

func (s *server) memory(when string) (memory, error) {
	result := memory{Process: s.name, When: when}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return result, err
	}
	for line := range strings.Lines(string(raw)) {
		words := strings.Fields(line)
		if len(words) != 3 || words[2] != "kB" {
			continue
		}
		value, err := strconv.Atoi(words[1])
		if err != nil {
			return result, err
		}
		switch words[0] {
		case "VmRSS:":
			result.Resident = value * 1024
		case "VmHWM:":
			result.Peak = value * 1024
		}
	}
	return result, nil
}

// tick is the unit of processor time in /proc; Linux has it fixed for programs on every architecture that Go knows.
const tick = 10 * time.Millisecond

// cpu is the processor time that the process has used.
func (s *server) cpu() (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	words := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	user, userErr := strconv.Atoi(words[11])
	system, systemErr := strconv.Atoi(words[12])
	return time.Duration(user+system) * tick, errors.Join(userErr, systemErr)
}
