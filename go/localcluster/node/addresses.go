package node

// Which address does a pod have? One of its own on the loopback device, so that two pods may use the same port.

import (
	"fmt"
	"net/url"
	"strconv"
	"sync"
)

const hostIP = "127.0.0.1"

// addresses hands out 127.A.B.1 … 127.A.B.254. A and B are the two bytes of the API server's port: clusters that run
// at the same time on one machine have different ports, hence different addresses.
type addresses struct {
	prefix string
	mutex  sync.Mutex
	used   [255]bool
}

func newAddresses(server string) (*addresses, error) {
	parsed, err := url.Parse(server)
	if err != nil {
		return nil, fmt.Errorf("address of the API server %q: %w", server, err)
	}
	port, err := strconv.Atoi(parsed.Port())
	if err != nil {
		return nil, fmt.Errorf("address of the API server %q has no port: %w", server, err)
	}
	return &addresses{prefix: fmt.Sprintf("127.%d.%d.", port>>8, port&255)}, nil
}

func (a *addresses) take() (string, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for n := 1; n < len(a.used); n++ {
		if !a.used[n] {
			a.used[n] = true
			return a.prefix + strconv.Itoa(n), nil
		}
	}
	return "", fmt.Errorf("all %d addresses %s* are in use: delete some pods", len(a.used)-1, a.prefix)
}

func (a *addresses) release(address string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if n, err := strconv.Atoi(address[min(len(a.prefix), len(address)):]); err == nil && n < len(a.used) {
		a.used[n] = false
	}
}
