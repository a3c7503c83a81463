// Does the process say by its exit code that it has failed?

package pod

import (
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// speaks refuses Flyte 2's own entrypoint where nobody would hear it: a0 ends with exit code 0 whatever the task did, and
// leaves the failure in <output prefix>/error.pb (read in flyte 2.12, _internal/runtime/taskrunner.py; measured). It reads
// the command and the arguments of the request, through a shell's -c. What it cannot see is an ENTRYPOINT of the image that
// starts a0, nor a script in the image that does.
func speaks(container *corev1.Container, options Options) error {
	if options.Engine != Flyte2 || options.ReadsErrors || !startsA0(slices.Concat(container.Command, container.Args)) {
		return nil
	}
	return errors.New("the task's command is Flyte 2's a0, which ends with exit code 0 even if the task has failed, so that a " +
		"failure would be reported as a success: start it as `flyteconnector-a0` (same arguments; from the Python package " +
		"flyteconnector, in the task's image), or run the connector with --read-outputs")
}

var (
	shells   = regexp.MustCompile(`^(ba|da|a|k|z)?sh$`)
	script   = regexp.MustCompile(`^-[a-z]*c$`) // sh -c, bash -ec
	commands = regexp.MustCompile("[;&|(){}\n`]+")
	prefix   = regexp.MustCompile(`^([A-Za-z_]\w*=.*|-.*|exec|command|env|nohup|time|tini|dumb-init|then|do|else|if|!)$`)
)

// startsA0 looks at the word that is the command, and at no other: a0 is also what Flyte 2 calls the first action of a run
// (--name a0).
func startsA0(line []string) bool {
	isPrefix := func(word string) bool { return prefix.MatchString(path.Base(word)) }
	first := slices.IndexFunc(line, func(word string) bool { return !isPrefix(word) })
	if first < 0 || strings.HasPrefix(line[0], "-") { // the image's own command, which only these arguments are for
		return false
	}
	program, rest := path.Base(line[first]), line[first+1:]
	at := slices.IndexFunc(rest, script.MatchString)
	if !shells.MatchString(program) || at < 0 || at+1 == len(rest) {
		return program == "a0"
	}
	for _, command := range commands.Split(rest[at+1], -1) {
		if startsA0(strings.Fields(strings.NewReplacer(`"`, "", "'", "", `\`, "").Replace(command))) {
			return true
		}
	}
	// sh -c 'exec "$@"' sh a0 …: the first word after the script is the shell's name.
	return strings.Contains(rest[at+1], "@") && startsA0(rest[min(at+3, len(rest)):])
}
