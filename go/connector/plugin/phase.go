package plugin

// Phase is how far a task is, in Flyte's words.
type Phase int

// The zero value is no phase: Flyte reads it as a failure, so a connector never sends it.
const (
	Unknown Phase = iota
	Queued
	WaitingForResources
	Initializing
	Running
	Succeeded
	// RetryableFailed ends this attempt; Flyte starts another one if the task has retries left.
	RetryableFailed
	// Failed ends the task, retries or not.
	Failed
)

var phaseNames = [...]string{
	"Unknown", "Queued", "WaitingForResources", "Initializing", "Running", "Succeeded", "RetryableFailed", "Failed",
}

// String returns the name of the phase as it is written in Go.
func (p Phase) String() string {
	if p < 0 || int(p) >= len(phaseNames) {
		return phaseNames[Unknown]
	}
	return phaseNames[p]
}

// Terminal says whether the attempt is over.
func (p Phase) Terminal() bool { return p == Succeeded || p == RetryableFailed || p == Failed }
