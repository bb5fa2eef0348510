package scheduler

import (
	"strings"
	"testing"
	"time"

	"jinchu/calendar"
)

func TestSpecs(t *testing.T) {
	for _, c := range []struct{ spec, after, next string }{
		{"20 0 * * *", "2026-06-01T00:20:00+08:00", "2026-06-02T00:20:00+08:00"},
		{"20 0 * * *", "2026-06-01T16:19:59.999Z", "2026-06-02T00:20:00+08:00"},
		{"30 0 1 1,4,7,10 *", "2026-03-31T15:59:00Z", "2026-04-01T00:30:00+08:00"},      // 23:59 of the quarter's last day
		{"30 0 1 1,4,7,10 *", "2026-03-31T16:29:00Z", "2026-04-01T00:30:00+08:00"},      // 00:29 of the next day
		{"30 0 1 1,4,7,10 *", "2026-03-31T16:30:00Z", "2026-07-01T00:30:00+08:00"},      // it is past
		{"30 0 1 1,4,7,10 *", "2026-12-31T11:00:00-05:00", "2027-01-01T00:30:00+08:00"}, // the server's zone does not matter
		{"0 9 29 2 *", "2026-01-01T00:00:00+08:00", "2028-02-29T09:00:00+08:00"},
		{"  0   9  *  *  mon-fri ", "2026-06-05T10:00:00+08:00", "2026-06-08T09:00:00+08:00"},
		{"*/15 8-18 * 6 *", "2026-06-30T18:45:00+08:00", "2027-06-01T08:00:00+08:00"},
	} {
		tt, err := parse(c.spec)
		if err != nil {
			t.Errorf("%s: %v", c.spec, err)
			continue
		}
		after, err := time.Parse(time.RFC3339, c.after)
		if err != nil {
			t.Fatal(err)
		}
		if got := tt.next(after).Format(time.RFC3339); got != c.next {
			t.Errorf("%s after %s: %s, not %s", c.spec, c.after, got, c.next)
		}
	}
}

func TestWrongSpecs(t *testing.T) {
	const five = "five fields"
	for spec, want := range map[string]string{
		"":                                    five,
		"* * * *":                             five,
		"0 20 0 * * *":                        five, // seconds
		"@every 5m":                           five,
		"@daily":                              five,
		"TZ=UTC":                              five, // the library panics
		"CRON_TZ=Asia/Shanghai":               five,
		"TZ=UTC 0 0 * *":                      five, // five parts, one of them a zone
		"TZ=UTC 0 0 * * *":                    five,
		"0 0 ? * *":                           five,
		"0 0 1 * 1":                           "either of the two",
		"0 0 */2 * 1":                         "either of the two",
		"0 0 31 2 *":                          "no day ever matches",
		"0 0 31 4,6,9,11 *":                   "no day ever matches",
		", 0 * * *":                           "no day ever matches",
		"60 0 * * *":                          "above maximum",
		"0 0 * * 7":                           "above maximum",
		"*/0 0 * * *":                         "step",
		"0 0 L * *":                           "parse int",
		"0 零 * * *":                           "parse int",
		"99999999999999999999999 0 * * *":     "parse int",
		"0-59/18446744073709551615 0 * * *":   "parse int",
		strings.Repeat("1,", 5) + "- 0 * * *": "parse int",
	} {
		r := &runs{}
		_, err := New(newMemory(), county, "one", []Job{r.job("good", "0 0 * * *", Once), r.job("bad-one", spec, Once)}, nil)
		if err == nil {
			t.Errorf("%q was accepted", spec)
			continue
		}
		for _, part := range []string{want, `job 2, "bad-one"`, "timetable"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q: the error does not say %q: %v", spec, part, err)
			}
		}
	}
}

func FuzzSpec(f *testing.F) {
	for _, s := range []string{"TZ=", "CRON_TZ= ", "0 0 1 1 *", "1-5/2,7 * * jan,feb *", "* * * * *"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		tt, err := parse(spec)
		if err != nil {
			return
		}
		after := calendar.On(2026, time.June, 1).Start()
		if next := tt.next(after); !next.After(after) || next.Second() != 0 {
			t.Errorf("%q: next is %v", spec, next)
		}
	})
}

func TestWrongLists(t *testing.T) {
	good := (&runs{}).job("good", "0 0 * * *", Once)
	change := func(f func(*Job)) Job { j := good; f(&j); return j }
	for want, list := range map[string][]Job{
		"there are no jobs":         nil,
		"another job has this name": {good, good},
		"kebab case":                {change(func(j *Job) { j.Name = "Half Year" })},
		"job 1, \"\"":               {change(func(j *Job) { j.Name = "" })},
		"in Chinese and in English": {change(func(j *Job) { j.Words.En = "" })},
		"Policy(0) is no policy":    {change(func(j *Job) { j.Policy = 0 })},
		"nothing to run":            {change(func(j *Job) { j.Run = nil })},
	} {
		if _, err := New(newMemory(), county, "one", list, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	_, err := New(newMemory(), county, "one", []Job{change(func(j *Job) { j.Run = nil }), change(func(j *Job) { j.Spec = "x" })}, nil)
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("not everything that is wrong was told: %v", err)
	}
	for _, missing := range []func() (*Scheduler, error){
		func() (*Scheduler, error) { return New(nil, county, "one", []Job{good}, nil) },
		func() (*Scheduler, error) { return New(newMemory(), "", "one", []Job{good}, nil) },
		func() (*Scheduler, error) { return New(newMemory(), county, "", []Job{good}, nil) },
	} {
		if _, err := missing(); err == nil {
			t.Error("a scheduler without book, county or name was made")
		}
	}
}

func TestTimetable(t *testing.T) {
	lines, err := Timetable([]Job{(&runs{}).job("one", "20 0 * * *", Skip), (&runs{}).job("two", "30 0 1 * *", Backfill)}, at(30, 12, 0))
	if err != nil || len(lines) != 2 || !lines[0].Next.Equal(at(31, 0, 20)) || !lines[1].Next.Equal(at(31, 0, 30)) || lines[1].Policy.String() != "backfill" {
		t.Errorf("got %v, %v", lines, err)
	}
	if _, err := Timetable(nil, at(1, 0, 0)); err == nil {
		t.Error("an empty list has a timetable")
	}
}
