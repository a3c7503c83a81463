// Which settings cannot work?

package flyteconnector

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"
)

const defaultName = "flyteconnector"

const (
	formatText = "text"
	formatJSON = "json"
)

// shortestKeep is several of Flyte's looks at all tasks together, which are 30 s apart, and more with many tasks.
const shortestKeep = 5 * time.Minute

// validate returns all that is wrong; each part names the flag, the value and what would be right.
func (o Options) validate() error {
	var wrong []error
	check := func(ok bool, text string, values ...any) {
		if !ok {
			wrong = append(wrong, fmt.Errorf(text, values...))
		}
	}
	check((o.TLSCert == "") == (o.TLSKey == ""), "--tls-cert %q and --tls-key %q: TLS needs both files, and neither means no TLS",
		o.TLSCert, o.TLSKey)
	for _, name := range o.Namespaces {
		problems := validation.IsDNS1123Label(name)
		check(len(problems) == 0, "--namespaces: %q is no name of a namespace: %s", name, strings.Join(problems, "; "))
	}
	for _, given := range []struct {
		flag  string
		value time.Duration
	}{
		{"deadline", o.Deadline}, {"min-ping", o.MinPing}, {"drain-delay", o.DrainDelay}, {"keep-finished", o.KeepFinished},
		{"local-lease", o.LocalLease},
	} {
		check(given.value >= 0, "--%s %s: a time cannot be negative", given.flag, given.value)
	}
	check(o.KeepFinished <= 0 || o.KeepFinished >= shortestKeep,
		"--keep-finished %s: at least %s, because Flyte may still be asking; or 0 for ever", o.KeepFinished, shortestKeep)
	for name, quantity := range o.DefaultRequests {
		check(quantity.Sign() > 0, "--default-requests %s=%s: it must be more than 0, such as cpu=500m; leave %s out for none",
			name, quantity.String(), name)
	}
	check(o.LogFormat == "" || o.LogFormat == formatText || o.LogFormat == formatJSON,
		"--log-format %q: it is %q or %q", o.LogFormat, formatText, formatJSON)
	_, err := o.level()
	check(err == nil, "--log-level %q: it is \"debug\", \"info\", \"warn\" or \"error\"", o.LogLevel)
	check(o.MetaKey != "" || o.MetaKeyPrevious == "",
		"--meta-key-previous %q without --meta-key: the new key has to be there, too; or leave both out", o.MetaKeyPrevious)
	check(!o.ReadOutputs || o.Store != nil, "--read-outputs: this program links no object store; see Options.Store")
	return errors.Join(wrong...)
}

func (o Options) level() (slog.Level, error) {
	if o.LogLevel == "" {
		return slog.LevelInfo, nil
	}
	var level slog.Level
	err := level.UnmarshalText([]byte(o.LogLevel))
	return level, err
}
