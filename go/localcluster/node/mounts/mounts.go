// Package mounts answers: how does a process without a mount namespace find its volumes? The path where a volume would
// be mounted is replaced by the folder where it really is, in commands, arguments, environment and configuration files.
package mounts

import (
	"sort"
	"strings"
)

// Mount is a path inside the container and the host path that takes its place.
type Mount struct {
	Path string // as the container names it
	Real string
}

// Table rewrites texts; build it with New.
type Table struct {
	mounts []Mount // longest path first, so that /data/in wins over /data
}

// New makes a table. Trailing slashes do not matter; "/" cannot be mounted and is left out.
func New(mounts []Mount) Table {
	var table Table
	for _, mount := range mounts {
		if path := strings.TrimRight(mount.Path, "/"); path != "" {
			table.mounts = append(table.mounts, Mount{Path: path, Real: mount.Real})
		}
	}
	sort.SliceStable(table.mounts, func(i, j int) bool {
		return len(table.mounts[i].Path) > len(table.mounts[j].Path)
	})
	return table
}

// Rewrite replaces every mounted path in a text. What it has put in is not looked at again.
func (t Table) Rewrite(text string) string {
	var out strings.Builder
	for at := 0; at < len(text); {
		mount, ok := t.match(text, at)
		if !ok {
			out.WriteByte(text[at])
			at++
			continue
		}
		out.WriteString(mount.Real)
		at += len(mount.Path)
	}
	return out.String()
}

// RewriteAll rewrites each text of a list.
func (t Table) RewriteAll(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = t.Rewrite(text)
	}
	return out
}

func (t Table) match(text string, at int) (Mount, bool) {
	if text[at] != '/' || !startsPath(text[:at]) {
		return Mount{}, false
	}
	for _, mount := range t.mounts {
		if strings.HasPrefix(text[at:], mount.Path) && endsName(text[at+len(mount.Path):]) {
			return mount, true
		}
	}
	return Mount{}, false
}

// startsPath: an absolute path begins here if no name ends here ("/x/data" and "s3://bucket/data" do not name /data).
// After a scheme ("file://") it does begin.
func startsPath(before string) bool {
	if before == "" || strings.HasSuffix(before, "://") {
		return true
	}
	last := before[len(before)-1]
	return last != '/' && !isNameByte(last)
}

// endsName: the name is over ("/data" does not name "/database").
func endsName(after string) bool {
	return after == "" || !isNameByte(after[0])
}

func isNameByte(b byte) bool {
	return b == '_' || b == '-' || b == '.' || b == '~' || b == '%' ||
		('0' <= b && b <= '9') || ('a' <= b && b <= 'z') || ('A' <= b && b <= 'Z') || b >= 0x80
}
