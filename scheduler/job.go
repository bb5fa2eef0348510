package scheduler

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"jinchu/engine"
)

// Policy is what becomes of slots that were missed.
type Policy int

// The policies.
const (
	// Skip runs only a slot that is not late, by more than [Late] when it is
	// taken up. Of several late ones the latest is recorded as skipped.
	Skip Policy = iota + 1
	// Once makes one run for all missed slots: for the latest.
	Once
	// Backfill runs every missed slot, the oldest first.
	Backfill
)

func (p Policy) String() string {
	switch p {
	case Skip:
		return "skip"
	case Once:
		return "once"
	case Backfill:
		return "backfill"
	}
	return fmt.Sprintf("Policy(%d)", int(p))
}

// Job is something to be done by a timetable.
type Job struct {
	Name   string       // the key of its rows: "ladder", ascii, kebab-case, never changed
	Words  engine.Words // what it does
	Spec   string       // cron, five fields, read in Asia/Shanghai
	Policy Policy
	// Run does what is due as of the slot, recording at now. It can be
	// repeated: what was done is not done again. It returns how many acts there
	// were. It ends soon after its context, which ends when the server does,
	// when the slot was lost to another one, and after [Limit].
	Run func(ctx context.Context, slot, now time.Time) (acts int, err error)
}

// job is a job with its timetable.
type job struct {
	Job
	timetable timetable
}

var kebab = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// check reads the timetables and reports everything that is wrong with a list
// of jobs.
func check(list []Job) ([]*job, error) {
	if len(list) == 0 {
		return nil, errors.New("there are no jobs; give at least one, or do not start the scheduler")
	}
	var errs []error
	var out []*job
	names := map[string]bool{}
	for i, j := range list {
		wrong := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("job %d, %q: "+format, append([]any{i + 1, j.Name}, args...)...))
		}
		if !kebab.MatchString(j.Name) {
			wrong(`the name is not in kebab case; write it like "half-year-review"`)
		}
		if names[j.Name] {
			wrong("another job has this name; names are the keys of what was run, give each its own")
		}
		names[j.Name] = true
		if j.Words.Zh == "" || j.Words.En == "" {
			wrong("say in Chinese and in English what it does")
		}
		if j.Policy < Skip || j.Policy > Backfill {
			wrong("%v is no policy; choose Skip, Once or Backfill", j.Policy)
		}
		if j.Run == nil {
			wrong("it has nothing to run")
		}
		t, err := parse(j.Spec)
		if err != nil {
			wrong("%w", err)
		}
		out = append(out, &job{j, t})
	}
	return out, errors.Join(errs...)
}

// due is the slot to take up after the cursor, as of now; the zero time where
// none is.
func (j *job) due(cursor, now time.Time) time.Time {
	slot := j.timetable.next(cursor)
	if slot.IsZero() || slot.After(now) {
		return time.Time{}
	}
	if j.Policy == Backfill {
		return slot
	}
	for next := slot; !next.IsZero() && !next.After(now); next = j.timetable.next(next) {
		slot = next
	}
	return slot
}

// Line is a job in the printed timetable.
type Line struct {
	Job
	Next time.Time // the next slot, in Asia/Shanghai; zero if there is none within five years
}

// Timetable gives the jobs of a list with their next slots after an instant,
// or everything that is wrong with the list.
func Timetable(list []Job, after time.Time) ([]Line, error) {
	jobs, err := check(list)
	if err != nil {
		return nil, err
	}
	out := make([]Line, len(jobs))
	for i, j := range jobs {
		out[i] = Line{j.Job, j.timetable.next(after)}
	}
	return out, nil
}
