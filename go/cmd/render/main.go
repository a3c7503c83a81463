// Command render shows what a plugin makes of a task, and of a resource's status, without a cluster.
//
//	render resource < request.json    a CreateTaskRequest, as protobuf's JSON; prints the resource as YAML
//	render phase    < objects.yaml    the resource and then its pods, as YAML documents; prints the phase as YAML
package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/pod"
	"example.com/larkspur/plugins/job"
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
	job.Plugin{LogURL: logURL},
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
	documents := strings.Split("\n"+string(input), "\n---\n")
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(documents[0]), &object.Object); err != nil {
		return nil, fmt.Errorf("read the resource: %w", err)
	}
	pods := make([]corev1.Pod, len(documents)-1)
	for i, document := range documents[1:] {
		if err := yaml.UnmarshalStrict([]byte(document), &pods[i]); err != nil {
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
