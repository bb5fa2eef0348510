package scheduler

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
)

// Failure is a try that did not come to its end. Its text may stand in a log: it
// holds what is recorded, and of the cause what [engine.Public] lets through.
// The whole text of the cause is for whoever asked for the run.
type Failure struct {
	Job   string
	Slot  time.Time
	Try   int    // 1 for the first
	Code  string // the recorded outcome
	Last  bool   // the slot is given up
	Stack []byte // where the program panicked; it shows no values
	Err   error  // the cause; its text may name a person
}

func (f *Failure) Error() string {
	last := ""
	if f.Last {
		last = ", given up"
	}
	text := fmt.Sprintf("job %s, slot %s, try %d: %s%s", f.Job, stamp(f.Slot), f.Try, f.Code, last)
	if cause := engine.Public(f.Err); cause != "" {
		text += ": " + cause
	}
	return text
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// stamp writes an instant as people here read it.
func stamp(t time.Time) string { return t.In(calendar.Shanghai).Format(time.RFC3339) }

// pause is how long after a failed try the next one waits: 1, 4, 16, 64 and
// 256 minutes.
func pause(try int) time.Duration { return time.Minute << (2 * min(try-1, MaxTries-2)) }

// errOverlong ends a run after [Limit].
var errOverlong = errors.New("the run took too long")

// run makes the next try of a slot, begun at an instant, and records what
// became of it.
func (s *Scheduler) run(ctx context.Context, j *job, slot time.Time, state seen, begun time.Time, clock func() time.Time) (acts int, err error) {
	if err := s.begin(ctx, j, slot, state, begun); err != nil {
		return 0, err
	}
	f := &Failure{Job: j.Name, Slot: slot, Try: state.tries + 1}
	acts, f.Err = s.attempt(ctx, j, f, begun, clock)
	switch {
	case f.Err == nil:
		f.Code = Done
	case f.Code != "": // it panicked
	case errors.Is(f.Err, ErrLost):
		return acts, fmt.Errorf("job %s, slot %s: %w", j.Name, stamp(slot), ErrLost)
	case errors.Is(f.Err, errOverlong):
		f.Code = Overlong
	case ctx.Err() != nil:
		f.Code = Stopped
	default:
		f.Code = code(f.Err)
	}
	f.Last = f.Code != Done && f.Code != Stopped && f.Try >= MaxTries
	if err := s.end(ctx, j, slot, f.Try, f.Code, acts, clock()); err != nil {
		return acts, err
	}
	if f.Code == Done {
		return acts, nil
	}
	return acts, f
}

// note records a slot that is settled without being run.
func (s *Scheduler) note(ctx context.Context, j *job, slot time.Time, state seen, outcome string, now time.Time) error {
	if err := s.begin(ctx, j, slot, state, now); err != nil {
		return err
	}
	return s.end(ctx, j, slot, state.tries+1, outcome, 0, now)
}

// begin takes the slot as it was seen.
func (s *Scheduler) begin(ctx context.Context, j *job, slot time.Time, state seen, now time.Time) error {
	begun, err := s.book.BeginJob(ctx, s.county, j.Name, slot, state.tries, state.outcome, s.holder, now, now.Add(Term))
	if err == nil && !begun {
		return ErrBusy
	}
	return j.wrap(err)
}

// end records the outcome of a try, even when the server is about to end.
func (s *Scheduler) end(ctx context.Context, j *job, slot time.Time, try int, outcome string, acts int, now time.Time) error {
	again := now
	switch outcome {
	case Done, Skipped, Stopped, Abandoned:
	default:
		again = now.Add(pause(try))
	}
	ours, err := s.book.EndJob(context.WithoutCancel(ctx), s.county, j.Name, slot, try, outcome, acts, now, again)
	if err == nil && !ours {
		err = ErrLost
	}
	if err != nil {
		return fmt.Errorf("job %s, slot %s, %s: %w", j.Name, stamp(slot), outcome, err)
	}
	return nil
}

// attempt runs the job while the lease is renewed. The error is the reason why
// the run was ended, where it was.
func (s *Scheduler) attempt(ctx context.Context, j *job, f *Failure, begun time.Time, clock func() time.Time) (acts int, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ctx, stop := context.WithTimeoutCause(ctx, Limit, errOverlong)
	defer stop()
	var holding sync.WaitGroup
	holding.Go(func() { s.hold(ctx, cancel, f, begun, clock) })
	acts, err = contained(ctx, j, f, begun)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	cancel(nil)
	holding.Wait()
	return acts, err
}

// contained runs the job; a panic is an error with its own code.
func contained(ctx context.Context, j *job, f *Failure, now time.Time) (acts int, err error) {
	defer func() {
		if r := recover(); r != nil {
			f.Code, f.Stack = Panicked, debug.Stack()
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return j.Run(ctx, f.Slot.In(calendar.Shanghai), now)
}

// hold renews the lease of a run until the run ends. It ends the run where the
// slot is another one's, or may be.
func (s *Scheduler) hold(ctx context.Context, lost context.CancelCauseFunc, f *Failure, begun time.Time, clock func() time.Time) {
	const every = Term / 3
	beats := time.NewTicker(every)
	defer beats.Stop()
	lease := begun.Add(Term)
	for n := time.Duration(1); ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-beats.C:
		}
		now := clock()
		if at := begun.Add(n * every); now.Before(at) { // it stands still, or was set back
			now = at
		}
		ours, err := s.book.RenewJob(ctx, s.county, f.Job, f.Slot, f.Try, now.Add(Term))
		switch {
		case err == nil && ours:
			lease = now.Add(Term)
		case ctx.Err() != nil:
			return
		case err == nil || !now.Before(lease):
			lost(ErrLost)
			return
		}
	}
}
