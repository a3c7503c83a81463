// What does Prometheus answer to these queries, over pages of /metrics that were kept?

// Command answers reads a document like `question` from standard input and writes one like `result`. Parser, storage and engine
// are those of Prometheus itself. devkit.dashboard asks it the queries of the dashboard.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// question has times in milliseconds since 1970.
type question struct {
	// Samples is a folder with a page for each scrape: INSTANCE/MILLISECONDS.txt; an empty one is a scrape that failed.
	Samples string `json:"samples"`
	// Job is the label that Prometheus adds.
	Job   string `json:"job"`
	Start int64  `json:"start"`
	End   int64  `json:"end"`
	Step  int64  `json:"step"`
	// Queries are name -> PromQL.
	Queries map[string]string `json:"queries"`
}

// result is name -> the series that the query returned.
type result map[string][]series

// series has pairs of a time in milliseconds and a value; JSON has no NaN, so what is none is left out.
type series struct {
	Labels map[string]string `json:"labels"`
	Points [][2]float64      `json:"points"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := answer(ctx, os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "answers:", err)
		os.Exit(1)
	}
}

func answer(ctx context.Context, from io.Reader, to io.Writer) (err error) {
	var asked question
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return fmt.Errorf("read the question: %w", err)
	}
	pages, err := readPages(asked.Samples)
	if err != nil {
		return err
	}
	store, err := newStore(asked.Job)
	if err != nil {
		return err
	}
	defer func() {
		if closing := store.close(); err == nil {
			err = closing
		}
	}()
	for _, page := range pages {
		if err := store.add(ctx, page); err != nil {
			return err
		}
	}
	found, err := ask(ctx, store.db, asked)
	if err != nil {
		return err
	}
	return json.NewEncoder(to).Encode(found)
}
