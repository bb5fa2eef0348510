package scheduler

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"jinchu/calendar"
)

// timetable gives the slots of a job.
type timetable struct{ schedule cron.Schedule }

// next is the first slot after an instant, in Asia/Shanghai; the zero time if
// there is none within five years.
func (t timetable) next(after time.Time) time.Time {
	return t.schedule.Next(after.In(calendar.Shanghai))
}

// Wrong timetables, beside what the library finds.
var (
	errFields = errors.New(`want five fields and nothing else, "minute hour day-of-month month day-of-week", as in "30 0 * * *" for 00:30 of every day in Asia/Shanghai`)
	errDays   = errors.New(`day of month and day of week are both given, which cron reads as either of the two; write "*" for one of them`)
	errNever  = errors.New("no day ever matches; give a day that the month has")
)

// fields reads five fields. It has no room for seconds and descriptors.
var fields = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// parse reads a timetable. A panic of the library is an error of the spec.
func parse(spec string) (t timetable, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("timetable %q: cron cannot read it: %v; %w", spec, r, errFields)
		}
	}()
	parts := strings.Fields(spec)
	if len(parts) != 5 || strings.ContainsAny(spec, "=@?") {
		return t, fmt.Errorf("timetable %q: %w", spec, errFields)
	}
	if parts[2] != "*" && parts[4] != "*" {
		return t, fmt.Errorf("timetable %q: %w", spec, errDays)
	}
	if t.schedule, err = fields.Parse(strings.Join(parts, " ")); err != nil {
		return t, fmt.Errorf("timetable %q: %w; %w", spec, err, errFields)
	}
	// From here a leap day comes within the five years the library looks.
	if t.next(calendar.On(2023, time.January, 1).Start()).IsZero() {
		return t, fmt.Errorf("timetable %q: %w", spec, errNever)
	}
	return t, nil
}
