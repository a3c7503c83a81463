package podenv

// Which program does a container run, with which arguments?

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Command joins entrypoint, command and args as a container runtime does: the container's command replaces the image's
// entrypoint, its args follow. Each is expanded, then rewritten.
func Command(entrypoint, command, args []string, env map[string]string, rewrite func(string) string) ([]string, error) {
	line := append([]string{}, entrypoint...)
	own := args
	if len(command) > 0 {
		line, own = nil, append(append([]string{}, command...), args...)
	}
	for _, word := range own {
		line = append(line, rewrite(Expand(word, env)))
	}
	if len(line) == 0 {
		return nil, fmt.Errorf("no command specified: neither the container nor the images file names one")
	}
	return line, nil
}

// LookPath finds a program as execvp would, in the container's PATH and relative to its working folder.
func LookPath(program, path, workdir string) (string, error) {
	if strings.Contains(program, "/") {
		if !filepath.IsAbs(program) {
			program = filepath.Join(workdir, program)
		}
		if !executable(program) {
			return "", fmt.Errorf("exec: %q: no such executable file on this machine", program)
		}
		return program, nil
	}
	for _, dir := range filepath.SplitList(path) {
		if full := filepath.Join(dir, program); executable(full) {
			return full, nil
		}
	}
	return "", fmt.Errorf("exec: %q: executable file not found in $PATH (%s)", program, path)
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
