// How is an input written on a command line?

package pod

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/flyteconnector/gen/flyteidl/core"
)

// literalText writes what has a text of its own, in the way of Flyte (flyteplugins, core/template; read at main of
// 2026-08), but for durations: Flyte writes protobuf's debugging text there, which varies from build to build.
func literalText(literal *core.Literal) (string, error) {
	switch value := literal.GetValue().(type) {
	case *core.Literal_Scalar:
		return scalarText(value.Scalar)
	case *core.Literal_Collection:
		var texts []string
		for _, one := range value.Collection.GetLiterals() {
			text, err := literalText(one)
			if err != nil {
				return "", err
			}
			texts = append(texts, text)
		}
		return "[" + strings.Join(texts, ",") + "]", nil
	}
	return "", fmt.Errorf("an input of the kind %T has no text; read it from {{.input}}", literal.GetValue())
}

func scalarText(scalar *core.Scalar) (string, error) {
	switch value := scalar.GetValue().(type) {
	case *core.Scalar_Primitive:
		return primitiveText(value.Primitive)
	case *core.Scalar_Blob:
		return value.Blob.GetUri(), nil
	case *core.Scalar_Schema:
		return value.Schema.GetUri(), nil
	}
	return "", fmt.Errorf("an input of the kind %T has no text; read it from {{.input}}", scalar.GetValue())
}

func primitiveText(primitive *core.Primitive) (string, error) {
	switch value := primitive.GetValue().(type) {
	case *core.Primitive_StringValue:
		return value.StringValue, nil
	case *core.Primitive_Integer:
		return strconv.FormatInt(value.Integer, 10), nil
	case *core.Primitive_FloatValue:
		return fmt.Sprint(value.FloatValue), nil
	case *core.Primitive_Boolean:
		return strconv.FormatBool(value.Boolean), nil
	case *core.Primitive_Datetime:
		return value.Datetime.AsTime().Format(time.RFC3339Nano), nil
	case *core.Primitive_Duration:
		return value.Duration.AsDuration().String(), nil
	}
	return "", fmt.Errorf("an input of the kind %T has no text; read it from {{.input}}", primitive.GetValue())
}
