// What is the resource called?

package pod

import (
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"strings"
)

const (
	// maxName leaves room for what operators append, as a pod's name should have at most 63 characters: those of an indexed
	// Job are called <name>-<index>-xxxxx, and JobSet's <name>-<group>-<job>-<index>-xxxxx.
	maxName = 48
	// hashLength characters of base32 are 60 bits.
	hashLength = 12
)

var (
	notInName = regexp.MustCompile(`[^a-z0-9]+`)
	lowBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
)

// Name is the name of an attempt's resource: readable first, then a hash of the output prefix. Only the prefix is unique
// for each attempt: node ids repeat in sub-workflows (Flyte 1.16, node_exec_context.go). It is a DNS-1035 label, which
// operators that make a Service of it need.
func Name(taskName, outputPrefix string) string {
	short := taskName[strings.LastIndex(taskName, ".")+1:]
	short = notInName.ReplaceAllString(strings.ToLower(short), "-")
	short = strings.TrimLeft(short, "-0123456789")
	short = strings.TrimRight(short[:min(len(short), maxName-hashLength-1)], "-")
	if short == "" {
		short = "task"
	}
	sum := sha256.Sum256([]byte(outputPrefix))
	return short + "-" + lowBase32.EncodeToString(sum[:])[:hashLength]
}
