// Where do the connector's own words go?

package flyteconnector

import (
	"io"
	"log/slog"
	"os"

	"k8s.io/klog/v2"
)

// logger makes the log that the flags ask for. Kubernetes' client writes to it, too.
func (o Options) logger() *slog.Logger {
	if o.Log != nil {
		return o.Log
	}
	log := o.newLog(os.Stderr)
	klog.SetSlogLogger(log.With("from", "client-go"))
	return log
}

func (o Options) newLog(out io.Writer) *slog.Logger {
	level, err := o.level()
	if err != nil { // validate has said so
		level = slog.LevelInfo
	}
	settings := &slog.HandlerOptions{Level: level}
	if o.LogFormat == formatJSON {
		return slog.New(slog.NewJSONHandler(out, settings))
	}
	return slog.New(slog.NewTextHandler(out, settings))
}
