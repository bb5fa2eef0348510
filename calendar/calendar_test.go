package calendar_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jinchu/calendar"
)

// The rows of rules.md 9.3: the fifth working day of a notice.
func TestNoticeEnd(t *testing.T) {
	for _, c := range []struct{ posted, inclusive, exclusive string }{
		{"2026-09-28", "2026-10-09", "2026-10-10"},
		{"2026-09-30", "2026-10-12", "2026-10-13"},
		{"2026-09-24", "2026-10-08", "2026-10-09"},
		{"2026-09-18", "2026-09-23", "2026-09-24"},
		{"2026-10-01", "2026-10-13", "2026-10-13"},
		{"2026-02-12", "2026-02-25", "2026-02-26"},
		{"2026-04-29", "2026-05-08", "2026-05-09"},
		{"2025-09-29", "2025-10-11", "2025-10-13"},
	} {
		for counting, want := range map[bool]string{true: c.inclusive, false: c.exclusive} {
			got, err := calendar.National().NoticeEnd(on(c.posted), 5, counting)
			if err != nil || got != on(want) {
				t.Errorf("posted %s (counted: %t) ends %s, %v; want %s", c.posted, counting, got, err, want)
			}
		}
	}
	for _, counting := range []bool{true, false} {
		got, err := calendar.National().NoticeEnd(on("2026-12-28"), 5, counting)
		wantNotLoaded(t, err, 2027)
		if !got.IsZero() {
			t.Errorf("a refused notice still ends %s", got)
		}
		if _, err := calendar.National().NoticeEnd(calendar.Date{}, 5, counting); err == nil {
			t.Error("a notice without posting day ends")
		}
		if _, err := calendar.National().NoticeEnd(on("2026-06-01"), 0, counting); err == nil {
			t.Error("a notice of no days ends")
		}
	}
	if got, err := calendar.National().NoticeEnd(on("2026-12-28"), 4, true); err != nil || got != on("2026-12-31") {
		t.Errorf("a count that stays in 2026 ends %s, %v", got, err)
	}
}

func wantNotLoaded(t *testing.T, err error, year int) {
	t.Helper()
	var missing *calendar.NotLoaded
	if !errors.As(err, &missing) || missing.Year != year {
		t.Fatalf("got %v, want NotLoaded for %d", err, year)
	}
	if text := err.Error(); !strings.HasPrefix(text, "CALENDAR_NOT_LOADED") || !strings.Contains(text, strconv.Itoa(year)) {
		t.Errorf("error text %q", text)
	}
}

// workday fails the test on an error.
func workday(t *testing.T, c *calendar.Calendar, d calendar.Date) bool {
	t.Helper()
	worked, err := c.Workday(d)
	if err != nil {
		t.Fatal(err)
	}
	return worked
}

// The facts of rules.md 9.2: with the plain week they decide every day of 2026.
func TestTheYear2026(t *testing.T) {
	off := map[calendar.Date]bool{}
	for _, r := range [][2]string{{"01-01", "01-03"}, {"02-15", "02-23"}, {"04-04", "04-06"}, {"05-01", "05-05"},
		{"06-19", "06-21"}, {"09-25", "09-27"}, {"10-01", "10-07"}} {
		for d := on("2026-" + r[0]); !d.After(on("2026-" + r[1])); d = d.AddDays(1) {
			off[d] = true
		}
	}
	makeUp := map[calendar.Date]time.Weekday{
		on("2026-01-04"): time.Sunday, on("2026-02-14"): time.Saturday, on("2026-02-28"): time.Saturday,
		on("2026-05-09"): time.Saturday, on("2026-09-20"): time.Sunday, on("2026-10-10"): time.Saturday,
	}
	for d := on("2026-01-01"); d.Year() == 2026; d = d.AddDays(1) {
		weekday, worked := makeUp[d]
		if worked && d.Weekday() != weekday {
			t.Errorf("%s is a %s", d, d.Weekday())
		}
		plain := d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
		if got := workday(t, calendar.National(), d); got != (worked || plain && !off[d]) {
			t.Errorf("%s %s worked: %t", d, d.Weekday(), got)
		}
		if named := calendar.National().Name(d) != ""; named != (worked || off[d]) {
			t.Errorf("%s is named %q", d, calendar.National().Name(d))
		}
	}
}

