package scheduler

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"jinchu/calendar"
	"jinchu/engine"
)

// Serve wakes at once and then at every full minute, until the context ends;
// it returns when everything under way has ended too. Failures go to the log.
// The minute is also how soon a failed run is tried again, the slot of a dead
// server is taken over, and a long catch-up goes on. After a jump of the wall
// clock nothing is begun for the time of [Calm].
func (s *Scheduler) Serve(ctx context.Context, clock func() time.Time) {
	// Other servers see the wall clock, so that is what is compared.
	wall := func() time.Time { return clock().Round(0) }
	seen := &watch{log: s.log, last: wall()}
	told := cronLog{s.log}
	// Recover is innermost: the other one would never run again after a panic.
	wake := cron.NewChain(cron.SkipIfStillRunning(told), cron.Recover(told)).Then(cron.FuncJob(func() { s.wakeUp(ctx, wall, seen) }))
	timer := cron.New(cron.WithLocation(calendar.Shanghai), cron.WithLogger(told))
	id := timer.Schedule(s.beat, wake)
	timer.Start()
	var first sync.WaitGroup
	first.Go(wake.Run)
	// Cron waits for an instant of the wall clock; where that is set back, it
	// would wait that much longer. The ticker does not.
	beats := time.NewTicker(time.Minute)
	defer beats.Stop()
	for {
		select {
		case <-ctx.Done():
			<-timer.Stop().Done()
			first.Wait()
			return
		case <-beats.C:
		}
		if seen.beat(wall()) {
			timer.Remove(id)
			id = timer.Schedule(s.beat, wake)
		}
	}
}

// wakeUp settles what is due as long as the clock is to be trusted.
func (s *Scheduler) wakeUp(ctx context.Context, wall func() time.Time, seen *watch) {
	ctx, distrust := context.WithCancel(ctx)
	defer distrust()
	clock := func() time.Time {
		now := wall()
		if !seen.trusts(now) {
			distrust()
		}
		return now
	}
	if clock(); ctx.Err() == nil {
		s.tell(s.wake(ctx, clock))
	}
}

// tell puts into the log what went wrong at a wake-up.
func (s *Scheduler) tell(failures []error) {
	for _, err := range failures {
		var f *Failure
		switch {
		case !errors.As(err, &f):
			s.log.Error("scheduler", "error", err.Error())
		case f.Code == Stopped:
			s.log.Info("job stopped", "job", f.Job, "slot", stamp(f.Slot))
		case f.Code == Panicked:
			s.log.Error("job panicked", "job", f.Job, "slot", stamp(f.Slot), "try", f.Try, "last", f.Last, "stack", string(f.Stack))
		default:
			s.log.Error("job failed", "job", f.Job, "slot", stamp(f.Slot), "try", f.Try, "last", f.Last, "code", f.Code, "cause", engine.Public(f.Err))
		}
	}
}

// cronLog tells of the library what matters: that a wake-up was left out, and
// that one panicked. The text of a panic may name a person; its place does not.
type cronLog struct{ log *slog.Logger }

// Info implements [cron.Logger].
func (l cronLog) Info(msg string, _ ...any) {
	if msg == "skip" {
		l.log.Warn("a wake-up was left out: the one before is still at work")
	}
}

// Error implements [cron.Logger].
func (l cronLog) Error(_ error, msg string, details ...any) {
	l.log.Error("a wake-up failed", append([]any{"what", msg}, details...)...)
}
