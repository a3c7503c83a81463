package plugin

import (
	"strings"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/structpb"
)

// A file with a field of each kind that an error has to name. Every rule is broken by a value that is set.
const file = `
name: "rules.proto" package: "rules" syntax: "proto3" dependency: "buf/validate/validate.proto"
enum_type { name: "Kind" value { name: "NONE" number: 0 } value { name: "SOME" number: 1 } }
message_type {
  name: "Top"
  field { name: "big_number" number: 1 type: TYPE_INT64 options { RULE } }
  field { name: "kind" number: 2 type: TYPE_ENUM type_name: ".rules.Kind" options { RULE } }
  field { name: "some_parts" number: 3 type: TYPE_MESSAGE type_name: ".rules.Part" label: LABEL_REPEATED }
  field { name: "one_part" number: 4 type: TYPE_MESSAGE type_name: ".rules.Part" options { RULE } }
  field { name: "by_number" number: 5 type: TYPE_MESSAGE type_name: ".rules.Top.ByNumberEntry" label: LABEL_REPEATED
    options { [buf.validate.field] { map { values { cel { id: "x" message: "must not be" expression: "this == 0" } } } } } }
  field { name: "by_truth" number: 6 type: TYPE_MESSAGE type_name: ".rules.Top.ByTruthEntry" label: LABEL_REPEATED
    options { [buf.validate.field] { map { values { cel { id: "x" message: "must not be" expression: "this == 0" } } } } } }
  field { name: "share" number: 7 type: TYPE_DOUBLE options { [buf.validate.field] { double { gt: 0 } ignore: IGNORE_IF_ZERO_VALUE } } }
  nested_type { name: "ByNumberEntry" options { map_entry: true }
    field { name: "key" number: 1 type: TYPE_INT32 } field { name: "value" number: 2 type: TYPE_INT32 } }
  nested_type { name: "ByTruthEntry" options { map_entry: true }
    field { name: "key" number: 1 type: TYPE_BOOL } field { name: "value" number: 2 type: TYPE_INT32 } }
}
message_type {
  name: "Part"
  field { name: "low_end" number: 1 type: TYPE_INT32 }
  field { name: "high_end" number: 2 type: TYPE_INT32 }
  field { name: "a_text" number: 3 type: TYPE_STRING options { RULE } }
  options { [buf.validate.message] { cel { id: "high_end" expression: "this.low_end > this.high_end ? 'must be ' + string(this.low_end) : ''" } } }
}
message_type {
  name: "Wrong"
  field { name: "n" number: 1 type: TYPE_INT32 options { [buf.validate.field] { cel { id: "n" message: "x" expression: "this.nothing" } } } }
}`

// decodeAs decodes as a message of the file.
func decodeAs(t *testing.T, message string, custom map[string]any) error {
	t.Helper()
	rule := `[buf.validate.field] { ignore: IGNORE_IF_ZERO_VALUE cel { id: "x" message: "must not be" expression: "false" } }`
	declared := &descriptorpb.FileDescriptorProto{}
	if err := prototext.Unmarshal([]byte(strings.ReplaceAll(file, "RULE", rule)), declared); err != nil {
		t.Fatal(err)
	}
	for _, one := range declared.MessageType {
		for _, field := range one.Field {
			if field.Label == nil {
				field.Label = descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum()
			}
		}
	}
	_ = validate.File_buf_validate_validate_proto // registers what the file imports
	compiled, err := protodesc.NewFile(declared, protoregistry.GlobalFiles)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := structpb.NewStruct(custom)
	if err != nil {
		t.Fatal(err)
	}
	into := dynamicpb.NewMessage(compiled.Messages().ByName(protoreflect.Name(message)))
	return Decode(Task{Type: "tt", Custom: sent}, into)
}

func TestAnErrorNamesTheFieldAsTheUserWroteIt(t *testing.T) {
	part := func(fields ...any) map[string]any {
		result := map[string]any{}
		for i := 0; i < len(fields); i += 2 {
			result[fields[i].(string)] = fields[i+1]
		}
		return result
	}
	cases := map[string]struct {
		custom map[string]any
		want   string
	}{
		"a number that travels as text":   {part("bigNumber", "9007199254740993"), "bigNumber = 9007199254740993: must not be"},
		"an enum's value by its number":   {part("kind", "SOME"), "kind = 1: must not be"},
		"a part, without what is in it":   {part("onePart", part("lowEnd", 1, "highEnd", 2)), "onePart: must not be"},
		"a text in a part of a list":      {part("someParts", []any{part(), part("aText", "<a> \"é\"")}), `someParts[1].aText = "<a> \"é\"": must not be`},
		"two fields of a part of a list":  {part("someParts", []any{part("lowEnd", 3)}), "someParts[0].highEnd = 0: must be 3"},
		"a map by numbers":                {part("byNumber", part("-7", 8)), "byNumber[-7] = 8: must not be"},
		"a map by truth":                  {part("byTruth", part("true", 8)), "byTruth[true] = 8: must not be"},
		"the first of a list":             {part("someParts", []any{part("aText", "b"), part("aText", "a")}), `someParts[0].aText = "b": must not be`},
		"the field with the least number": {part("byTruth", part("true", 8), "kind", "SOME"), "kind = 1: must not be"},
		"a ready rule, in Go's words":     {part("share", -1), "share = -1: value must be greater than 0"},
		"nothing that breaks a rule":      {part("someParts", []any{part("highEnd", 1)}), ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := decodeAs(t, "Top", c.custom)
			if (err == nil) != (c.want == "") || err != nil && err.Error() != c.want {
				t.Errorf("error %v\nwant  %s", err, c.want)
			}
		})
	}
}

func TestARuleThatCannotBeUnderstoodNamesItsMessage(t *testing.T) {
	if err := decodeAs(t, "Wrong", nil); err == nil || !strings.HasPrefix(err.Error(), "rules of rules.Wrong: ") {
		t.Errorf("error %v", err)
	}
}
