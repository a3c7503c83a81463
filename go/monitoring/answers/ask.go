package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
)

// newEngine has the settings of a Prometheus whose flags nobody has touched.
func newEngine() *promql.Engine {
	return promql.NewEngine(promql.EngineOpts{
		MaxSamples:           50_000_000,
		Timeout:              2 * time.Minute,
		LookbackDelta:        5 * time.Minute,
		EnableAtModifier:     true,
		EnableNegativeOffset: true,
		Parser:               parser.NewParser(parser.Options{}),
		NoStepSubqueryIntervalFn: func(int64) int64 {
			return time.Minute.Milliseconds()
		},
	})
}

// ask runs each query over the question's range.
func ask(ctx context.Context, from storage.Queryable, asked question) (result, error) {
	engine, found := newEngine(), result{}
	defer engine.Close()
	for name, text := range asked.Queries {
		query, err := engine.NewRangeQuery(ctx, from, nil, text, time.UnixMilli(asked.Start), time.UnixMilli(asked.End),
			time.Duration(asked.Step)*time.Millisecond)
		if err != nil {
			return nil, fmt.Errorf("query %s: %w", name, err)
		}
		matrix, err := query.Exec(ctx).Matrix()
		if err != nil {
			return nil, fmt.Errorf("query %s: %w", name, err)
		}
		found[name] = shown(matrix)
		query.Close()
	}
	return found, nil
}

// shown are the numbers of an answer; of an answer without any, the series stays, with no points.
func shown(matrix promql.Matrix) []series {
	found := make([]series, 0, len(matrix))
	for _, one := range matrix {
		points := [][2]float64{}
		for _, point := range one.Floats {
			if !math.IsNaN(point.F) && !math.IsInf(point.F, 0) {
				points = append(points, [2]float64{float64(point.T), point.F})
			}
		}
		found = append(found, series{one.Metric.Map(), points})
	}
	return found
}
