package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/supervise"
)

// sweepReport is what the bench of the sweep prints: medians of the rounds,
// and the longest act of all of them.
type sweepReport struct {
	Database string         `json:"database"`
	Due      int            `json:"due"` // steps raised by one sweep
	Sizes    []sweepFigures `json:"sizes"`
	Ratio    float64        `json:"ratio"` // time at the last size to that at the first
}

type sweepFigures struct {
	Open    int     `json:"open"`          // cases beside those that are due
	Seconds float64 `json:"seconds"`       // of a sweep that raises all that is due
	Again   float64 `json:"again_seconds"` // of the next, which finds all of it raised
	Acts    int     `json:"acts_beside"`   // acts of another caller while the sweeps ran
	// The longest of them, and the time that one in a thousand exceeds; and the
	// same of as many acts with no sweep beside them, since a disk and a
	// processor shared with others make some acts long by themselves.
	Longest      float64 `json:"longest_act_ms"`
	P999         float64 `json:"p999_act_ms"`
	LongestAlone float64 `json:"longest_act_alone_ms"`
	P999Alone    float64 `json:"p999_act_alone_ms"`
}

// others is how many cases the other caller acts on.
const others = 64

// runSweep measures what raising the overdue steps costs among few and among
// many open cases, while another caller goes on acting.
func (c *benchCmd) runSweep(ctx context.Context) error {
	if len(c.Open) == 0 || c.Due < 1 || c.Rounds < 1 || slices.Min(c.Open) < 1 {
		return errors.New("give at least one number of open cases, one overdue step and one round")
	}
	report := sweepReport{Due: c.Due}
	for _, open := range c.Open {
		f, err := c.sweepAmong(ctx, open, &report)
		if err != nil {
			return fmt.Errorf("%d open cases: %w", open, err)
		}
		report.Sizes = append(report.Sizes, *f)
		if !c.JSON {
			fmt.Printf("%s  %9d 件在办 open: 督办 %d 项 raised in %.2f s, 复查 again %.2f s; 其间他人办理 acts beside %d, p99.9 %.1f ms, 最长 longest %.1f ms (无督办时 alone %.1f, %.1f ms)\n",
				report.Database, open, c.Due, f.Seconds, f.Again, f.Acts, f.P999, f.Longest, f.P999Alone, f.LongestAlone)
		}
	}
	report.Ratio = float64(int(100*report.Sizes[len(report.Sizes)-1].Seconds/report.Sizes[0].Seconds)) / 100
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(report)
	}
	fmt.Printf("%s  比值 ratio %.2f\n", report.Database, report.Ratio)
	return nil
}

// sweepAmong measures in a database of its own, which it drops afterwards.
func (c *benchCmd) sweepAmong(ctx context.Context, open int, report *sweepReport) (*sweepFigures, error) {
	config, drop, err := c.scratch(ctx)
	if err != nil {
		return nil, err
	}
	defer drop()
	b, err := openBench(ctx, c, config)
	if err != nil {
		return nil, err
	}
	defer b.store.Close()
	if err := b.openRaw(config, 1); err != nil {
		return nil, err
	}
	defer b.raw.Close()
	report.Database = b.name
	if err := b.prepareSweep(ctx, c.Rounds*c.Due, open); err != nil {
		return nil, err
	}
	f := &sweepFigures{Open: open}
	var first, again, beside, alone []float64
	for r := range c.Rounds {
		if err := b.onlyDue(ctx, r*c.Due, (r+1)*c.Due); err != nil {
			return nil, err
		}
		for i, times := range []*[]float64{&first, &again} {
			seconds, acts, err := b.sweepBeside(ctx, &beside)
			if err != nil {
				return nil, err
			}
			if want := []int{c.Due, 0}[i]; acts != want {
				return nil, fmt.Errorf("the sweep did %d acts, not %d", acts, want)
			}
			*times = append(*times, seconds)
		}
	}
	slices.Sort(first)
	slices.Sort(again)
	f.Seconds, f.Again = first[len(first)/2], again[len(again)/2]
	for range beside {
		if err := b.actBeside(ctx, &alone); err != nil {
			return nil, err
		}
	}
	f.Acts = len(beside)
	f.P999, f.Longest = worst(beside)
	f.P999Alone, f.LongestAlone = worst(alone)
	return f, nil
}

