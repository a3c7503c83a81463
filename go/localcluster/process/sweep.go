package process

// How does one end everything that a container has started?

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// Sweep kills every process of the owner, itself and the pids in `except` excluded, until none is left.
// It gives up after the limit and then names the pids that are left.
func Sweep(owner Owner, limit time.Duration, except ...int) error {
	deadline := time.Now().Add(limit)
	for {
		left, err := living(owner, except)
		if err != nil || len(left) == 0 {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("processes %v of %+v are left after %s of SIGKILL", left, owner, limit)
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func living(owner Owner, except []int) ([]int, error) {
	table, err := Table()
	if err != nil {
		return nil, fmt.Errorf("read the process table: %w", err)
	}
	skip := map[int]bool{os.Getpid(): true}
	for _, pid := range except {
		skip[pid] = true
	}
	var pids []int
	for _, info := range table {
		if owner.Owns(info) && !skip[info.PID] {
			pids = append(pids, info.PID)
		}
	}
	return pids, nil
}

// Resident adds up the memory of the owner's processes in a table, in bytes.
func Resident(table []Info, owner Owner) int64 {
	var sum int64
	for _, info := range table {
		if owner.Owns(info) {
			sum += info.Resident
		}
	}
	return sum
}
