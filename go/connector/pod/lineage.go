// Which attempts belong to the same task?

package pod

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/gen/flyteidl/core"
)

// lineage is a hash of everything that the attempts of one task share: the identifier but for the attempt, and the folder
// that their output prefixes are in. It is "" if the last segment of the prefix is no number: then the folder may hold
// other tasks, as it does in local runs.
func lineage(request *admin.CreateTaskRequest) string {
	prefix := strings.TrimRight(request.GetOutputPrefix(), "/")
	slash := strings.LastIndex(prefix, "/")
	if _, err := strconv.ParseUint(prefix[slash+1:], 10, 32); err != nil || slash < 0 {
		return ""
	}
	id, ok := proto.Clone(request.GetTaskExecutionMetadata().GetTaskExecutionId()).(*core.TaskExecutionIdentifier)
	if !ok || id.GetNodeExecutionId().GetExecutionId().GetName() == "" {
		return ""
	}
	id.RetryAttempt = 0
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(id)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(prefix[:slash] + "\x00" + string(raw)))
	return hex.EncodeToString(sum[:])[:32]
}
