package engine_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
)

// TestPublic wants of an error what helps, and nobody's name.
func TestPublic(t *testing.T) {
	words := engine.Words{Zh: "林示例", En: "lin"}
	refused := &engine.Refused{Action: "approve", Grounds: []engine.Ground{
		{Code: "no-kin", Article: "细则 14", Words: words, Missing: []engine.Words{words}}, {Code: "quorum", Article: "细则 20", Words: words}}}
	for want, err := range map[string]error{
		"": errors.New("林示例 lin"),
		"approve refused: no-kin (细则 14), quorum (细则 20)": fmt.Errorf("林示例: %w", refused),
		"invalid: unknown-field: opinion":                 &engine.Invalid{Code: "unknown-field", Where: "opinion", Words: words},
		"invalid: twice":                                  &engine.Invalid{Code: "twice", Where: "person:lin", Words: words},
		"person not found":                                &engine.NotFound{What: "person lin"},
		"conflict: stale":                                 &engine.Conflict{Code: "stale", Words: words},
		"store unavailable":                               &engine.Unavailable{Err: errors.New("row of lin")},
		"store unavailable: no space left on device":      &engine.Unavailable{Err: &fs.PathError{Op: "write", Path: "/home/lin", Err: syscall.ENOSPC}},
		"case 1: faulty; case 2: conflict: stale": &engine.CaseFaults{Count: 2, Kept: []*engine.CaseFault{
			{Case: "1", Err: errors.New("lin")}, {Case: "2", Err: fmt.Errorf("lin: %w", &engine.Conflict{Code: "stale"})}}},
	} {
		if got := engine.Public(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
	both := engine.Public(errors.Join(errors.New("lin"), &calendar.NotLoaded{Year: 2031}, refused))
	if !strings.Contains(both, "of 2031") || !strings.Contains(both, "approve refused") || strings.Contains(both, "lin") {
		t.Error(both)
	}
}
