package supervisor

// Where is what? Everything that a cluster writes lies below its state folder.

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// layout is the state folder with the ports that were free at the start.
type layout struct {
	dir                            string
	api, etcd, peer, manager, node int // TCP ports on 127.0.0.1
}

// newLayout makes the folder, an absolute path. It refuses one that holds something else, since the folder is removed at the end.
func newLayout(dir string) (layout, error) {
	l := layout{dir: dir}
	if entries, err := os.ReadDir(l.dir); err == nil && len(entries) > 0 {
		return l, fmt.Errorf("state folder %s is not empty (%s …): name a new one; it is removed at the end",
			l.dir, entries[0].Name())
	}
	for _, folder := range []string{l.dir, l.logs(), l.pods(), l.pki(), filepath.Join(l.dir, "run")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return l, fmt.Errorf("state folder %s: %w", dir, err)
		}
	}
	return l, l.findPorts()
}

func (l layout) logs() string                  { return filepath.Join(l.dir, "logs") }
func (l layout) log(component string) string   { return filepath.Join(l.logs(), component+".log") }
func (l layout) pods() string                  { return filepath.Join(l.dir, "pods") }
func (l layout) pki() string                   { return filepath.Join(l.dir, "pki") }
func (l layout) cert(name string) string       { return filepath.Join(l.pki(), name+".crt") }
func (l layout) key(name string) string        { return filepath.Join(l.pki(), name+".key") }
func (l layout) etcdCert(name string) string   { return filepath.Join(l.pki(), "etcd", name+".crt") }
func (l layout) etcdKey(name string) string    { return filepath.Join(l.pki(), "etcd", name+".key") }
func (l layout) kubeconfig(name string) string { return filepath.Join(l.dir, name+".kubeconfig") }
func (l layout) operator(name string) string   { return filepath.Join(l.dir, "operators", name) }
func (l layout) server() string                { return fmt.Sprintf("https://127.0.0.1:%d", l.api) }
func (l layout) etcdURL() string               { return fmt.Sprintf("https://127.0.0.1:%d", l.etcd) }

func (l *layout) findPorts() error {
	ports := []*int{&l.api, &l.etcd, &l.peer, &l.manager, &l.node}
	free, err := freePorts(len(ports))
	for i := range free {
		*ports[i] = free[i]
	}
	return err
}

// freePorts holds all listeners open until each port is known, so that no two are the same.
func freePorts(count int) ([]int, error) {
	var ports []int
	for range count {
		listener, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port on 127.0.0.1: %w", err)
		}
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// services is the range of the Services' addresses, 127.A.B.0/24, where A and B are the bytes of a port that only this
// cluster has, as for the pods' addresses: the node listens there, and two clusters must not meet.
func (l layout) services() string { return fmt.Sprintf("127.%d.%d.0/24", l.etcd>>8, l.etcd&255) }

// apiService is the address of the Service "kubernetes": the first of the range.
func (l layout) apiService() net.IP { return net.IPv4(127, byte(l.etcd>>8), byte(l.etcd), 1) }
