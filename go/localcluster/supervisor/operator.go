package supervisor

// What does a file say about an operator?

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

// Operator is a program that works on the cluster from outside it, where a real one would run a Deployment. In Command,
// Env and Ready, $(NAME) stands for a variable of its environment.
type Operator struct {
	Name    string            `json:"name"`    // of the process, its log and its folder
	Command []string          `json:"command"` // an absolute program and its arguments
	Env     map[string]string `json:"env"`     // on top of what every operator gets
	Ports   []string          `json:"ports"`   // variables that get a free TCP port of 127.0.0.1 each
	Apply   []Manifest        `json:"apply"`   // before its start, in this order
	Account Account           `json:"account"` // who it is for the API server
	Ready   string            `json:"ready"`   // URL that answers 200 when it works; without one it works at once
	Leaves  string            `json:"leaves"`  // a folder outside the state folder that it may leave things in
}

// Manifest is what "kubectl apply" gets: a file, a folder, or a folder with a kustomization.
type Manifest struct {
	Path      string `json:"path"`      // relative to the file of the operator
	Namespace string `json:"namespace"` // for objects that name none
}

// Account is a ServiceAccount; the manifests make it and give it rights.
type Account struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

var operatorName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

// loadOperators reads files, whose names must differ from each other and from those of the cluster's other programs.
func loadOperators(paths []string) ([]Operator, error) {
	var all []Operator
	taken := map[string]bool{"node": true}
	for _, name := range programs {
		taken[name] = true
	}
	for _, path := range paths {
		o, err := loadOperator(path)
		if err != nil {
			return nil, err
		}
		if taken[o.Name] {
			return nil, fmt.Errorf("--operator %s: name %q: another program of the cluster has it", path, o.Name)
		}
		taken[o.Name] = true
		all = append(all, o)
	}
	return all, nil
}

// loadOperator reads and checks a file.
func loadOperator(path string) (Operator, error) {
	var o Operator
	data, err := os.ReadFile(path)
	if err != nil {
		return o, fmt.Errorf("--operator: %w", err)
	}
	if err := yaml.UnmarshalStrict(data, &o); err != nil {
		return o, fmt.Errorf("--operator %s: %w", path, err)
	}
	for i, manifest := range o.Apply {
		if !filepath.IsAbs(manifest.Path) {
			o.Apply[i].Path = filepath.Join(filepath.Dir(path), manifest.Path)
		}
	}
	if err := o.check(); err != nil {
		return o, fmt.Errorf("--operator %s: %w", path, err)
	}
	return o, nil
}

func (o Operator) check() error {
	if !operatorName.MatchString(o.Name) {
		return fmt.Errorf("name %q: want small letters, digits and dashes", o.Name)
	}
	if len(o.Command) == 0 || !filepath.IsAbs(o.Command[0]) {
		return fmt.Errorf("command %q: want an absolute program and its arguments", o.Command)
	}
	if info, err := os.Stat(o.Command[0]); err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
		return fmt.Errorf("command: %s is no executable file", o.Command[0])
	}
	if o.Account.Namespace == "" || o.Account.Name == "" {
		return fmt.Errorf("account: want the namespace and the name of a ServiceAccount that a manifest makes")
	}
	if o.Ready != "" && !strings.HasPrefix(o.Ready, "http://127.0.0.1:") {
		return fmt.Errorf("ready %q: want a URL like http://127.0.0.1:$(PORT)/readyz", o.Ready)
	}
	if o.Leaves != "" && !filepath.IsAbs(o.Leaves) {
		return fmt.Errorf("leaves %q: want an absolute folder", o.Leaves)
	}
	for _, manifest := range o.Apply {
		if _, err := os.Stat(manifest.Path); err != nil {
			return fmt.Errorf("apply: %w", err)
		}
	}
	return nil
}
