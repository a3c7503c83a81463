package node

// Does a container use more memory than it may?

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"example.com/localcluster/process"
)

// memoryWatch adds up the resident memory of limited containers, five times a second.
type memoryWatch struct {
	log    *slog.Logger
	mutex  sync.Mutex
	limits map[process.Owner]limited
}

type limited struct {
	bytes    int64
	exceeded func(used int64)
}

func watchMemory(ctx context.Context, log *slog.Logger) *memoryWatch {
	m := &memoryWatch{log: log, limits: map[process.Owner]limited{}}
	go func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				m.look()
			}
		}
	}()
	return m
}

func (m *memoryWatch) add(owner process.Owner, bytes int64, exceeded func(int64)) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.limits[owner] = limited{bytes: bytes, exceeded: exceeded}
}

func (m *memoryWatch) remove(owner process.Owner) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	delete(m.limits, owner)
}

func (m *memoryWatch) look() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if len(m.limits) == 0 {
		return
	}
	table, err := process.Table()
	if err != nil {
		m.log.Error("watch memory", "error", err)
		return
	}
	for owner, limit := range m.limits {
		if used := process.Resident(table, owner); used > limit.bytes {
			delete(m.limits, owner)
			limit.exceeded(used)
		}
	}
}
