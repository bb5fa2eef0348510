package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"jinchu/calendar"
	"jinchu/register"
	"jinchu/scheduler"
)

type tickCmd struct {
	Job    string `help:"The job to run; --list prints their names." placeholder:"NAME"`
	At     string `help:"The slot: an instant like 2026-04-01T00:30:00+08:00, or a day, for 00:30 of it in Asia/Shanghai." placeholder:"TIME"`
	List   bool   `help:"Print the jobs with timetable, policy and next slot; needs no database."`
	County string `help:"Six-digit code of the county." default:"420683"`
	secondHolder
	regulation
	database
}

// Run does one slot of one job, now.
func (c *tickCmd) Run(ctx context.Context) error {
	if c.List {
		return c.list(time.Now())
	}
	if c.Job == "" || c.At == "" {
		return errors.New("say what to run: --job NAME --at TIME; --list prints the jobs")
	}
	slot, err := slotOf(c.At)
	if err != nil {
		return err
	}
	s, e, err := openEngine(ctx, c.database, c.regulation, false)
	if err != nil {
		return err
	}
	defer s.Close()
	master, err := countyMaster(c.keyFolder())
	if err != nil {
		return err
	}
	second, err := c.remote()
	if err != nil {
		return err
	}
	keeper, err := newKeeper(e, register.CountyID(c.County), master, second)
	if err != nil {
		return err
	}
	timetable, err := newScheduler(s, keeper, nil, nil) // what it raises is what this job has to
	if err != nil {
		return err
	}
	acts, err := timetable.Do(ctx, c.Job, slot, time.Now())
	var failed *scheduler.Failure
	switch {
	case errors.Is(err, scheduler.ErrDone):
		fmt.Printf("%s %s:此前已办,共 %d 项,不再重复。 Done before, %d acts; not done again.\n", c.Job, shown(slot), acts, acts)
		return nil
	case errors.As(err, &failed):
		// A log would not tell the cause, nor who it is about; whoever runs the
		// job by hand has to know.
		_, _ = os.Stderr.Write(failed.Stack)
		return fmt.Errorf("job %s, slot %s: %s: %w", c.Job, shown(slot), failed.Code, failed.Err)
	case err != nil:
		return err
	}
	fmt.Printf("%s %s:已办 %d 项。 Done: %d acts.\n", c.Job, shown(slot), acts, acts)
	return nil
}

// slotOf reads a slot: an instant, or a day for 00:30 of it.
func slotOf(text string) (time.Time, error) {
	if day, err := calendar.Parse(text); err == nil {
		return day.Start().Add(30 * time.Minute), nil
	}
	slot, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return slot, fmt.Errorf("--at %q is neither an instant like 2026-04-01T00:30:00+08:00 nor a day like 2026-04-01", text)
	}
	return slot, nil
}

// shown is a slot as people here read it.
func shown(slot time.Time) string { return slot.In(calendar.Shanghai).Format("2006-01-02 15:04") }

// list prints the timetable. Nothing is run, so that no engine is needed.
func (c *tickCmd) list(now time.Time) error {
	lines, err := scheduler.Timetable(jobs(nil, nil), now)
	if err != nil {
		return err
	}
	for _, l := range lines {
		next := "—"
		if !l.Next.IsZero() {
			next = shown(l.Next)
		}
		fmt.Printf("%-20s %-16s %-9s %s  %s %s\n", l.Name, l.Spec, l.Policy, next, l.Words.Zh, l.Words.En)
	}
	return nil
}
