package process

// What did a process say last?

import (
	"io"
	"os"
	"strings"
)

// Tail returns at most the last `lines` lines within the last `limit` bytes of a file, without the final newline;
// "" when there is no such file.
func Tail(path string, lines int, limit int64) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return ""
	}
	if _, err := file.Seek(max(0, info.Size()-limit), io.SeekStart); err != nil {
		return ""
	}
	data, err := io.ReadAll(io.LimitReader(file, limit))
	if err != nil {
		return ""
	}
	return LastLines(string(data), lines)
}

// LastLines returns the last n lines of a text, without the final newline.
func LastLines(text string, n int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-n):], "\n")
}
