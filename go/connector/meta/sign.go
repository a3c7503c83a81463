// Who wrote a resource_meta?

package meta

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// MinKey is the shortest key, in bytes: what SHA-256 gives, a shorter key does not keep.
const MinKey = 32

// Keys sign resource_meta, so that nobody who can merely reach the connector can name a resource to it. The zero Keys
// sign nothing, and the resource itself has to agree with its Meta.
//
// To change a key while tasks run, restart all replicas three times: with the new key as Previous, so that everybody can read
// it; with the new one as Current and the old one as Previous; and, when nothing is left that the old one has signed,
// without Previous. A key that is lost makes the tasks that it signed unreadable.
type Keys struct {
	// Current signs and verifies; Previous only verifies. Each is empty, or at least MinKey bytes.
	Current, Previous []byte
}

// Validate returns an error for a key that is too short, and for a Previous without a Current.
func (k Keys) Validate() error {
	for _, key := range []struct {
		name  string
		value []byte
	}{{"current", k.Current}, {"previous", k.Previous}} {
		if size := len(key.value); size > 0 && size < MinKey {
			return fmt.Errorf("the %s key for resource_meta has %d bytes; it must have at least %d", key.name, size, MinKey)
		}
	}
	if len(k.Current) == 0 && len(k.Previous) > 0 {
		return errors.New("a previous key for resource_meta, but no current one: nothing would be signed")
	}
	return nil
}

// The signature is the last name of the JSON object, and covers the bytes of everything before it: so it holds for names
// that this version does not know.
const (
	signatureName = `,"s":"`
	signatureEnd  = `"}`
)

func sign(raw, key []byte) []byte {
	return fmt.Appendf(raw[:len(raw)-1:len(raw)-1], "%s%s%s", signatureName, signature(raw, key), signatureEnd)
}

// signature is "<key id>.<HMAC-SHA256>", in hexadecimal digits. The id tells which key it was and nothing about it.
func signature(raw, key []byte) string {
	id, code := sha256.Sum256(key), hmac.New(sha256.New, key)
	code.Write(raw)
	return hex.EncodeToString(id[:])[:8] + "." + hex.EncodeToString(code.Sum(nil))
}

// verify returns the bytes without their signature.
func (k Keys) verify(raw []byte) ([]byte, error) {
	if len(k.Current) == 0 {
		return raw, nil
	}
	at := bytes.LastIndex(raw, []byte(signatureName))
	if at < 0 || !bytes.HasSuffix(raw, []byte(signatureEnd)) {
		return nil, errors.New("resource_meta is not signed, and this connector accepts only what it has signed")
	}
	signed := append(raw[:at:at], '}')
	for _, key := range [][]byte{k.Current, k.Previous} {
		if len(key) == 0 {
			continue
		}
		want := signatureName + signature(signed, key) + signatureEnd
		if hmac.Equal([]byte(want), raw[at:]) {
			return signed, nil
		}
	}
	return nil, errors.New("resource_meta is signed with another key, or was changed")
}
