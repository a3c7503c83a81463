// What has BuildKit against a Dockerfile? Its own checks, those of `docker build --check`, without an engine or a registry.
//
//	dockerfile FILE
//
// It ends with 1 when there are complaints, and 2 when the file cannot be read.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "dockerfile: want one Dockerfile")
		os.Exit(2)
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "dockerfile:", err)
		os.Exit(2)
	}
	found, err := check(context.Background(), os.Args[1], text, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "dockerfile:", err)
		os.Exit(2)
	}
	if found > 0 {
		os.Exit(1)
	}
}

// bases plays the registry: every base image exists, and says nothing of itself. So what a check needs to know of a base
// image, such as its platforms, is not seen.
type bases struct{}

func (bases) ResolveImageConfig(
	_ context.Context, name string, _ sourceresolver.Opt,
) (string, digest.Digest, []byte, error) {
	platform := platforms.DefaultSpec()
	config, err := json.Marshal(ocispecs.Image{Platform: platform})
	return name, digest.FromBytes(config), config, err
}

// check writes a line for each complaint, and returns how many there are.
func check(ctx context.Context, name string, text []byte, out io.Writer) (int, error) {
	source := llb.NewSourceMap(nil, name, "Dockerfile", text)
	source.Definition = &llb.Definition{} // it is read, and nil would be a panic
	results, err := dockerfile2llb.DockerfileLint(ctx, text, dockerfile2llb.ConvertOpt{
		Config: dockerui.Config{}, SourceMap: source, MetaResolver: bases{},
	})
	if err != nil {
		return 0, err
	}
	for _, each := range results.Warnings {
		line := int32(0)
		if ranges := each.Location.GetRanges(); len(ranges) > 0 {
			line = ranges[0].GetStart().GetLine()
		}
		fmt.Fprintf(out, "%s:%d: %s: %s\n", name, line, each.RuleName, each.Detail)
	}
	if results.Error != nil {
		line := int32(0)
		if ranges := results.Error.Location.GetRanges(); len(ranges) > 0 {
			line = ranges[0].GetStart().GetLine()
		}
		fmt.Fprintf(out, "%s:%d: does not build: %s\n", name, line, results.Error.Message)
		return len(results.Warnings) + 1, nil
	}
	return len(results.Warnings), nil
}
