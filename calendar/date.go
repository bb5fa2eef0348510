package calendar

import (
	"fmt"
	"time"
)

// Shanghai is the zone every civil date of this product is read in: UTC+8, fixed.
// A fixed zone and not time.LoadLocation: it needs no tzdata and ignores the
// server's own zone. It is exact for every instant the product handles, since
// China has had no daylight saving time since 1991; earlier days (dates of birth)
// are held as Date, never as instants.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

const (
	minYear = 1
	maxYear = 9999

	// Spans beyond these leave the range of years from anywhere in it.
	maxSpanYears  = maxYear + 1
	maxSpanMonths = 12 * maxSpanYears
	maxSpanDays   = 366 * maxSpanYears
)

// Date is a civil day in the years 1 to 9999, without time of day or zone.
// Dates compare with == and serve as map keys. The zero value means no date.
//
// Arithmetic never panics: a result outside the range becomes 0001-01-01 or
// 9999-12-31, and no date stays no date.
type Date struct {
	y    int16
	m, d uint8
}

// On returns the date with these parts. It panics if there is no such day: it is
// for literals. Input from outside goes through Parse.
func On(year int, month time.Month, day int) Date {
	if !exists(year, month, day) {
		panic(fmt.Sprintf("calendar: no such day: %d-%d-%d", year, int(month), day))
	}
	return Date{int16(year), uint8(month), uint8(day)}
}

// Parse reads exactly the form "2006-01-02": ten ASCII characters, an existing
// day. The empty string is an error here; UnmarshalText takes it as no date.
func Parse(s string) (Date, error) { return parse(s) }

// MustParse is Parse for literals: it panics where Parse returns an error.
func MustParse(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// DateOf returns the civil day in Shanghai at the instant t, whatever t's own
// zone. The zero time gives no date.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	return clamped(t.In(Shanghai).Date())
}

// IsZero reports whether d is no date. encoding/json honours it for omitzero.
func (d Date) IsZero() bool { return d == Date{} }

// Year returns the year, 1 to 9999; 0 for no date.
func (d Date) Year() int { return int(d.y) }

// Month returns the month, January to December; 0 for no date.
func (d Date) Month() time.Month { return time.Month(d.m) }

// Day returns the day of the month, 1 to 31; 0 for no date.
func (d Date) Day() int { return int(d.d) }

// Weekday returns the day of the week. It has no meaning for no date.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// String returns "2006-01-02", or "" for no date.
func (d Date) String() string {
	var b [10]byte
	return string(d.AppendTo(b[:0]))
}

// AppendTo appends what String returns to b, allocating only if b is too short.
func (d Date) AppendTo(b []byte) []byte {
	if d.IsZero() {
		return b
	}
	y := int(d.y)
	return append(b,
		digit(y/1000), digit(y/100), digit(y/10), digit(y), '-',
		digit(int(d.m)/10), digit(int(d.m)), '-',
		digit(int(d.d)/10), digit(int(d.d)))
}

// MarshalText returns what String returns; it never fails.
func (d Date) MarshalText() ([]byte, error) {
	return d.AppendTo(make([]byte, 0, 10)), nil
}

// UnmarshalText is the inverse of MarshalText: empty text is no date, all else
// must satisfy Parse. On an error d is unchanged.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	e, err := parse(text)
	if err != nil {
		return err
	}
	*d = e
	return nil
}

// Compare returns -1, 0 or +1 as d is before, equal to or after e. No date sorts
// before every date.
func (d Date) Compare(e Date) int {
	switch a, b := d.order(), e.order(); {
	case a < b:
		return -1
	case a > b:
		return +1
	}
	return 0
}

// Before reports whether d comes before e; no date comes before every date.
func (d Date) Before(e Date) bool { return d.order() < e.order() }

// After reports whether d comes after e; every date comes after no date.
func (d Date) After(e Date) bool { return d.order() > e.order() }

// AddDays returns the day n days after d, or -n days before it.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	n = within(n, maxSpanDays)
	if day := int(d.d) + n; 1 <= day && day <= 28 {
		return Date{d.y, d.m, uint8(day)}
	}
	return clamped(time.Date(int(d.y), time.Month(d.m), int(d.d)+n, 0, 0, 0, 0, time.UTC).Date())
}

