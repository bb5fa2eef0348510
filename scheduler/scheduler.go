package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"jinchu/register"
)

const (
	// Term is how long a lease lasts without being renewed.
	Term = 5 * time.Minute
	// Limit is how long a run may take.
	Limit = time.Hour
	// Late is how long after its slot a job with [Skip] is still begun.
	Late = 15 * time.Minute
	// MaxTries is how often a slot is begun before it is given up. Every begin
	// counts, so that a run which kills its server is given up as well.
	MaxTries = 6
	// MaxCatchUp bounds the slots that one job settles at one wake-up.
	MaxCatchUp = 31
)

// Errors of a slot that was not run.
var (
	// ErrBusy tells that a run of the county is under way, here or on another
	// server, or was when its server died: until its lease is over.
	ErrBusy = errors.New("a run of this county's jobs is under way; try again when it has ended, or its lease is over")
	// ErrDone tells that the slot was done before.
	ErrDone = errors.New("the slot was done before")
	// ErrLost tells that a run was halted for longer than its lease, and the
	// slot is another one's now.
	ErrLost = errors.New("the lease ran out before the run ended; the slot belongs to whoever takes it up")
)

// Scheduler runs the jobs of a county. It is safe for concurrent use.
type Scheduler struct {
	book   Book
	county register.CountyID
	holder string
	jobs   []*job
	log    *slog.Logger
	beat   cron.Schedule // of the wake-ups: every minute
}

// New makes a scheduler for a county's jobs, in the order in which they run.
// The holder names this server in the book. The log gets what went wrong;
// none is kept if it is nil. The error tells everything that is wrong with
// the list.
func New(book Book, county register.CountyID, holder string, list []Job, log *slog.Logger) (*Scheduler, error) {
	jobs, err := check(list)
	beat, failed := parse("* * * * *")
	switch {
	case err != nil || failed != nil:
		return nil, errors.Join(err, failed)
	case book == nil:
		return nil, errors.New("the scheduler has no book to keep its slots in")
	case county == "" || holder == "":
		return nil, errors.New("the scheduler needs the county and the name of this server")
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Scheduler{book: book, county: county, holder: holder, jobs: jobs, log: log, beat: beat.schedule}, nil
}

// Wake settles everything that is due by now, by policy. One instant stands
// for the whole call; [Scheduler.Serve] reads the clock as it goes. The error
// tells every job that failed; the others have run. It is nil where another
// server is at work: that one goes on with the list, and what is left is due
// at the next wake-up.
func (s *Scheduler) Wake(ctx context.Context, now time.Time) error {
	return errors.Join(s.wake(ctx, func() time.Time { return now })...)
}

func (s *Scheduler) wake(ctx context.Context, clock func() time.Time) (failures []error) {
	cursors, err := s.book.JobCursors(ctx, s.county)
	if err != nil {
		return []error{fmt.Errorf("read how far the timetables are settled: %w", err)}
	}
	for _, j := range s.jobs {
		errs := s.catchUp(ctx, j, cursors[j.Name], clock)
		if len(errs) > 0 && errors.Is(errs[len(errs)-1], ErrBusy) {
			return append(failures, errs[:len(errs)-1]...)
		}
		failures = append(failures, errs...)
		if ctx.Err() != nil {
			return failures
		}
	}
	return failures
}

// catchUp settles the slots of one job that are due. The last error is
// [ErrBusy] where somebody else is at work.
func (s *Scheduler) catchUp(ctx context.Context, j *job, cursor time.Time, clock func() time.Time) (errs []error) {
	now := clock()
	if ctx.Err() != nil {
		return nil
	}
	if cursor.IsZero() || cursor.After(now.Add(Term)) { // the first wake-up, or a clock that was ahead
		if moved, err := s.book.MoveJobCursor(ctx, s.county, j.Name, cursor, now); err != nil || !moved {
			return keep(errs, j.wrap(err))
		}
		cursor = now
	}
	for range MaxCatchUp {
		slot := j.due(cursor, now)
		if slot.IsZero() || ctx.Err() != nil {
			return errs
		}
		settled, err := s.settle(ctx, j, slot, clock)
		if errs = keep(errs, err); !settled {
			return errs
		}
		moved, err := s.book.MoveJobCursor(ctx, s.county, j.Name, cursor, slot)
		if errs = keep(errs, j.wrap(err)); !moved {
			return errs // another server has moved it: the next wake-up begins there
		}
		cursor = slot
	}
	return errs
}

func keep(errs []error, err error) []error {
	if err == nil {
		return errs
	}
	return append(errs, err)
}

func (j *job) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("job %s: %w", j.Name, err)
}

// settle does about a slot what is to be done now, and tells whether that was
// all.
func (s *Scheduler) settle(ctx context.Context, j *job, slot time.Time, clock func() time.Time) (settled bool, err error) {
	state, err := s.look(ctx, j, slot)
	now := clock()
	switch {
	case err != nil:
		return false, err
	case ctx.Err() != nil: // looking at the clock may have ended it
		return false, nil
	case state.settled(now):
		return true, nil
	case state.pausing(now):
		return false, nil
	case (state.tries == 0 || state.ahead(now)) && j.Policy == Skip && now.Sub(slot) > Late:
		err = s.note(ctx, j, slot, state, Skipped, now)
		return err == nil, err
	case state.tries >= MaxTries && state.outcome == "":
		if err := s.note(ctx, j, slot, state, Abandoned, now); err != nil {
			return false, err
		}
		return true, &Failure{Job: j.Name, Slot: slot, Try: state.tries, Code: Abandoned, Last: true}
	}
	_, err = s.run(ctx, j, slot, state, now, clock)
	var failure *Failure
	return err == nil || errors.As(err, &failure) && failure.Last, err
}

// look reads a slot from the book.
func (s *Scheduler) look(ctx context.Context, j *job, slot time.Time) (state seen, err error) {
	state.tries, state.outcome, state.acts, state.lease, err = s.book.JobSlot(ctx, s.county, j.Name, slot)
	return state, j.wrap(err)
}

// Do runs one slot of a job, whatever the timetable, earlier failures and the
// cursor say. A slot that was done before, by a clock that was not ahead, is
// answered by its acts and [ErrDone], not done again; [ErrBusy] tells that a run of the county is under
// way. A slot after now is refused. One instant stands for the whole call.
func (s *Scheduler) Do(ctx context.Context, name string, slot, now time.Time) (acts int, err error) {
	var names []string
	for _, j := range s.jobs {
		names = append(names, j.Name)
		if j.Name != name {
			continue
		}
		if slot.IsZero() || slot.After(now) {
			return 0, fmt.Errorf("job %s: the slot %s lies after now, %s; give one that has come", name, stamp(slot), stamp(now))
		}
		slot = slot.Truncate(time.Microsecond)
		state, err := s.look(ctx, j, slot)
		switch {
		case err != nil:
			return 0, err
		case state.outcome == Done && !state.ahead(now):
			return state.acts, ErrDone
		}
		return s.run(ctx, j, slot, state, now, func() time.Time { return now })
	}
	return 0, fmt.Errorf("there is no job %q; there are: %s", name, strings.Join(names, ", "))
}
