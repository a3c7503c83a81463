// Command verdicts says which values Go's readers refuse, and in which words.
//
//	verdicts job.schema.json < values.json
//
// values.json is an object of values by name; the answer is an object of readers, each with an error text per value, which is
// empty where the value is accepted.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"example.com/alternatives/generated/jobapi"
	"example.com/alternatives/generated/jobschema"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "verdicts:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return fmt.Errorf("%d arguments; want one, the file of a JSON Schema", len(os.Args)-1)
	}
	schema, err := compile(os.Args[1])
	if err != nil {
		return err
	}
	values := map[string]json.RawMessage{}
	if err := json.NewDecoder(os.Stdin).Decode(&values); err != nil {
		return fmt.Errorf("read the values: %w", err)
	}
	readers := map[string]func([]byte) error{
		"jsonschema-go":       func(raw []byte) error { return validate(schema, raw) },
		"jsonschema-go-types": func(raw []byte) error { return json.Unmarshal(raw, new(jobschema.Job)) },
		"openapi-go-types":    func(raw []byte) error { return json.Unmarshal(raw, new(jobapi.Job)) },
	}
	answer := map[string]map[string]string{}
	for reader, read := range readers {
		answer[reader] = map[string]string{}
		for name, raw := range values {
			answer[reader][name] = ""
			if err := read(raw); err != nil {
				answer[reader][name] = err.Error()
			}
		}
	}
	return json.NewEncoder(os.Stdout).Encode(answer)
}

// compile gives the schema its own name in messages, and not that of a file on this machine.
func compile(path string) (*jsonschema.Schema, error) {
	text, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	document, err := jsonschema.UnmarshalJSON(text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	compiler := jsonschema.NewCompiler()
	name := document.(map[string]any)["$id"].(string)
	if err := compiler.AddResource(name, document); err != nil {
		return nil, err
	}
	return compiler.Compile(name)
}

func validate(schema *jsonschema.Schema, raw []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	if err := schema.Validate(value); err != nil {
		lines := strings.Split(err.Error(), "\n")
		slices.Sort(lines[1:]) // of several faults the validator names any one first
		return errors.New(strings.Join(lines, "\n"))
	}
	return nil
}
