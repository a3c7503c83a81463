package node

// How does a connection to a Service's address reach a pod?

import (
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// proxy listens on the addresses of Services, as kube-proxy would have the kernel do, and copies bytes. Connections stay
// with their pod when the Service changes.
type proxy struct {
	log   *slog.Logger
	mutex sync.Mutex
	doors map[string]*door
}

// door is one address. Who comes in goes to one of the backends.
type door struct {
	listener net.Listener
	mutex    sync.Mutex
	backends []string
}

func newProxy(log *slog.Logger) *proxy { return &proxy{log: log, doors: map[string]*door{}} }

// set makes the open doors those of the routes. One that cannot be opened is tried again at the next change.
func (p *proxy) set(routes map[string][]string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for address, open := range p.doors {
		if _, wanted := routes[address]; !wanted {
			open.listener.Close()
			delete(p.doors, address)
		}
	}
	for address, backends := range routes {
		open := p.doors[address]
		if open == nil {
			listener, err := net.Listen("tcp4", address)
			if err != nil {
				p.log.Error("listen for a Service", "error", err)
				continue
			}
			open = &door{listener: listener}
			p.doors[address] = open
			go p.serve(open)
		}
		open.mutex.Lock()
		open.backends = backends
		open.mutex.Unlock()
	}
}

func (p *proxy) serve(open *door) {
	for {
		caller, err := open.listener.Accept()
		if err != nil {
			return // closed
		}
		go func() {
			if err := open.forward(caller.(*net.TCPConn)); err != nil {
				p.log.Warn("forward a connection to a Service", "error", err)
			}
		}()
	}
}

func (d *door) forward(caller *net.TCPConn) error {
	defer caller.Close()
	d.mutex.Lock()
	backend := d.backends[rand.IntN(len(d.backends))]
	d.mutex.Unlock()
	connection, err := net.DialTimeout("tcp4", backend, 10*time.Second)
	if err != nil {
		return err
	}
	callee := connection.(*net.TCPConn)
	defer callee.Close()
	var both sync.WaitGroup
	both.Go(func() { pour(callee, caller) })
	both.Go(func() { pour(caller, callee) })
	both.Wait()
	return nil
}

// pour copies until the source has no more, and tells the target so. One that is broken breaks the other direction too.
func pour(to, from *net.TCPConn) {
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		from.Close()
		return
	}
	_ = to.CloseWrite() // the other side may be gone
}
