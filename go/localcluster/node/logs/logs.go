// Package logs answers: what has a container written? It serves the part of the kubelet's API that kubectl logs needs.
package logs

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
)

// Lookup finds the log of a container: its file, and whether it can still grow. An error is shown to the user.
type Lookup func(namespace, pod, container string, previous bool) (file string, growing func() bool, err error)

// Handler serves GET /containerLogs/{namespace}/{pod}/{container} with tailLines, limitBytes, follow and previous.
// Lines carry no time, so sinceTime, sinceSeconds and timestamps are ignored.
func Handler(find Lookup) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		file, growing, err := find(r.PathValue("namespace"), r.PathValue("pod"), r.PathValue("container"),
			query.Get("previous") == "true")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		options, err := parse(query.Get("tailLines"), query.Get("limitBytes"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if query.Get("follow") != "true" {
			growing = func() bool { return false }
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Transfer-Encoding", "chunked")
		if err := Copy(r.Context(), flushed{w}, file, options, growing); err != nil {
			fmt.Fprintf(w, "%s\n", err)
		}
	})
	return mux
}

// Options limit what is shown; a negative number is no limit.
type Options struct {
	Tail  int64 // lines
	Limit int64 // bytes
}

func parse(tail, limit string) (Options, error) {
	options := Options{Tail: -1, Limit: -1}
	for text, number := range map[*string]*int64{&tail: &options.Tail, &limit: &options.Limit} {
		if *text == "" {
			continue
		}
		parsed, err := strconv.ParseInt(*text, 10, 64)
		if err != nil || parsed < 0 {
			return options, fmt.Errorf("%q is not a number of lines or bytes", *text)
		}
		*number = parsed
	}
	return options, nil
}

// Copy writes a log, and goes on while it grows.
func Copy(ctx context.Context, to io.Writer, path string, options Options, growing func() bool) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the log: %w", err)
	}
	defer file.Close()
	if err := seekTail(file, options.Tail); err != nil {
		return fmt.Errorf("find the end of the log: %w", err)
	}
	left := options.Limit
	for {
		last := !growing() // asked before reading: what was written until now will be read
		from := io.Reader(file)
		if options.Limit >= 0 {
			from = io.LimitReader(file, left)
		}
		n, err := io.Copy(to, from)
		left -= n
		if err != nil || last || (options.Limit >= 0 && left <= 0) {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// seekTail puts the file at the beginning of its last n lines, reading from its end.
func seekTail(file *os.File, lines int64) error {
	if lines < 0 {
		return nil
	}
	at, err := file.Seek(0, io.SeekEnd)
	if err != nil || lines == 0 {
		return err
	}
	block := make([]byte, 4096)
	for end := at; end > 0; {
		begin := max(0, end-int64(len(block)))
		part := block[:end-begin]
		if _, err := file.ReadAt(part, begin); err != nil {
			return err
		}
		if end == at { // the newline that ends the last line begins no other
			part = bytes.TrimSuffix(part, []byte("\n"))
		}
		for i := len(part) - 1; i >= 0; i-- {
			if part[i] != '\n' {
				continue
			}
			if lines--; lines == 0 {
				_, err := file.Seek(begin+int64(i)+1, io.SeekStart)
				return err
			}
		}
		end = begin
	}
	_, err = file.Seek(0, io.SeekStart)
	return err
}

// flushed sends each piece at once, so that a follower sees it.
type flushed struct{ http.ResponseWriter }

func (f flushed) Write(data []byte) (int, error) {
	n, err := f.ResponseWriter.Write(data)
	if flusher, ok := f.ResponseWriter.(http.Flusher); ok && err == nil {
		flusher.Flush()
	}
	return n, err
}
