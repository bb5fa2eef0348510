package main

import (
	"testing"
)

// TestBenchSweep runs the bench of the sweep in small: it checks itself that a
// sweep raises what is due and the next one nothing.
func TestBenchSweep(t *testing.T) {
	c := &benchCmd{Due: 3, Open: []int{10, 40}, Rounds: 2, JSON: true, regulation: regulation{Profile: "zaoyang"}, database: database{Data: t.TempDir()}}
	report := sweepReport{}
	for _, open := range c.Open {
		f, err := c.sweepAmong(t.Context(), open, &report)
		if err != nil {
			t.Fatal(err)
		}
		if f.Acts == 0 || f.Seconds <= 0 || f.Longest < f.P999 {
			t.Errorf("among %d: %+v", open, f)
		}
	}
}
