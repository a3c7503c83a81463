package supervisor

// How is an operator taken down and brought back, and what of it is removed?

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

const stopOperator = 5 * time.Second

// keepOperators follows the wishes until the context ends; failed gets what went wrong. The function that it returns
// waits for the end of that.
func (s *supervisor) keepOperators(ctx context.Context, failed func(error)) (wait func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			for _, o := range s.operators {
				if err := s.keep(ctx, o); err != nil {
					failed(err)
					return
				}
			}
		}
	}()
	return func() { <-done }
}

func (s *supervisor) keep(ctx context.Context, o *operator) error {
	_, err := os.Stat(o.file("pid"))
	switch wanted := o.wanted(); {
	case !wanted && err == nil:
		o.down.Store(true)
		s.say("taking %s down", o.Name)
		if err := o.component.stop(stopOperator); err != nil {
			return err
		}
		return os.Remove(o.file("pid"))
	case wanted && o.down.Load():
		<-o.component.mourned
		_ = os.Remove(o.file("pid")) // of one that was killed and missed so briefly that nothing was seen above
		o.down.Store(false)
		if err := s.begin(o.component); err != nil {
			return err
		}
		return s.awaitOperator(ctx, o)
	}
	return nil
}

// tidy removes what the operator has left in the folder that it is known to leave things in. Others may use that folder
// too, so only entries that the operator's log names are its own.
func (o *operator) tidy() error {
	if o.Leaves == "" {
		return nil
	}
	log, err := os.ReadFile(o.component.log())
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(o.Leaves)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(o.Leaves, entry.Name())
		named := regexp.MustCompile(regexp.QuoteMeta(path) + `([^-.\w]|$)`)
		if named.Match(log) {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	return nil
}
