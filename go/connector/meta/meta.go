// What does Flyte keep for us between two calls?

// Package meta encodes resource_meta: the bytes that CreateTask returns and that Flyte sends back with every later call.
// A connector has no other memory. They are stored in etcd and must be readable after every upgrade and rollback.
package meta

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// Version is the one that this connector writes and reads.
const Version = 1

const (
	// maxRefusal keeps resource_meta small: Flyte stores it with the state of the execution.
	maxRefusal = 1024
)

// Meta is either the identity of a resource or the text of a refusal. The JSON names are short because Flyte keeps one
// for every task; they never change their meaning, new ones may be added.
type Meta struct {
	Version int `json:"v"`
	// Kind is "Job.batch/v1"; see Kind.
	Kind      string    `json:"k,omitempty"`
	Namespace string    `json:"ns,omitempty"`
	Name      string    `json:"n,omitempty"`
	UID       types.UID `json:"u,omitempty"`
	// Prefix is PrefixHash of the output prefix.
	Prefix string `json:"p,omitempty"`
	// Refusal says why the task can never run. It comes back as FAILED, so that no retries are spent on it.
	Refusal string `json:"e,omitempty"`
}

// Kind writes a kind as resource_meta has it.
func Kind(kind schema.GroupVersionKind) string {
	return kind.Kind + "." + kind.GroupVersion().String()
}

// PrefixHash is what resource_meta keeps of an output prefix: 16 hexadecimal digits of its SHA-256.
func PrefixHash(outputPrefix string) string {
	sum := sha256.Sum256([]byte(outputPrefix))
	return hex.EncodeToString(sum[:])[:16]
}

// Encode writes the bytes, signed if there is a key. The same Meta and keys give the same bytes.
func (k Keys) Encode(m Meta) ([]byte, error) {
	m.Version = Version
	m.Refusal = Shorten(m.Refusal, maxRefusal)
	raw, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode resource_meta: %w", err)
	}
	if len(k.Current) == 0 {
		return raw, nil
	}
	return sign(raw, k.Current), nil
}

// Decode reads the bytes. With keys, it accepts only what one of them has signed; without, it ignores a signature.
// Unknown names are ignored: a newer connector, since rolled back, may have written them.
func (k Keys) Decode(raw []byte) (Meta, error) {
	signed, err := k.verify(raw)
	if err != nil {
		return Meta{}, err
	}
	var m Meta
	if err := json.Unmarshal(signed, &m); err != nil {
		return Meta{}, fmt.Errorf("resource_meta is not from this connector: %w", err)
	}
	if m.Version != Version {
		return Meta{}, fmt.Errorf("resource_meta has version %d; this connector reads version %d", m.Version, Version)
	}
	if m.Refusal != "" {
		return m, nil
	}
	return m, m.complete()
}

// complete refuses a Meta that names no resource: with an empty name a DELETE would mean every resource of the kind.
func (m Meta) complete() error {
	fields := []struct{ name, value string }{
		{"k", m.Kind}, {"ns", m.Namespace}, {"n", m.Name}, {"u", string(m.UID)}, {"p", m.Prefix},
	}
	for _, field := range fields {
		if field.value == "" {
			return fmt.Errorf("resource_meta has no %q", field.name)
		}
	}
	if strings.ContainsAny(m.Namespace+m.Name, "/%") || slices.Contains([]string{".", ".."}, m.Name) ||
		slices.Contains([]string{".", ".."}, m.Namespace) {
		return errors.New("resource_meta has a name that no resource can have")
	}
	return nil
}