// AddMonths returns the same day of the month n calendar months later (earlier
// if n < 0), or the last day of that month if it is shorter (Civil Code
// art. 202). Months are never blocks of thirty days. Because of the clamp, steps
// do not add up: count every due date from the first day, not from the last one.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return d
	}
	months := int(d.y)*12 + int(d.m) - 1 + within(n, maxSpanMonths)
	switch {
	case months < minYear*12:
		return clamped(minYear-1, 1, 1)
	case months >= (maxYear+1)*12:
		return clamped(maxYear+1, 1, 1)
	}
	year, month := months/12, time.Month(months%12+1)
	return Date{int16(year), uint8(month), uint8(min(int(d.d), daysIn(year, month)))}
}

// AddYears returns the same day n years later (earlier if n < 0); February 29
// becomes February 28 in a common year.
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * within(n, maxSpanYears)) }

// DaysUntil returns the days from d to e, negative if e is before d. It is 0 if
// either is no date: ask IsZero first where that can be.
func (d Date) DaysUntil(e Date) int {
	if d.IsZero() || e.IsZero() {
		return 0
	}
	const secondsPerDay = 24 * 60 * 60
	return int((e.utc().Unix() - d.utc().Unix()) / secondsPerDay)
}

// Start returns the first instant of d, 00:00 in Shanghai; the zero time for no
// date.
func (d Date) Start() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(int(d.y), time.Month(d.m), int(d.d), 0, 0, 0, 0, Shanghai)
}

// End returns 24:00 of d in Shanghai, which is the start of the next day and no
// longer part of d: a term that runs to d is open at t while t is before d.End()
// (Civil Code art. 203). It returns the zero time for no date.
func (d Date) End() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(int(d.y), time.Month(d.m), int(d.d)+1, 0, 0, 0, 0, Shanghai)
}

// Min returns the earlier of a and b; no date if either is none.
func Min(a, b Date) Date {
	if b.Before(a) {
		return b
	}
	return a
}

// Max returns the later of a and b; no date counts as earlier than any.
func Max(a, b Date) Date {
	if b.After(a) {
		return b
	}
	return a
}

// Age returns the full years a person born on birth has completed on the day on:
// the greatest n with birth.AddYears(n) not after on. Who is born on February 29
// therefore completes a year on February 28 of a common year. It is 0 before
// birth and if either is no date.
func Age(birth, on Date) int {
	if birth.IsZero() || on.Before(birth) {
		return 0
	}
	n := on.Year() - birth.Year()
	if birth.AddYears(n).After(on) {
		n--
	}
	return n
}

// order maps dates to numbers that sort as the dates do.
func (d Date) order() int32 { return int32(d.y)<<16 | int32(d.m)<<8 | int32(d.d) }

// utc is d's midnight in UTC, where every day has 24 hours.
func (d Date) utc() time.Time {
	return time.Date(int(d.y), time.Month(d.m), int(d.d), 0, 0, 0, 0, time.UTC)
}

// clamped takes the parts of an existing day of any year into the range of Date.
func clamped(year int, month time.Month, day int) Date {
	switch {
	case year < minYear:
		return Date{minYear, 1, 1}
	case year > maxYear:
		return Date{maxYear, 12, 31}
	}
	return Date{int16(year), uint8(month), uint8(day)}
}

// within limits n to -limit..limit, so that sums with it cannot overflow.
func within(n, limit int) int { return max(-limit, min(n, limit)) }

func digit(n int) byte { return '0' + byte(n%10) }

func exists(year int, month time.Month, day int) bool {
	return minYear <= year && year <= maxYear &&
		time.January <= month && month <= time.December &&
		1 <= day && day <= daysIn(year, month)
}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysIn(year int, month time.Month) int {
	switch month {
	case time.February:
		if leap(year) {
			return 29
		}
		return 28
	case time.April, time.June, time.September, time.November:
		return 30
	}
	return 31
}

// parse is Parse for both forms of text, so that neither is copied.
func parse[T string | []byte](s T) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return Date{}, notADate(string(s))
	}
	year, ok1 := number(s[0:4])
	month, ok2 := number(s[5:7])
	day, ok3 := number(s[8:10])
	if !ok1 || !ok2 || !ok3 || !exists(year, time.Month(month), day) {
		return Date{}, notADate(string(s))
	}
	return Date{int16(year), uint8(month), uint8(day)}, nil
}

func number[T string | []byte](s T) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

func notADate(s string) error {
	return fmt.Errorf("calendar: %.20q is not a date (want an existing day as YYYY-MM-DD)", s)
}
