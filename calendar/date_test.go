package calendar_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"jinchu/calendar"
)

var on = calendar.MustParse

// everyDay calls f for each day of the years around today, around a leap century
// and around a common one.
func everyDay(f func(d calendar.Date)) {
	for _, years := range [][2]int{{1899, 1901}, {1999, 2001}, {2019, 2030}} {
		for d := calendar.On(years[0], 1, 1); d.Year() <= years[1]; d = d.AddDays(1) {
			f(d)
		}
	}
}

// The rows of rules.md 9.4, with the further clamps.
func TestMonthArithmetic(t *testing.T) {
	for _, c := range []struct {
		from, plus3 string
		days        int
		plus6       string
	}{
		{"2026-02-01", "2026-05-01", 89, "2026-08-01"},
		{"2026-01-31", "2026-04-30", 89, "2026-07-31"},
		{"2025-11-30", "2026-02-28", 90, "2026-05-30"},
		{"2026-06-01", "2026-09-01", 92, "2026-12-01"},
		{"2026-08-21", "2026-11-21", 92, "2027-02-21"},
		{"2026-08-31", "2026-11-30", 91, "2027-02-28"},
		{"2023-11-30", "2024-02-29", 91, "2024-05-30"},
	} {
		d := on(c.from)
		if got := d.AddMonths(3); got != on(c.plus3) || d.DaysUntil(got) != c.days {
			t.Errorf("%s + 3 months = %s after %d days, want %s after %d",
				d, got, d.DaysUntil(got), c.plus3, c.days)
		}
		if got := d.AddMonths(6); got != on(c.plus6) {
			t.Errorf("%s + 6 months = %s, want %s", d, got, c.plus6)
		}
	}
	if d := on("2026-06-01"); !d.AddDays(91).Before(d.AddMonths(3)) || d.AddDays(91) != on("2026-08-31") {
		t.Error("day 91 of 2026-06-01 is 2026-08-31, still in time")
	}
	if got := on("2025-11-30").AddMonths(3).Weekday(); got != time.Saturday {
		t.Errorf("2026-02-28 is a %s", got)
	}
}

