package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/scheduler"
	"jinchu/store"
)

func TestSlotOf(t *testing.T) {
	want := time.Date(2026, time.March, 31, 16, 30, 0, 0, time.UTC)
	for _, text := range []string{"2026-04-01", "2026-04-01T00:30:00+08:00", "2026-03-31T16:30:00Z"} {
		if slot, err := slotOf(text); err != nil || !slot.Equal(want) {
			t.Errorf("%s is %v, %v", text, slot, err)
		}
	}
	for _, text := range []string{"", "2026-02-30", "2026-04-01 00:30", "tomorrow"} {
		if _, err := slotOf(text); err == nil || !strings.Contains(err.Error(), "2026-04-01") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// The jobs of the program have a timetable, names and words.
func TestJobsAreALegalList(t *testing.T) {
	lines, err := scheduler.Timetable(jobs(nil, nil), calendar.On(2026, time.June, 1).Start())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if l.Next.IsZero() {
			t.Errorf("%s never runs", l.Name)
		}
	}
	if code := run(t.Context(), []string{"tick", "--list"}); code != 0 {
		t.Errorf("the list ends with %d", code)
	}
}

func TestTick(t *testing.T) {
	dir := t.TempDir()
	tick := func(args ...string) int {
		return run(t.Context(), append([]string{"tick", "--data", dir, "--profile", "national"}, args...))
	}
	if code := tick("--job", "clock-acts", "--at", "2026-06-01"); code != 2 {
		t.Errorf("without a database: %d", code)
	}
	s, err := (database{Data: dir}).open(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, c := range []struct {
		want int
		args []string
	}{
		{2, []string{"--job", "clock-acts"}},
		{2, []string{"--job", "clock-acts", "--at", "June"}},
		{2, []string{"--job", "clock-acts", "--at", "9999-12-31"}},
		{2, []string{"--job", "nothing", "--at", "2026-06-01"}},
		{0, []string{"--job", "clock-acts", "--at", "2026-06-01"}},
		{0, []string{"--job", "clock-acts", "--at", "2026-06-01T00:30:00+08:00"}}, // the same slot
	} {
		if code := tick(c.args...); code != c.want {
			t.Errorf("%v ends with %d, not %d", c.args, code, c.want)
		}
	}
	runs, err := s.JobRuns(t.Context(), "420683", 9)
	if err != nil || len(runs) != 1 || runs[0].Outcome != scheduler.Done || runs[0].Tries != 1 {
		t.Errorf("the runs are %+v, %v", runs, err)
	}
}

// Whoever runs a job by hand is told why it failed.
func TestTickTellsTheCause(t *testing.T) {
	c := &tickCmd{Job: "monthly-list", At: "2026-06-01", County: "420683", regulation: regulation{Profile: "national"}, database: database{Data: t.TempDir()}}
	s, err := c.open(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "not-found") || !strings.Contains(err.Error(), "organization 420683 not found") {
		t.Errorf("a county nobody has registered: %v", err)
	}
}

// servingUntil serves a county until the test has seen enough.
func servingUntil(t *testing.T, s *store.Store, noJobs bool, seen func() bool) {
	t.Helper()
	profile, err := loadProfile("national")
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEngine(s, profile)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	site, err := newSite(s, e, "420683", t.TempDir(), secondHolder{})
	if err != nil {
		t.Fatal(err)
	}
	site.noJobs = noJobs
	ended := make(chan error, 1)
	go func() { ended <- site.serve(ctx, "127.0.0.1:0") }()
	for range 1000 { // at most ten seconds, on a machine that does other things too
		if seen() {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	if err := <-ended; err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

func TestServeRunsJobs(t *testing.T) {
	for _, noJobs := range []bool{false, true} {
		s, err := (database{Data: t.TempDir()}).open(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		began := func() bool {
			cursors, err := s.JobCursors(t.Context(), "420683")
			if err != nil {
				t.Fatal(err)
			}
			return len(cursors) == len(jobs(nil, nil))
		}
		looks := 0
		servingUntil(t, s, noJobs, func() bool { looks++; return began() || noJobs && looks == 5 })
		if began() == noJobs {
			t.Errorf("no jobs: %t, and the timetable has begun: %t", noJobs, began())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
