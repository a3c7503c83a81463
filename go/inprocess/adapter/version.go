// When does an answer become an event?

package adapter

import (
	"crypto/sha256"
	"encoding/json"
	"sync"

	"github.com/flyteorg/flyte/flyteplugins/go/tasks/pluginmachinery/k8s"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/lru"

	"example.com/flyteconnector/plugin"
)

const (
	// maxVersion is a little less than FlytePropeller's own limit of 100000 (tasks.max-plugin-phase-versions), beyond which
	// it fails the task. A task that reports this often loses updates instead.
	maxVersion = 99_999
	// remembered is for how many tasks the last answer is kept.
	remembered = 50_000
)

// memory holds the last answer about each resource. It is a saving, and no state: Flyte's plugins have no storage. After
// a restart of FlytePropeller each running task sends one event whose content is known already, which does no harm
// (measured with 1.16.8).
type memory struct {
	mutex   sync.Mutex
	answers *lru.Cache
}

type answer struct {
	phase   plugin.Phase
	content [sha256.Size]byte
	version uint32
}

// version numbers an answer. An event with the phase that Flyte's database has and a version that is not higher is
// dropped, and nobody hears of it. The version in the database does not start again with a new phase: after QUEUED 1 it
// holds RUNNING 1, though FlytePropeller sent RUNNING 0, so the first RUNNING 1 is lost (measured with 1.16.8, 2 of 2).
// Hence the carry rule: never below the last version, also in a new phase; one more when the content has changed. With it
// 20 of 20 updates arrived.
//
// The last version is the higher one of what Flyte stored (before) and what was answered: after an answer, sending the
// event can fail, or storing the state can.
func (m *memory) version(uid types.UID, before k8s.PluginState, info plugin.PhaseInfo) uint32 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.answers == nil {
		m.answers = lru.New(remembered)
	}
	now := answer{phase: info.Phase, content: fingerprint(info), version: before.PhaseVersion}
	last, known := answer{}, false
	if value, found := m.answers.Get(uid); found {
		last, known = value.(answer)
	}
	if known {
		now.version = max(now.version, last.version)
	}
	samePhase := phases[info.Phase] == before.Phase || known && info.Phase == last.phase
	if samePhase && (!known || now.content != last.content || now.phase != last.phase) {
		now.version++
	}
	now.version = min(now.version, maxVersion)
	m.answers.Add(uid, now)
	return now.version
}

// carried is the version of an answer that says nothing new.
func (m *memory) carried(uid types.UID, before k8s.PluginState) uint32 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.answers != nil {
		if value, found := m.answers.Get(uid); found {
			return max(before.PhaseVersion, value.(answer).version)
		}
	}
	return before.PhaseVersion
}

// fingerprint is a hash of all that the user sees.
func fingerprint(info plugin.PhaseInfo) [sha256.Size]byte {
	raw, err := json.Marshal(info)
	if err != nil { // a value in Info has no JSON form; it is left out of the event, too
		info.Info = nil
		raw, _ = json.Marshal(info)
	}
	return sha256.Sum256(raw)
}
