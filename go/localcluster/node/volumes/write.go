package volumes

// How do files of a volume get into a folder?

import (
	"fmt"
	"os"
	"path/filepath"
)

// Write puts files into a folder, which it makes. The text of configuration files goes through rewrite first; without
// such files rewrite may be nil.
func Write(dir string, files Files, rewrite func(string) string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make a volume's folder: %w", err)
	}
	for path, file := range files {
		data := file.Data
		if file.Config {
			data = []byte(rewrite(string(data)))
		}
		target := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return fmt.Errorf("make a volume's folder: %w", err)
		}
		_ = os.Remove(target) // a restart finds a file that nobody may write to
		if err := os.WriteFile(target, data, os.FileMode(file.Mode)&os.ModePerm); err != nil {
			return fmt.Errorf("write a volume's file: %w", err)
		}
	}
	return nil
}
