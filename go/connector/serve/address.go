// How does a program that started the connector learn its port?

package serve

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// WriteAddress writes where the server listens, in one step: who reads the file sees all of it or nothing.
func WriteAddress(path string, address net.Addr) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write the address file: %w", err)
	}
	defer os.Remove(temporary.Name()) // does nothing after the rename
	if _, err := fmt.Fprintln(temporary, address); err != nil {
		return fmt.Errorf("write the address file: %w", err)
	}
	if err := temporary.Close(); err != nil {
		return fmt.Errorf("write the address file: %w", err)
	}
	if err := os.Rename(temporary.Name(), path); err != nil {
		return fmt.Errorf("write the address file: %w", err)
	}
	return nil
}