func TestTheYear2025(t *testing.T) {
	for _, s := range []string{"01-26", "02-08", "04-27", "09-28", "10-11"} {
		if !workday(t, calendar.National(), on("2025-"+s)) {
			t.Errorf("2025-%s is a make-up day", s)
		}
	}
	for d := on("2025-10-01"); d != on("2025-10-09"); d = d.AddDays(1) {
		if workday(t, calendar.National(), d) {
			t.Errorf("%s is off", d)
		}
	}
}

// The yearly sums as given in the source of the data.
func TestWorkdaysOfYears(t *testing.T) {
	want := []int{250, 249, 250, 249, 249, 251, 248, 248}
	for i, n := range want {
		first := calendar.On(2019+i, 1, 1)
		got, err := calendar.National().Workdays(first.AddDays(-1), first.AddYears(1).AddDays(-1))
		if err != nil || got != n {
			t.Errorf("%d has %d working days, %v; want %d", 2019+i, got, err, n)
		}
	}
	if got := calendar.National().Years(); !slices.Equal(got, []int{2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026}) {
		t.Errorf("published: %v", got)
	}
}

func TestUnpublishedYears(t *testing.T) {
	c := calendar.National()
	for _, d := range []calendar.Date{on("2027-01-01"), on("2027-06-01"), on("2018-12-31"), on("9999-12-31"), on("0001-01-01")} {
		_, err := c.Workday(d)
		wantNotLoaded(t, err, d.Year())
		_, err = c.With([]calendar.Date{d}, nil, "x")
		wantNotLoaded(t, err, d.Year())
		_, err = c.With(nil, []calendar.Date{d}, "x")
		wantNotLoaded(t, err, d.Year())
		if c.Published(d.Year()) {
			t.Errorf("%d is published", d.Year())
		}
	}
	_, err := c.AddWorkdays(on("2026-12-30"), 2)
	wantNotLoaded(t, err, 2027)
	_, err = c.AddWorkdays(on("2019-01-02"), -1)
	wantNotLoaded(t, err, 2018)
	_, err = c.AddWorkdays(on("9999-12-31"), 1)
	wantNotLoaded(t, err, 9999)
	_, err = c.Workdays(on("2026-12-31"), on("2027-01-01")) // even a day off is touched
	wantNotLoaded(t, err, 2027)
	_, err = c.Workdays(on("2027-01-04"), on("2026-12-01"))
	wantNotLoaded(t, err, 2027)
	_, err = new(calendar.Calendar).Workday(on("2026-06-01"))
	wantNotLoaded(t, err, 2026)
	if c.Published(0) || !c.Published(2026) {
		t.Error("2026 is published, year 0 is not")
	}
}

func TestAddWorkdays(t *testing.T) {
	c := calendar.National()
	for _, w := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-10-10", 0, "2026-10-10"},
		{"2026-10-03", 0, "2026-10-03"},
		{"2026-10-03", 1, "2026-10-08"},
		{"2026-10-03", -1, "2026-09-30"},
		{"2026-10-12", -1, "2026-10-10"},
		{"2025-12-31", 1, "2026-01-04"},
		{"2026-01-04", -1, "2025-12-31"},
	} {
		if got, err := c.AddWorkdays(on(w.from), w.n); err != nil || got != on(w.want) {
			t.Errorf("%s + %d working days = %s, %v; want %s", w.from, w.n, got, err, w.want)
		}
	}
}

