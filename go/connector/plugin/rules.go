// Which rules of its .proto file does a message break, and how is the user told?

package plugin

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// obey returns nil, or an error such as "completions = 0: must be between 1 and 10000": the field as the user's JSON
// names it, the value as JSON, the words of the rule. Of several broken rules it is that of the message's first field, or
// of a map's first key, so every language says the same. The expressions are compiled when the first message of a kind comes.
func obey(message proto.Message) error {
	err := protovalidate.Validate(message)
	var broken *protovalidate.ValidationError
	if !errors.As(err, &broken) {
		if err != nil {
			err = fmt.Errorf("rules of %s: %w", message.ProtoReflect().Descriptor().FullName(), err)
		}
		return err
	}
	found := make([]offence, 0, len(broken.Violations))
	for _, violation := range broken.Violations {
		found = append(found, offenceOf(message.ProtoReflect(), violation.Proto))
	}
	return errors.New(slices.MinFunc(found, offence.compare).String())
}

// offence is one broken rule: where, with which value, and what would be right.
type offence struct {
	numbers            []protoreflect.FieldNumber // of the fields on the way
	keys               []string                   // of the maps on the way, as texts
	path, value, words string
}

func (o offence) compare(other offence) int {
	return cmp.Or(slices.Compare(o.numbers, other.numbers), slices.Compare(o.keys, other.keys))
}

func (o offence) String() string {
	if o.value != "" {
		return o.path + " = " + o.value + ": " + o.words
	}
	return o.path + ": " + o.words
}

func offenceOf(message protoreflect.Message, violation *validate.Violation) offence {
	result := offence{words: violation.GetMessage()}
	value := protoreflect.ValueOfMessage(message)
	var field protoreflect.FieldDescriptor
	for _, element := range violation.GetField().GetElements() {
		field = value.Message().Descriptor().Fields().ByNumber(protoreflect.FieldNumber(element.GetFieldNumber()))
		value = result.enter(value.Message(), field)
		if element.Subscript != nil {
			value = result.subscript(value, field, element)
		}
	}
	// A rule about two fields is the message's, and has as its id the name of the field that it speaks of.
	if inner, ok := value.Interface().(protoreflect.Message); ok {
		field = inner.Descriptor().Fields().ByName(protoreflect.Name(violation.GetRuleId()))
		if field != nil {
			value = result.enter(inner, field)
		}
	}
	result.value = text(value)
	return result
}

func (o *offence) enter(message protoreflect.Message, field protoreflect.FieldDescriptor) protoreflect.Value {
	if o.path != "" {
		o.path += "."
	}
	o.path += field.JSONName()
	o.numbers = append(o.numbers, field.Number())
	return message.Get(field)
}

func (o *offence) subscript(
	value protoreflect.Value, field protoreflect.FieldDescriptor, element *validate.FieldPathElement,
) protoreflect.Value {
	var key protoreflect.Value
	switch at := element.Subscript.(type) {
	case *validate.FieldPathElement_Index:
		o.path += fmt.Sprintf("[%d]", at.Index)
		return value.List().Get(int(at.Index))
	case *validate.FieldPathElement_StringKey:
		key = protoreflect.ValueOfString(at.StringKey)
	case *validate.FieldPathElement_BoolKey:
		key = protoreflect.ValueOfBool(at.BoolKey)
	case *validate.FieldPathElement_IntKey:
		key = protoreflect.ValueOfInt64(at.IntKey)
		if field.MapKey().Kind() == protoreflect.Int32Kind {
			key = protoreflect.ValueOfInt32(int32(at.IntKey))
		}
	case *validate.FieldPathElement_UintKey:
		key = protoreflect.ValueOfUint64(at.UintKey)
	}
	o.keys = append(o.keys, key.String())
	o.path += "[" + asJSON(key.Interface()) + "]"
	return value.Map().Get(key.MapKey())
}

// text is a scalar as JSON, an enum's as its number, and "" for what would be long.
func text(value protoreflect.Value) string {
	switch scalar := value.Interface().(type) {
	case protoreflect.Message, protoreflect.List, protoreflect.Map, []byte:
		return ""
	case protoreflect.EnumNumber:
		return fmt.Sprint(int32(scalar))
	default:
		return asJSON(scalar)
	}
}

func asJSON(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprint(value) // not a number, or infinite
	}
	return strings.TrimSpace(out.String())
}
