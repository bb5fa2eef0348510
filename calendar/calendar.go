// Package calendar says which days are worked in China and does the date
// arithmetic of terms and deadlines.
//
// It holds two things: Date, a civil day read in Shanghai, and Calendar, the
// working days of the years whose State Council notice is embedded
// (holidays.json), with what a county adds to them.
//
// Guarantees: nothing here reads the clock, the server's zone or tzdata. A
// working-day computation that touches a day of a year without a notice returns
// *NotLoaded: it never falls back to Monday to Friday, since a guessed deadline
// can be wrong in either direction. Dates are values and calendars are immutable:
// both are safe for concurrent use.
package calendar

import (
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"time"
)

// Calendar knows the working days of its published years: 全国年节及纪念日放假办法
// and the State Council's yearly notice, make-up working days (调休) included. It is
// immutable. Get one from National; the zero Calendar has no published year.
//
// The notice for a year may move days at the end of the year before it (New Year
// 2023 took 2022-12-31 off). Late December of the newest published year can
// therefore still change when the next notice is loaded.
type Calendar struct {
	first int // the year of years[0]
	years []year
	names map[Date]string
}

// year has bit d of work[m] set if day d of month m is worked.
type year struct {
	published bool
	work      [13]uint32
}

// NotLoaded is the error of a computation that touches a day of a year whose
// notice is not loaded. Outside this package, match it with errors.As.
type NotLoaded struct {
	Year int // the first such year met
}

// Error starts with CALENDAR_NOT_LOADED and says which year and what to do.
func (e *NotLoaded) Error() string {
	return fmt.Sprintf("CALENDAR_NOT_LOADED: the working days of %d are unknown; "+
		"load the State Council notice on the public holidays of %d", e.Year, e.Year)
}

// Public is the whole text, for a log: it names a year and nobody.
func (e *NotLoaded) Public() string { return e.Error() }

var (
	errNoDate = errors.New("calendar: no date given")
	errNoDays = errors.New("calendar: a notice lasts at least one working day")
)

// With returns a calendar in which the days off are not worked and the days work
// are, whatever c says of them: the holidays a local people's government sets for
// a minority area (全国年节及纪念日放假办法 art. 4) and a county's own make-up days.
// The name is what Name then returns for these days. A day in both lists and no
// date are errors; a day of an unpublished year gives *NotLoaded. c is unchanged.
func (c *Calendar) With(off, work []Date, name string) (*Calendar, error) {
	n := &Calendar{first: c.first, years: append([]year(nil), c.years...), names: maps.Clone(c.names)}
	if n.names == nil {
		n.names = map[Date]string{}
	}
	listed := make(map[Date]bool, len(off))
	for _, d := range off {
		if err := n.set(d, false, name); err != nil {
			return nil, err
		}
		listed[d] = true
	}
	for _, d := range work {
		if listed[d] {
			return nil, fmt.Errorf("calendar: %s: %s is both a day off and a working day", name, d)
		}
		if err := n.set(d, true, name); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// set is for a calendar under construction only.
func (c *Calendar) set(d Date, worked bool, name string) error {
	y, err := c.of(d)
	if err != nil {
		return err
	}
	y.work[d.m] &^= 1 << d.d
	if worked {
		y.work[d.m] |= 1 << d.d
	}
	c.names[d] = name
	return nil
}

// Published reports whether the working days of the year are known.
func (c *Calendar) Published(year int) bool { return c.at(year) != nil }

// Years returns the published years, ascending.
func (c *Calendar) Years() []int {
	var list []int
	for i := range c.years {
		if c.years[i].published {
			list = append(list, c.first+i)
		}
	}
	return list
}

// Name returns the holiday for which d is off, or for which d is worked instead
// (Workday tells which); "" for a plain day of the week.
func (c *Calendar) Name(d Date) string { return c.names[d] }

// Workday reports whether d is worked. The error is *NotLoaded, or another if d
// is no date.
func (c *Calendar) Workday(d Date) (bool, error) {
	y, err := c.of(d)
	if err != nil {
		return false, err
	}
	return y.works(d), nil
}

// AddWorkdays returns the n-th working day after d, or before d if n < 0; d does
// not count and may itself be a day off. If n is 0 it returns d. The days between
// d (exclusive) and the result must be published, else *NotLoaded.
func (c *Calendar) AddWorkdays(d Date, n int) (Date, error) {
	step := 1
	if n < 0 {
		step = -1
	}
	for n != 0 {
		d = d.AddDays(step)
		y, err := c.of(d)
		if err != nil {
			return Date{}, err
		}
		if y.works(d) {
			n -= step
		}
	}
	return d, nil
}

// Workdays counts the working days after from up to and including to. If to is
// before from it is minus the count from to to from. Every day counted over must
// be published, else *NotLoaded; no date is an error.
func (c *Calendar) Workdays(from, to Date) (int, error) {
	switch {
	case from.IsZero() || to.IsZero():
		return 0, errNoDate
	case from == to:
		return 0, nil
	case to.Before(from):
		n, err := c.Workdays(to, from)
		return -n, err
	}
	n := 0
	for d := from.AddDays(1); !d.After(to); d = monthEnd(d).AddDays(1) {
		y, err := c.of(d)
		if err != nil {
			return 0, err
		}
		last := Min(monthEnd(d), to)
		n += bits.OnesCount32(y.work[d.m] & days(d.d, last.d))
	}
	return n, nil
}

// NoticeEnd returns the last day of a public notice (公示) of n working days posted
// on the day posted: its n-th working day. The notice is over at 24:00 of it, that
// is at its End. By default the day of posting does not count (Civil Code
// art. 201); with countPosting it does, if it is worked. n must be positive. The
// error is *NotLoaded if the count runs into an unpublished year.
func (c *Calendar) NoticeEnd(posted Date, n int, countPosting bool) (Date, error) {
	if posted.IsZero() {
		return Date{}, errNoDate
	}
	if n <= 0 {
		return Date{}, errNoDays
	}
	if countPosting {
		posted = posted.AddDays(-1)
	}
	return c.AddWorkdays(posted, n)
}

// of returns the published year of d.
func (c *Calendar) of(d Date) (*year, error) {
	if y := c.at(d.Year()); y != nil {
		return y, nil
	}
	if d.IsZero() {
		return nil, errNoDate
	}
	return nil, &NotLoaded{d.Year()}
}

// at returns nil for an unpublished year.
func (c *Calendar) at(number int) *year {
	i := number - c.first
	if i < 0 || i >= len(c.years) || !c.years[i].published {
		return nil
	}
	return &c.years[i]
}

func (y *year) works(d Date) bool { return y.work[d.m]>>d.d&1 == 1 }

// days has the bits first to last set, 1 <= first <= last <= 31.
func days(first, last uint8) uint32 { return 1<<(last+1) - 1<<first }

func monthEnd(d Date) Date {
	d.d = uint8(daysIn(d.Year(), time.Month(d.m)))
	return d
}