// Workdays, AddWorkdays and Workday agree on every day of two years.
func TestWorkdayPropertiesAgree(t *testing.T) {
	c := calendar.National()
	for d := on("2025-01-01"); d.Year() < 2026; d = d.AddDays(1) {
		count := 0
		for e := d.AddDays(1); e.Before(d.AddDays(100)); e = e.AddDays(1) {
			worked := workday(t, c, e)
			if worked {
				count++
			}
			forth, err1 := c.Workdays(d, e)
			back, err2 := c.Workdays(e, d)
			if err1 != nil || err2 != nil || forth != count || back != -count {
				t.Fatalf("%s to %s: %d and %d (%v, %v), want %d", d, e, forth, back, err1, err2, count)
			}
			if !worked {
				continue
			}
			if got, err := c.AddWorkdays(d, count); err != nil || got != e {
				t.Fatalf("%s + %d = %s, %v; want %s", d, count, got, err, e)
			}
			if got, err := c.AddWorkdays(e.AddDays(1), -1); err != nil || got != e {
				t.Fatalf("the working day before %s is %s, %v", e.AddDays(1), got, err)
			}
		}
	}
}

func TestNoDateInCalendar(t *testing.T) {
	c, none, d := calendar.National(), calendar.Date{}, on("2026-06-01")
	var missing *calendar.NotLoaded
	_, err1 := c.Workday(none)
	_, err2 := c.AddWorkdays(none, 1)
	_, err3 := c.Workdays(none, d)
	_, err4 := c.Workdays(d, none)
	_, err5 := c.With([]calendar.Date{none}, nil, "x")
	_, err6 := c.Workdays(none, none)
	for i, err := range []error{err1, err2, err3, err4, err5, err6} {
		if err == nil || errors.As(err, &missing) {
			t.Errorf("%d: no date gives %v", i+1, err)
		}
	}
}

func TestWith(t *testing.T) {
	national := calendar.National()
	off, work := on("2026-11-24"), on("2026-11-28")
	county, err := national.With([]calendar.Date{off}, []calendar.Date{work}, "州庆")
	if err != nil {
		t.Fatal(err)
	}
	if workday(t, county, off) || !workday(t, county, work) || county.Name(off) != "州庆" || county.Name(work) != "州庆" {
		t.Error("the county's days are not kept")
	}
	if !workday(t, national, off) || workday(t, national, work) || national.Name(off) != "" {
		t.Error("the national calendar changed")
	}
	if got, err := county.NoticeEnd(on("2026-11-23"), 5, false); err != nil || got != on("2026-11-30") {
		t.Errorf("notice in the county ends %s, %v", got, err)
	}
	again, err := county.With(nil, []calendar.Date{off}, "补班")
	if err != nil || !workday(t, again, off) || workday(t, county, off) || !workday(t, again, work) {
		t.Errorf("a second addition prevails in its own calendar only (%v)", err)
	}
	if _, err := national.With([]calendar.Date{off}, []calendar.Date{work, off}, "x"); err == nil {
		t.Error("a day both off and worked passes")
	}
	if same, err := new(calendar.Calendar).With(nil, nil, ""); err != nil || same.Years() != nil {
		t.Errorf("nothing added to no year: %v, %v", same.Years(), err)
	}
}

func TestNoAllocations(t *testing.T) {
	c, d, buffer := calendar.National(), on("2026-09-18"), make([]byte, 0, 10)
	text := []byte("2026-11-21")
	for name, f := range map[string]func(){
		"Workday":     func() { c.Workday(d) },
		"NoticeEnd":   func() { c.NoticeEnd(d, 5, false) },
		"Workdays":    func() { c.Workdays(d, on("2026-12-31")) },
		"arithmetic":  func() { d.AddDays(40).AddMonths(5).AddYears(1).DaysUntil(d) },
		"instants":    func() { calendar.DateOf(d.End()) },
		"AppendTo":    func() { buffer = d.AppendTo(buffer[:0]) },
		"Parse":       func() { calendar.Parse("2026-11-21") },
		"Unmarshal":   func() { d.UnmarshalText(text) },
		"comparisons": func() { _ = calendar.Max(d, calendar.Min(d, d)).Compare(d) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkNoticeEnd(b *testing.B) {
	c, d := calendar.National(), on("2026-09-18")
	for b.Loop() {
		c.NoticeEnd(d, 5, false)
	}
}

func BenchmarkWorkday(b *testing.B) {
	c, d := calendar.National(), on("2026-09-18")
	for b.Loop() {
		c.Workday(d)
	}
}

func BenchmarkAddDays(b *testing.B) {
	d := on("2026-09-18")
	for b.Loop() {
		d.AddDays(40)
	}
}