func TestClampsAndYears(t *testing.T) {
	for _, c := range []struct {
		got  calendar.Date
		want string
	}{
		{on("2024-02-29").AddYears(1), "2025-02-28"},
		{on("2024-02-29").AddYears(4), "2028-02-29"},
		{on("2024-02-29").AddYears(-1), "2023-02-28"},
		{on("2096-02-29").AddYears(4), "2100-02-28"},
		{on("2026-03-31").AddMonths(-1), "2026-02-28"},
		{on("2026-01-31").AddMonths(-2), "2025-11-30"},
		{on("2026-01-15").AddMonths(-1), "2025-12-15"},
		{on("2026-12-31").AddMonths(2), "2027-02-28"},
		{on("2026-01-31").AddMonths(0), "2026-01-31"},
		{on("2026-12-31").AddDays(1), "2027-01-01"},
		{on("2026-03-01").AddDays(-1), "2026-02-28"},
		{on("9999-12-31").AddDays(1), "9999-12-31"},
		{on("9999-11-30").AddMonths(2), "9999-12-31"},
		{on("0001-01-31").AddMonths(-1), "0001-01-01"},
		{on("2026-06-01").AddDays(math.MaxInt), "9999-12-31"},
		{on("2026-06-01").AddMonths(math.MaxInt), "9999-12-31"},
		{on("2026-06-01").AddYears(math.MinInt), "0001-01-01"},
		{on("2026-06-01").AddDays(math.MinInt), "0001-01-01"},
	} {
		if c.got != on(c.want) {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestArithmeticRoundTrips(t *testing.T) {
	previous := on("1898-12-31")
	everyDay(func(d calendar.Date) {
		if !previous.Before(d) || !d.After(previous) || previous.Compare(d) != -1 || d.Compare(previous) != 1 || d.Compare(d) != 0 {
			t.Fatalf("order of %s and %s", previous, d)
		}
		if calendar.Min(d, previous) != previous || calendar.Max(previous, d) != d {
			t.Fatalf("min or max of %s and %s", previous, d)
		}
		for _, n := range []int{0, 1, 27, 28, 31, 90, 366, 1461, 40000} {
			e := d.AddDays(n)
			if d.DaysUntil(e) != n || e.DaysUntil(d) != -n || e.AddDays(-n) != d {
				t.Fatalf("%s + %d days = %s", d, n, e)
			}
		}
		for n := -25; n <= 25; n++ {
			e := d.AddMonths(n)
			months := (e.Year()-d.Year())*12 + int(e.Month()) - int(d.Month())
			if months != n || e.Day() != d.Day() && e.AddDays(1).Day() != 1 {
				t.Fatalf("%s + %d months = %s", d, n, e)
			}
		}
		previous = d
	})
}

func TestTextRoundTrips(t *testing.T) {
	everyDay(func(d calendar.Date) {
		if got, err := calendar.Parse(d.String()); err != nil || got != d {
			t.Fatalf("%s is read as %s, %v", d, got, err)
		}
		if got := d.Start().Format(time.DateOnly); got != d.String() {
			t.Fatalf("%s starts on %s", d, got)
		}
		if got := calendar.On(d.Year(), d.Month(), d.Day()); got != d {
			t.Fatalf("parts of %s make %s", d, got)
		}
		if d.Weekday() != d.Start().Weekday() {
			t.Fatalf("%s is a %s", d, d.Weekday())
		}
	})
	if got := string(on("0907-06-05").AppendTo([]byte("on "))); got != "on 0907-06-05" {
		t.Errorf("AppendTo gives %q", got)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"", "2026-2-01", "2026-02-29", "2026-02-00", "2026-00-10", "2026-13-01",
		"0000-01-01", "2026/02/01", "20260201", " 2026-02-01", "2026-02-01 ", "2026-02-01T00:00:00+08:00",
		"+026-02-01", "２０２６-02-01", "1900-02-29", "2026-04-31", "-026-01-01", strings.Repeat("9", 1<<16)} {
		d, err := calendar.Parse(s)
		if err == nil || !d.IsZero() {
			t.Errorf("%.40q is read as %s", s, d)
		} else if len(err.Error()) > 200 {
			t.Errorf("error repeats %d bytes of input", len(err.Error()))
		}
	}
	for _, f := range []func(){
		func() { calendar.On(2026, 2, 29) },
		func() { calendar.On(10000, 1, 1) },
		func() { calendar.On(2026, 13, 1) },
		func() { calendar.MustParse("2026-02-29") },
	} {
		if !panics(f) {
			t.Error("an impossible literal passes")
		}
	}
}

func panics(f func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	f()
	return false
}

func TestJSON(t *testing.T) {
	type record struct {
		A calendar.Date            `json:"a"`
		B calendar.Date            `json:"b"`
		C calendar.Date            `json:"c,omitzero"`
		M map[calendar.Date]string `json:"m"`
	}
	in := record{A: on("2026-11-21"), M: map[calendar.Date]string{on("2026-10-01"): "x"}}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"a":"2026-11-21","b":"","m":{"2026-10-01":"x"}}` {
		t.Fatalf("%s, %v", text, err)
	}
	out := record{B: on("2000-01-01")}
	if err := json.Unmarshal(text, &out); err != nil || out.A != in.A || !out.B.IsZero() || out.M[on("2026-10-01")] != "x" {
		t.Errorf("%+v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"a":"2026-02-30"}`), &out); err == nil || out.A != in.A {
		t.Errorf("an impossible day gives %s, %v", out.A, err)
	}
}

// Whatever zone the server runs in and the instant is written in, the civil day
// is the one in Shanghai. The subtests set time.Local and so do not run in
// parallel with anything.
func TestDateOfIsIndependentOfZones(t *testing.T) {
	local := time.Local
	defer func() { time.Local = local }()
	for _, hours := range []int{-12, -5, 0, 8, 14} {
		zone := time.FixedZone("", hours*3600)
		time.Local = zone
		for at, want := range map[string]string{
			"2026-11-20T15:59:59Z":      "2026-11-20",
			"2026-11-20T16:00:00Z":      "2026-11-21",
			"2026-11-21T15:59:59Z":      "2026-11-21",
			"2026-12-31T16:00:00Z":      "2027-01-01",
			"2024-02-28T16:00:00Z":      "2024-02-29",
			"2026-07-01T00:00:00+08:00": "2026-07-01", // no daylight saving time
		} {
			instant, err := time.Parse(time.RFC3339, at)
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range []time.Time{instant, instant.In(zone), instant.Local()} {
				if got := calendar.DateOf(in); got != on(want) {
					t.Errorf("server at %+d h: %s is %s, want %s", hours, in, got, want)
				}
			}
		}
	}
}

