// How does a plugin's own information get into an answer?

package dialect

import (
	"encoding/json"
	"fmt"
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

// CustomInfo is the plugin's own information; what has no JSON form is left out with a warning in the log.
func (s Service) CustomInfo(info map[string]any) *structpb.Struct {
	if len(info) == 0 {
		return nil
	}
	if result, ok := plain(info); ok {
		return result
	}
	result, err := throughJSON(info)
	if err != nil {
		s.Log.Warn("custom_info left out", "error", err)
	}
	return result
}

// throughJSON lets a plugin use any type that JSON has a form for.
func throughJSON(info map[string]any) (*structpb.Struct, error) {
	raw, err := json.Marshal(info)
	if err != nil {
		return nil, fmt.Errorf("PhaseInfo.Info has no JSON form: %w", err)
	}
	result := new(structpb.Struct)
	if err := protojson.Unmarshal(raw, result); err != nil {
		return nil, fmt.Errorf("PhaseInfo.Info: %w", err)
	}
	return result, nil
}

// plain does the same for the types that plugins use most, ten times as fast: the answer is made for every poll. It
// returns false where only JSON knows what to do.
func plain(info map[string]any) (*structpb.Struct, bool) {
	result := &structpb.Struct{Fields: make(map[string]*structpb.Value, len(info))}
	for key, value := range info {
		if result.Fields[key] = plainValue(value); result.Fields[key] == nil || !utf8.ValidString(key) {
			return nil, false
		}
	}
	return result, true
}

// plainValue is nil where only JSON knows what to do: protobuf refuses a text that is no UTF-8, and a number that is none.
func plainValue(value any) *structpb.Value {
	switch value := value.(type) {
	case nil:
		return structpb.NewNullValue()
	case bool:
		return structpb.NewBoolValue(value)
	case string:
		if utf8.ValidString(value) {
			return structpb.NewStringValue(value)
		}
	case int:
		return structpb.NewNumberValue(float64(value))
	case int32:
		return structpb.NewNumberValue(float64(value))
	case int64:
		return structpb.NewNumberValue(float64(value))
	case float64:
		if !math.IsNaN(value) && !math.IsInf(value, 0) {
			return structpb.NewNumberValue(value)
		}
	case map[string]any:
		if fields, ok := plain(value); ok && value != nil {
			return structpb.NewStructValue(fields)
		}
	}
	return nil
}
