// Command render shows what a plugin makes of a task, and of a resource's status, without a cluster.
//
//	render resource < request.json    a CreateTaskRequest, as protobuf's JSON; prints the resource as YAML
//	render phase    < objects.yaml    the resource and then its pods, as YAML documents or as a List; prints the phase as YAML
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/pod"
	// step:build begin
	"example.com/larkspur/plugins/job"
	// step:build end
	// step:spark begin
	"example.com/larkspur/plugins/spark"
	// step:spark end
	"google.golang.org/protobuf/encoding/protojson"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

const usage = "usage: render resource < request.json | render phase < objects.yaml"

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
}

const logURL = plugin.LogURL("https://logs.example.com/{{.Namespace}}/{{.Pod}}")

var plugins = []plugin.Plugin{
	// step:build begin
	job.Plugin{LogURL: logURL},
	// step:build end
	// step:spark begin
	spark.Plugin{
		LogURL: logURL, ServiceAccount: "spark",
		UI: "https://spark.example.com/{{.Namespace}}/{{.Application}}", History: "https://history.example.com/{{.ApplicationID}}",
	},
	// step:spark end
}

// choose returns the plugin whose Resource is as asked for.
func choose(what string, is func(plugin.Resource) bool) (plugin.Plugin, error) {
	index := slices.IndexFunc(plugins, func(p plugin.Plugin) bool { return is(p.Resource()) })
	if index < 0 {
		return nil, fmt.Errorf("no plugin here has the %s", what)
	}
	return plugins[index], nil
}

func run(args []string, in io.Reader, out io.Writer) error {
	modes := map[string]func([]byte) (any, error){"resource": resource, "phase": phase}
	if len(args) != 1 || modes[args[0]] == nil {
		return fmt.Errorf("%q: %s", strings.Join(args, " "), usage)
	}
	input, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	result, err := modes[args[0]](input)
	if err != nil {
		return err
	}
	text, err := yaml.Marshal(result)
	if err != nil {
		return fmt.Errorf("write YAML: %w", err)
	}
	_, err = out.Write(text)
	return err
}

func resource(input []byte) (any, error) {
	request := &admin.CreateTaskRequest{}
	if err := protojson.Unmarshal(input, request); err != nil {
		return nil, fmt.Errorf("read a CreateTaskRequest: %w", err)
	}
	task, err := pod.Finish(request, pod.Options{})
	if err != nil {
		return nil, err
	}
	p, err := choose(fmt.Sprintf("task type %q", task.Type), func(r plugin.Resource) bool { return slices.Contains(r.TaskTypes, task.Type) })
	if err != nil {
		return nil, err
	}
	built, err := p.BuildResource(task.Task)
	if err != nil {
		return nil, err
	}
	return built.Object, nil
}

func phase(input []byte) (any, error) {
	documents, err := objects(input)
	if err != nil {
		return nil, err
	}
	object, pods := &unstructured.Unstructured{Object: documents[0]}, make([]corev1.Pod, len(documents)-1)
	for i, document := range documents[1:] {
		if kind := document["kind"]; kind != nil && kind != "Pod" {
			return nil, fmt.Errorf("read pod %d: it is a %v; want one resource and its pods", i, kind)
		}
		text, err := yaml.Marshal(document)
		if err == nil {
			err = yaml.UnmarshalStrict(text, &pods[i])
		}
		if err != nil {
			return nil, fmt.Errorf("read pod %d: %w", i, err)
		}
	}
	p, err := choose(fmt.Sprintf("kind %q", object.GetKind()), func(r plugin.Resource) bool { return r.Kind == object.GetKind() })
	if err != nil {
		return nil, err
	}
	info, err := p.GetTaskPhase(object, pods)
	if err != nil {
		return nil, err
	}
	return map[string]any{"phase": info.Phase.String(), "reason": info.Reason, "links": info.Links, "info": info.Info}, nil
}

// objects reads YAML documents. A List, as `kubectl get` prints it for more than one object, is what is in it.
func objects(input []byte) (found []map[string]any, err error) {
	for _, document := range strings.Split("\n"+string(input), "\n---\n") {
		object := map[string]any{}
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			return nil, fmt.Errorf("read the resource: %w", err)
		}
		items, is := object["items"].([]any)
		if !is {
			found = append(found, object)
			continue
		}
		for _, item := range items {
			each, _ := item.(map[string]any)
			found = append(found, each)
		}
	}
	if len(found) == 0 {
		return nil, errors.New("read the resource: there is none in the list; look in another namespace?")
	}
	return found, nil
}
