// How does a static Go program become a container image where there is no Docker? As files: an OCI image layout, and from
// there into a registry.
//
//	image build  --layout DIR --name NAME --version V --revision R --created TIME BINARY...
//	image push   --layout DIR [--overwrite] REPOSITORY
//	image export IMAGE > files.tar
//	image serve
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

const usage = "want one of: build, push, export, serve"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, words []string, out io.Writer) error {
	if len(words) == 0 {
		return errors.New(usage)
	}
	flags := flag.NewFlagSet(words[0], flag.ContinueOnError)
	layout := flags.String("layout", "", "`folder` of the OCI image layout")
	var about About
	flags.StringVar(&about.Name, "name", "", "`name` of the image, without a registry")
	flags.StringVar(&about.Version, "version", "", "`version`, which becomes the tag")
	flags.StringVar(&about.Revision, "revision", "", "`revision` of the sources")
	created := flags.String("created", "", "`time` of the sources, RFC 3339")
	overwrite := flags.Bool("overwrite", false, "replace a tag that has another content")
	if err := flags.Parse(words[1:]); err != nil {
		return err
	}
	switch words[0] {
	case "build":
		var err error
		if about.Created, err = time.Parse(time.RFC3339, *created); err != nil {
			return fmt.Errorf("--created %q: want a time like 2026-01-31T12:00:00Z", *created)
		}
		return build(about, *layout, flags.Args(), out)
	case "push":
		if flags.NArg() != 1 {
			return fmt.Errorf("push %q: want one repository, like registry.example.com/team/connector", flags.Args())
		}
		return push(ctx, *layout, flags.Arg(0), *overwrite, out)
	case "export":
		if flags.NArg() != 1 {
			return fmt.Errorf("export %q: want one image, like registry.example.com/team/connector:v1", flags.Args())
		}
		return export(ctx, flags.Arg(0), out)
	case "serve":
		return serve(ctx, out)
	}
	return fmt.Errorf("%q: %s", words[0], usage)
}

// serve is a registry that keeps everything in memory, on a free port of 127.0.0.1, for tests: it prints its address.
func serve(ctx context.Context, out io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, listener.Addr())
	server := &http.Server{Handler: registry.New(registry.WithReferrersSupport(true)), ReadHeaderTimeout: time.Minute}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
