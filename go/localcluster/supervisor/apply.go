package supervisor

// How do manifests get into the cluster?

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// apply gives the manifests to kubectl, in the order in which they were named.
func (s *supervisor) apply(ctx context.Context) error {
	for _, path := range s.options.Apply {
		output, err := s.kubectl(ctx, append([]string{"apply"}, manifestArgs(path)...)...)
		if err != nil {
			return fmt.Errorf("apply %s: %w", path, err)
		}
		s.say("applied %s: %d objects", path, strings.Count(output, "\n"))
	}
	return nil
}

// applyOperator gives an operator's manifests to the API server as they are: the annotation in which kubectl's own way
// of applying keeps a copy is too small for many a CRD. It returns when the API serves the new kinds.
func (s *supervisor) applyOperator(ctx context.Context, o Operator) error {
	for _, manifest := range o.Apply {
		args := append([]string{"apply", "--server-side", "--output=name"}, manifestArgs(manifest.Path)...)
		if manifest.Namespace != "" {
			args = append(args, "--namespace="+manifest.Namespace)
		}
		output, err := s.kubectl(ctx, args...)
		if err != nil {
			return fmt.Errorf("operator %s: apply %s: %w", o.Name, manifest.Path, err)
		}
		names := strings.Fields(output)
		if kinds := crds(names); len(kinds) > 0 {
			if err := s.awaitKinds(ctx, kinds); err != nil {
				return fmt.Errorf("operator %s: the kinds of %s: %w", o.Name, manifest.Path, err)
			}
		}
		s.say("applied %s for %s: %d objects", manifest.Path, o.Name, len(names))
	}
	return nil
}

// awaitKinds asks again when kubectl gives up, which it does at once about a kind that has no conditions yet.
func (s *supervisor) awaitKinds(ctx context.Context, kinds []string) error {
	wait := append([]string{"wait", "--for=condition=Established", "--timeout=30s"}, kinds...)
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		_, err := s.kubectl(ctx, wait...)
		if err == nil || ctx.Err() != nil || time.Since(began) > 30*time.Second {
			return err
		}
	}
}

func crds(names []string) []string {
	var found []string
	for _, name := range names {
		if strings.HasPrefix(name, "customresourcedefinition.") {
			found = append(found, name)
		}
	}
	return found
}

// kubectl runs it as the administrator and returns what it printed; an error holds what it complained of.
func (s *supervisor) kubectl(ctx context.Context, args ...string) (string, error) {
	args = append([]string{"--kubeconfig=" + s.layout.kubeconfig("admin")}, args...)
	cmd := exec.CommandContext(ctx, filepath.Join(s.options.Bin, "kubectl"), args...)
	cmd.Env = environment(filepath.Join(s.layout.dir, "run"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	var complaints strings.Builder
	cmd.Stderr = &complaints
	output, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%w:\n%s%s", err, output, complaints.String())
	}
	return string(output), nil
}

// manifestArgs are the arguments of kubectl apply for a file, a folder, or a folder with a kustomization.
func manifestArgs(path string) []string {
	for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			return []string{"-k", path}
		}
	}
	return []string{"-R", "-f", path}
}
