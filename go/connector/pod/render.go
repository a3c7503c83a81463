// What do Flyte's template variables stand for?

package pod

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
)

// Flyte's variables (flyteplugins, core/template; read at main of 2026-08): any case, "." or "$" before the name, spaces
// inside the braces. Other double braces are the user's own.
var (
	ofTemplate = regexp.MustCompile(`(?i)\{\{\s*[.$](input|inputPrefix|outputPrefix|rawOutputDataPrefix|perRetryUniqueKey|` +
		`taskTemplatePath|prevCheckpointPrefix|checkpointOutputPrefix|namespace|inputs\.[^}\s]+|` +
		`runName|actionName|runStartTime)\s*\}\}`)
	ofRun = regexp.MustCompile(`(?i)\{\{\s*[.$](runName|actionName|runStartTime)\s*\}\}`)
)

// runStart is what a0 of Flyte 2 itself takes when nobody tells it the time, and what the engine's own pods get: a
// constant, because it goes into the names of nested tasks, which have to be the same in every attempt.
const runStart = "1970-01-01T00:00:00+00:00"

// variables are the values of one attempt. A name that is in unknown cannot be told from the request, for the reason given.
type variables struct {
	engine  Engine
	known   map[string]string // by lower-case name
	unknown map[string]string
	inputs  map[string]*core.Literal
}

// variablesOf derives what the engine knows and does not send. The prefixes of the raw data and of the checkpoints need not
// be where FlytePropeller would put them, only the attempt's own and found again by the next one; in Flyte 2 the raw data
// are under the output prefix, too (measured).
func variablesOf(request *admin.CreateTaskRequest, name string, engine Engine) variables {
	metadata, prefix := request.GetTaskExecutionMetadata(), strings.TrimRight(request.GetOutputPrefix(), "/")
	folder := prefix[:max(strings.LastIndex(prefix, "/"), 0)]
	node := metadata.GetTaskExecutionId().GetNodeExecutionId()
	v := variables{engine: engine, inputs: request.GetInputs().GetLiterals(), known: map[string]string{
		"input":                  folder + "/inputs.pb",
		"inputprefix":            folder,
		"outputprefix":           request.GetOutputPrefix(),
		"rawoutputdataprefix":    request.GetOutputPrefix(),
		"checkpointoutputprefix": prefix + checkpoints,
		"prevcheckpointprefix":   previousCheckpoints(prefix, metadata.GetTaskExecutionId().GetRetryAttempt()),
		"perretryuniquekey":      strings.ReplaceAll(name, "-", "_"),
		"namespace":              metadata.GetNamespace(),
		"runname":                node.GetExecutionId().GetName(),
		"actionname":             node.GetNodeId(),
		"runstarttime":           runStart,
	}, unknown: map[string]string{
		"tasktemplatepath": "the engine has not stored the task's template anywhere",
	}}
	if engine == Flyte2 && len(v.inputs) > 0 {
		const elsewhere = "Flyte 2 stores a run's inputs where only the engine knows, and does not render pod templates; " +
			"use a container task, or {{.inputs.NAME}} for each input"
		v.unknown["input"], v.unknown["inputprefix"] = elsewhere, elsewhere
	}
	return v
}

// checkpoints is where, below the raw data, Flyte keeps an attempt's checkpoints (both engines; measured).
const checkpoints = "/_flytecheckpoints"

// previousCheckpoints is `""` for a first attempt, as Flyte writes it. The last segment of an output prefix counts attempts.
func previousCheckpoints(prefix string, attempt uint32) string {
	slash := strings.LastIndex(prefix, "/")
	number, err := strconv.ParseUint(prefix[slash+1:], 10, 32)
	if attempt == 0 || err != nil || number == 0 {
		return `""`
	}
	return prefix[:slash+1] + strconv.FormatUint(number-1, 10) + checkpoints
}

// render replaces all variables, once: what a value contains is not looked into again.
func (v variables) render(words []string, field string) (result []string, err error) {
	for i, word := range words {
		result = append(result, ofTemplate.ReplaceAllStringFunc(word, func(found string) string {
			value, problem := v.value(found)
			if problem != nil && err == nil {
				err = fmt.Errorf("%s[%d]: %s: %w", field, i, found, problem)
			}
			return value
		}))
	}
	return result, err
}

// ofTheRun replaces the variables that the SDK of Flyte 2 writes and its engine leaves (measured). All others have been
// rendered by the engine already: what looks like one is a part of some input's value.
func (v variables) ofTheRun(words []string) []string {
	if v.engine != Flyte2 {
		return words
	}
	result := make([]string, len(words))
	for i, word := range words {
		result[i] = ofRun.ReplaceAllStringFunc(word, func(found string) string {
			value, _ := v.value(found)
			return value
		})
	}
	return result
}

// value is what a variable stands for. found is the whole of it, with its braces.
func (v variables) value(found string) (string, error) {
	name := ofTemplate.FindStringSubmatch(found)[1]
	if strings.EqualFold(name[:min(len(name), len("inputs."))], "inputs.") {
		input, ok := v.inputs[name[len("inputs."):]]
		if !ok {
			return "", fmt.Errorf("the task has no input %q", name[len("inputs."):])
		}
		return literalText(input)
	}
	if v.engine != Flyte2 && ofRun.MatchString(found) {
		return found, nil // no variable of Flyte 1, so it is the user's own
	}
	name = strings.ToLower(name)
	if reason, ok := v.unknown[name]; ok {
		return "", fmt.Errorf("nobody can tell its value: %s", reason)
	}
	return v.known[name], nil
}
