package scheduler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"jinchu/engine"
)

// The log tells why a run failed, as far as that names nobody.
func TestTheLogTellsTheCause(t *testing.T) {
	refused := &engine.Refused{Action: "issue-circular", Grounds: []engine.Ground{{Code: "quarter-is-closed", Article: "抽查监督"}}}
	r := &runs{fail: func(context.Context, time.Time) error { return fmt.Errorf("张示例: %w", refused) }}
	var text bytes.Buffer
	s, err := New(newMemory(), county, "one", []Job{r.job("list", daily, Backfill)}, slog.New(slog.NewTextHandler(&text, nil)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Do(background, "list", at(2, 0, 20), at(2, 0, 21))
	const told = "issue-circular refused: quarter-is-closed (抽查监督)"
	var f *Failure
	if !errors.As(err, &f) || !strings.HasSuffix(f.Error(), "try 1: refused: "+told) {
		t.Errorf("the failure tells %v", err)
	}
	s.tell([]error{err})
	if log := text.String(); !strings.Contains(log, "code=refused") || !strings.Contains(log, told) || strings.Contains(log, "张") {
		t.Errorf("the log tells %s", log)
	}
}