// actBeside does the next act of the other caller and adds how long it took,
// in milliseconds.
func (b *bench) actBeside(ctx context.Context, times *[]float64) error {
	start := time.Now()
	err := b.engineAct(ctx, len(b.cases)-others+len(*times)%others)
	*times = append(*times, float64(time.Since(start).Microseconds())/1000)
	return err
}

// worst is the time that one in a thousand exceeds, and the longest; 0 of none.
func worst(times []float64) (p999, longest float64) {
	if len(times) == 0 {
		return 0, 0
	}
	slices.Sort(times)
	return times[len(times)*999/1000], times[len(times)-1]
}

// prepareSweep makes cases with a half-year review due on one day, others to
// act on whose review is due later, and rows of open cases beside them. Only a
// case that is swept or acted on needs its events.
func (b *bench) prepareSweep(ctx context.Context, due, open int) error {
	if err := b.prepareCounty(ctx, due+others); err != nil {
		return err
	}
	for _, id := range b.cases[due:] {
		review := engine.Move{Case: id, Action: "half-year-review", Fields: map[string]any{"opinion": "良好"}}
		if _, err := b.engine.Act(ctx, engine.Actor{County: b.county, Office: "secretary"}, review, b.on.AddDate(0, 3, 0)); err != nil {
			return err
		}
	}
	// The first of the others is what the rows are copies of.
	copies := b.bind(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO cases (county, id, workflow, parent, person, org, path, stage, stage_on, opened_on, seq, ended, due_on, due_action, head)
		SELECT county, 'open-' || CAST(i AS TEXT), workflow, parent, 'open-' || CAST(i AS TEXT), org, path, stage, stage_on, opened_on, seq, ended,
		'2027-0' || CAST(i % 9 + 1 AS TEXT) || '-15', due_action, head
		FROM cases CROSS JOIN n WHERE county = ? AND id = ?`)
	if _, err := b.raw.ExecContext(ctx, copies, open, string(b.county), string(b.cases[due])); err != nil {
		return err
	}
	_, err := b.raw.ExecContext(ctx, "ANALYZE")
	return err
}

// onlyDue leaves those cases due that one round is to raise: the rows of the
// others say that they are due later, which is all a sweep sees of them.
func (b *bench) onlyDue(ctx context.Context, from, to int) error {
	later := b.bind(`UPDATE cases SET due_on = '2027-12-31' WHERE county = ? AND due_on < '2026-09-03'`)
	if _, err := b.raw.ExecContext(ctx, later, string(b.county)); err != nil {
		return err
	}
	tx, err := b.raw.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, id := range b.cases[from:to] {
		if _, err := tx.ExecContext(ctx, b.bind(`UPDATE cases SET due_on = '2026-09-02' WHERE county = ? AND id = ?`), string(b.county), string(id)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// sweepBeside times what the jobs of one slot do, as the timetable runs them,
// while another caller acts on other cases without a pause, and adds how long
// that caller's acts took.
func (b *bench) sweepBeside(ctx context.Context, times *[]float64) (seconds float64, acts int, err error) {
	b.on = calendar.MustParse("2026-09-03").Start().Add(9 * time.Hour)
	done := make(chan struct{})
	var caller sync.WaitGroup
	var failed error
	caller.Go(func() {
		for failed == nil {
			select {
			case <-done:
				return
			default:
			}
			failed = b.actBeside(ctx, times)
		}
	})
	start := time.Now()
	acts, err = b.raiseAll(ctx)
	seconds = time.Since(start).Seconds()
	close(done)
	caller.Wait()
	return seconds, acts, errors.Join(err, failed)
}

// raiseAll runs the jobs that raise what is overdue.
func (b *bench) raiseAll(ctx context.Context) (acts int, err error) {
	round := new(supervise.Round)
	for _, j := range supervise.Jobs {
		n, err := round.Run(ctx, b.engine, b.county, j, b.on, b.on)
		acts += n
		if err != nil {
			return acts, err
		}
	}
	return acts, nil
}
