package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

// store is Prometheus' storage in a folder that goes away, filled as a scrape fills it.
type store struct {
	job, folder string
	db          *tsdb.DB
	seen        map[string]map[string]labels.Labels // instance -> the series of its last page
}

func newStore(job string) (*store, error) {
	folder, err := os.MkdirTemp("", "answers")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	options := tsdb.DefaultOptions()
	options.RetentionDuration = 0
	options.MinBlockDuration = (24 * time.Hour).Milliseconds()
	options.MaxBlockDuration = options.MinBlockDuration
	db, err := tsdb.Open(folder, nil, nil, options, nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open a storage: %w", err), os.RemoveAll(folder))
	}
	return &store{job, folder, db, map[string]map[string]labels.Labels{}}, nil
}

func (s *store) close() error {
	return errors.Join(s.db.Close(), os.RemoveAll(s.folder))
}

// add stores the samples of a page, `up`, and a mark of staleness for each series that the instance had and has no more.
func (s *store) add(ctx context.Context, one page) error {
	appender, now := s.db.Appender(ctx), map[string]labels.Labels{}
	up := 0.0
	if len(one.text) > 0 {
		up = 1
		if err := s.append(appender, one, now); err != nil {
			return errors.Join(fmt.Errorf("page %d of %s: %w", one.at, one.instance, err), appender.Rollback())
		}
	}
	problems := []error{put(appender, s.labelled(labels.FromStrings(labels.MetricName, "up"), one.instance), one.at, up)}
	for key, series := range s.seen[one.instance] {
		if _, still := now[key]; !still {
			problems = append(problems, put(appender, series, one.at, math.Float64frombits(value.StaleNaN)))
		}
	}
	s.seen[one.instance] = now
	return errors.Join(append(problems, appender.Commit())...)
}

func (s *store) append(appender storage.Appender, one page, now map[string]labels.Labels) error {
	parse := parser.NewParser(parser.Options{})
	for line := range strings.Lines(string(one.text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		end := strings.LastIndexByte(line, ' ') // a sample has a name, labels and a value; the connector writes no times
		found, err := parse.ParseMetric(line[:max(end, 0)])
		if err != nil {
			return fmt.Errorf("line %q: %w", line, err)
		}
		sample, err := strconv.ParseFloat(line[end+1:], 64)
		if err != nil {
			return fmt.Errorf("line %q: %w", line, err)
		}
		series := s.labelled(found, one.instance)
		if err := put(appender, series, one.at, sample); err != nil {
			return err
		}
		now[series.String()] = series
	}
	return nil
}

// labelled adds the labels by which Prometheus knows whose series it is.
func (s *store) labelled(found labels.Labels, instance string) labels.Labels {
	return labels.NewBuilder(found).Set("job", s.job).Set("instance", instance).Labels()
}

func put(appender storage.Appender, series labels.Labels, at int64, sample float64) error {
	if _, err := appender.Append(0, series, at, sample); err != nil {
		return fmt.Errorf("store %s: %w", series, err)
	}
	return nil
}