func TestStartAndEnd(t *testing.T) {
	d := on("2026-10-10")
	if got := d.Start().UTC().Format(time.RFC3339); got != "2026-10-09T16:00:00Z" {
		t.Errorf("starts %s", got)
	}
	if got := d.End().UTC().Format(time.RFC3339); got != "2026-10-10T16:00:00Z" {
		t.Errorf("ends %s", got)
	}
	everyDay(func(d calendar.Date) {
		next := d.AddDays(1)
		if !d.End().Equal(next.Start()) || calendar.DateOf(d.Start()) != d ||
			calendar.DateOf(d.End().Add(-1)) != d || calendar.DateOf(d.End()) != next {
			t.Fatalf("%s runs from %s to %s", d, d.Start(), d.End())
		}
	})
	if got := on("9999-12-31").End(); calendar.DateOf(got) != on("9999-12-31") || got.Year() != 10000 {
		t.Errorf("the last day ends %s", got)
	}
}

func TestNoDate(t *testing.T) {
	var none calendar.Date
	d := on("2026-11-21")
	if !none.IsZero() || d.IsZero() || none.String() != "" || !none.Before(d) || !d.After(none) || none.Compare(none) != 0 {
		t.Error("no date sorts first and reads as empty")
	}
	if none.AddDays(1) != none || none.AddMonths(1) != none || none.AddYears(1) != none {
		t.Error("no date plus a span is no date")
	}
	if !none.Start().IsZero() || !none.End().IsZero() || calendar.DateOf(time.Time{}) != none {
		t.Error("no date and the zero time answer each other")
	}
	if none.DaysUntil(d) != 0 || d.DaysUntil(none) != 0 || calendar.Age(none, d) != 0 || calendar.Age(d, none) != 0 {
		t.Error("spans to no date are 0")
	}
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		birth, on string
		want      int
	}{
		{"2008-11-21", "2026-11-20", 17},
		{"2008-11-21", "2026-11-21", 18},
		{"2008-02-29", "2026-02-27", 17},
		{"2008-02-29", "2026-02-28", 18},
		{"2008-02-29", "2028-02-28", 19},
		{"2008-02-29", "2028-02-29", 20},
		{"2026-11-21", "2026-11-21", 0},
		{"2027-01-01", "2026-11-21", 0},
	} {
		if got := calendar.Age(on(c.birth), on(c.on)); got != c.want {
			t.Errorf("born %s is %d on %s, want %d", c.birth, got, c.on, c.want)
		}
	}
	birth := on("2004-02-29")
	for d := birth; d.Year() < 2030; d = d.AddDays(1) {
		if n := calendar.Age(birth, d); birth.AddYears(n).After(d) || !birth.AddYears(n+1).After(d) {
			t.Fatalf("born %s is %d on %s", birth, n, d)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "2026-11-21", "2024-02-29", "2025-02-29", "0000-00-00", "9999-12-31", "2026-1-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := calendar.Parse(s)
		reference, refErr := time.Parse(time.DateOnly, s)
		if ok := refErr == nil && reference.Year() > 0; ok != (err == nil) {
			t.Fatalf("%q: %v, but package time says %v", s, err, refErr)
		}
		if err != nil {
			return
		}
		if d.String() != s || calendar.On(reference.Date()) != d {
			t.Fatalf("%q is read as %s", s, d)
		}
		var e calendar.Date
		if err := e.UnmarshalText([]byte(s)); err != nil || e != d {
			t.Fatalf("%q is unmarshalled as %s, %v", s, e, err)
		}
	})
}
