package scheduler

import (
	"context"
	"errors"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// Book is where slots are kept; the store implements it. Instants are kept to
// the microsecond.
type Book interface {
	// JobCursors tell how far the timetables of a county's jobs are settled, by
	// the job's name.
	JobCursors(ctx context.Context, county register.CountyID) (map[string]time.Time, error)
	// MoveJobCursor moves a cursor if it still stands at from, and tells whether
	// it did. The zero time stands for a cursor that is not there yet.
	MoveJobCursor(ctx context.Context, county register.CountyID, job string, from, to time.Time) (bool, error)
	// JobSlot tells of a slot how often it was begun, 0 for never, and of the
	// latest try its outcome, "" where it has not ended, its acts, and the
	// instant before which nobody else begins it.
	JobSlot(ctx context.Context, county register.CountyID, job string, slot time.Time) (tries int, outcome string, acts int, lease time.Time, err error)
	// BeginJob begins the next try of a slot and tells whether it did. It does
	// not where the slot has moved on from the tries and outcome seen, and not
	// while any run of the county has neither ended nor come to the end of its
	// lease; one that lies more than a day ahead of now does not count.
	BeginJob(ctx context.Context, county register.CountyID, job string, slot time.Time, tries int, outcome, holder string, now, lease time.Time) (bool, error)
	// RenewJob lengthens the lease of a try that has not ended, and tells
	// whether the slot is still its own.
	RenewJob(ctx context.Context, county register.CountyID, job string, slot time.Time, try int, lease time.Time) (bool, error)
	// EndJob ends a try with its outcome, and lets nobody begin the slot again
	// before an instant. It tells whether the slot was still the try's own.
	EndJob(ctx context.Context, county register.CountyID, job string, slot time.Time, try int, outcome string, acts int, now, again time.Time) (bool, error)
}

// Outcomes of a try as they are recorded. Others are failures too: the kinds
// of errors of the engine, by the names that code gives them.
const (
	Done      = "done"      // never run again
	Skipped   = "skipped"   // late, and the job runs no late slots
	Stopped   = "stopped"   // the server ended in the middle; taken up again without a pause
	Abandoned = "abandoned" // given up: every try ended with its server
	Failed    = "failed"    // a failure without a better name
	Panicked  = "panicked"  // a failure of the program
	Overlong  = "overlong"  // the run took longer than [Limit]
)

// code names an error without its text, which may name a person.
func code(err error) string {
	var (
		unavailable *engine.Unavailable
		refused     *engine.Refused
		invalid     *engine.Invalid
		notFound    *engine.NotFound
		conflict    *engine.Conflict
		notLoaded   *calendar.NotLoaded
	)
	switch {
	case errors.As(err, &unavailable):
		return "unavailable"
	case errors.As(err, &notLoaded):
		return "calendar-not-loaded"
	case errors.As(err, &refused):
		return "refused"
	case errors.As(err, &invalid):
		return "invalid"
	case errors.As(err, &notFound):
		return "not-found"
	case errors.As(err, &conflict):
		return "conflict"
	}
	return Failed
}

// seen is a slot as the book has it; the zero value is one nobody has begun.
type seen struct {
	tries   int
	outcome string
	acts    int
	lease   time.Time // of a try that has ended: the end of the pause after it
}

// ended is when the latest try ended, by the clock of its server.
func (s seen) ended() time.Time {
	switch s.outcome {
	case Done, Skipped, Stopped, Abandoned:
		return s.lease
	}
	return s.lease.Add(-pause(s.tries))
}

// ahead reports whether the latest try ended by a clock that was ahead of now
// by more than clocks may differ. What it did was done for a day that had not
// come.
func (s seen) ahead(now time.Time) bool {
	return s.outcome != "" && s.ended().After(now.Add(Term))
}

// settled reports whether there is nothing left to do about the slot.
func (s seen) settled(now time.Time) bool {
	switch s.outcome {
	case Done, Skipped, Abandoned:
		return !s.ahead(now)
	case "", Stopped:
		return false
	}
	return s.tries >= MaxTries && !s.ahead(now)
}

// pausing reports whether a try has failed and the next one has to wait.
func (s seen) pausing(now time.Time) bool {
	return s.outcome != "" && now.Before(s.lease) && !s.ahead(now)
}
