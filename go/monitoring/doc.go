// Do the alerts fire, and does the dashboard show what the connector counts?

// Package monitoring has only tests: of kustomize/components/alerts, with Prometheus' own engine. They are in a module of
// their own, so that Prometheus is linked into nothing else.
package monitoring
