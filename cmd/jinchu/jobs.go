package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/scheduler"
	"jinchu/store"
)

// jobs are what is done in a county without anybody asking, in the order in
// which it is done. Names are the keys of what was run: they are never changed.
func jobs(e *engine.Engine, county register.CountyID) []scheduler.Job {
	return []scheduler.Job{
		{Name: "clock-acts", Spec: "20 0 * * *", Policy: scheduler.Once,
			Words: engine.Words{Zh: "到期由系统办理的事项", En: "acts of the calendar itself, where a term has passed"},
			// An act is recorded on the day it is done, and by that day everything
			// is due that was due on the day of the slot.
			Run: func(ctx context.Context, _, now time.Time) (int, error) { return e.Tick(ctx, county, now) }},
	}
}

// newScheduler is the scheduler of a county's jobs on this server.
func newScheduler(s *store.Store, e *engine.Engine, county register.CountyID, log *slog.Logger) (*scheduler.Scheduler, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("the name of this server, by which it holds what it runs: %w", err)
	}
	return scheduler.New(s, county, fmt.Sprintf("%s/%d", host, os.Getpid()), jobs(e, county), log)
}

// startJobs starts the scheduler and gives what stops it and waits for it.
func (s *site) startJobs(ctx context.Context) (stop func(), err error) {
	if s.noJobs {
		return func() {}, nil
	}
	timetable, err := newScheduler(s.store, s.engine, s.county, s.log)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { timetable.Serve(ctx, s.now) })
	return func() { cancel(); work.Wait() }, nil
}
