// What does a poll cost?

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"example.com/flyteconnector/meta"
	"example.com/larkspur/plugins/job"
)

// pythonType is the task type of the Python connector.
const pythonType = "bench_job"

// getRound is one turn each: polls with many live tasks, with a tenth of them, an empty call to the first of these
// servers, and polls of the Python connector. Calls are the API server's calls about jobs and pods meanwhile.
type getRound struct {
	Big         turn `json:"big"`
	Small       turn `json:"small"`
	Empty       turn `json:"empty"`
	Python      turn `json:"python"`
	Calls       int  `json:"api_calls"`
	PythonCalls int  `json:"python_api_calls"`
}

func measureGet(ctx context.Context, b *bench) error {
	if err := b.encode(); err != nil {
		return err
	}
	for _, namespace := range []string{small, big} {
		say("polls until all tasks in %s run", namespace)
		if err := b.seen(ctx, namespace); err != nil {
			return err
		}
	}
	python, err := b.pythonConnector(ctx)
	if err != nil {
		return err
	}
	defer python.stop()
	for i := range b.options.rounds + 1 { // the first one warms up and does not count
		say("polls: round %d of %d", i, b.options.rounds)
		round, err := b.getRound(ctx, python)
		if err != nil {
			return err
		}
		if i > 0 {
			b.report.Get = append(b.report.Get, round)
		}
	}
	return b.remember("after polls", b.live[small], b.live[big], python)
}

func (b *bench) getRound(ctx context.Context, python *server) (round getRound, err error) {
	empty := func(ctx context.Context, _ int) error {
		_, err := b.live[big].call(ctx, check, nil)
		return err
	}
	turns := []struct {
		result *turn
		server *server
		do     func(context.Context, int) error
		calls  *int
	}{
		{&round.Big, b.live[big], polling(b.live[big], b.polls[big]), &round.Calls},
		{&round.Empty, b.live[big], empty, nil},
		{&round.Small, b.live[small], polling(b.live[small], b.polls[small]), &round.Calls},
		{&round.Python, python, polling(python, b.polls[pythonType]), &round.PythonCalls},
	}
	for _, each := range turns {
		before, err := b.cluster.requests(ctx)
		if err != nil {
			return round, err
		}
		if *each.result, err = each.server.measure(ctx, b.options.span, each.do); err != nil {
			return round, err
		}
		after, err := b.cluster.requests(ctx)
		if err != nil {
			return round, err
		}
		if each.calls != nil {
			*each.calls += after - before
		}
	}
	return round, nil
}

// seen returns when the connector's copy has every task as it is: the copy comes a little later than the writes.
func (b *bench) seen(ctx context.Context, namespace string) error {
	end := time.Now().Add(startLimit)
	poll := func(ctx context.Context, n int) error {
		raw, err := b.live[namespace].call(ctx, getTask, b.polls[namespace][n])
		if err != nil {
			return err
		}
		return runs(raw)
	}
	for {
		_, err := each(ctx, len(b.polls[namespace]), poll)
		if err == nil || ctx.Err() != nil || time.Now().After(end) {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// encode prepares the requests; the Python connector names the same tasks in its own way.
func (b *bench) encode() (err error) {
	b.polls = map[string][][]byte{}
	for _, namespace := range []string{small, big} {
		if b.polls[namespace], err = polls(job.TaskType, b.meta[namespace]); err != nil {
			return err
		}
	}
	var metas [][]byte
	for _, raw := range b.meta[big] {
		var m meta.Meta
		if err := json.Unmarshal(raw, &m); err != nil {
			return fmt.Errorf("the connector's own resource_meta %q: %w", raw, err)
		}
		text, err := json.Marshal(map[string]string{"namespace": m.Namespace, "name": m.Name})
		if err != nil {
			return err
		}
		metas = append(metas, text)
	}
	b.polls[pythonType], err = polls(pythonType, metas)
	return err
}

// remember writes down what processes have in memory.
func (b *bench) remember(when string, servers ...*server) error {
	for _, s := range servers {
		found, err := s.memory(when)
		if err != nil {
			return err
		}
		b.report.Memory = append(b.report.Memory, found)
	}
	return nil
}
