package story

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"jinchu/calendar"
	"jinchu/register"
)

// Result is how a story came out.
type Result struct {
	File     *File
	Lines    int       // lines played
	Failures []Failure // what came out otherwise than written
	Skipped  string    // why the story could not be played this way; "" where it was
}

// OK reports whether every line came out as written.
func (r *Result) OK() bool { return len(r.Failures) == 0 && r.Skipped == "" }

// Failure is one line that came out otherwise than written.
type Failure struct {
	Pos  Pos
	Line string // as written
	Want string
	Got  string
}

func (f Failure) String() string {
	return fmt.Sprintf("%s:%d: expected %s, got %s\n    %s", f.Pos.File, f.Pos.Line, f.Want, f.Got, f.Line)
}

// mismatch is what a line's run returns where it did not come out as written.
type mismatch struct {
	want, got string
	fatal     bool // an act: what follows rests on it
}

func (m *mismatch) Error() string { return "expected " + m.want + ", got " + m.got }

// runner plays one story.
type runner struct {
	ctx     context.Context
	driver  Driver
	file    *File
	names   *names
	profile string
	set     []Setting
	begun   bool
	now     time.Time // of the last dated line
	pending []register.Entity
	pendOn  calendar.Date
	pendAt  time.Time
	extras  int // people made for the plain way
}

// Run plays a story through a driver. An expectation that is not met is a
// failure and the story goes on; after an act that did not come out as
// written it ends, because the rest is built on it. The error is what kept
// the story from being played at all.
func Run(ctx context.Context, f *File, d Driver) (*Result, error) {
	r := &runner{ctx: ctx, driver: d, file: f, now: f.first.Start().Add(8 * time.Hour)}
	if f.first.IsZero() {
		r.now = calendar.On(2026, 1, 1).Start()
	}
	res := &Result{File: f}
	for i := range f.Lines {
		l := &f.Lines[i]
		res.Lines++
		var m *mismatch
		err := r.play(l)
		switch {
		case err == nil:
			continue
		case errors.Is(err, ErrCannot):
			res.Skipped = fmt.Sprintf("%s: %v", l.Pos, err)
			return res, nil
		case errors.As(err, &m):
			res.Failures = append(res.Failures, Failure{l.Pos, l.Text, m.want, m.got})
			if m.fatal {
				return res, nil
			}
		default:
			return res, at(l.Pos, err)
		}
	}
	return res, nil
}

// at puts a place before an error that has none.
func at(pos Pos, err error) error {
	var placed *Error
	if errors.As(err, &placed) {
		return err
	}
	return fmt.Errorf("%s: %w", pos, err)
}

func (r *runner) play(l *Line) error {
	if !l.At.IsZero() {
		r.now = l.At
	}
	_, isProfile := l.do.(useProfile)
	_, isSetting := l.do.(setParam)
	_, isDraw := l.do.(drawsQuarters)
	if isProfile || isSetting || isDraw {
		return l.do.run(r, l)
	}
	if err := r.begin(); err != nil {
		return err
	}
	if _, more := l.do.(changesRegister); !more {
		if err := r.flush(); err != nil {
			return err
		}
	}
	return l.do.run(r, l)
}

// begin makes ready once the settings are read.
func (r *runner) begin() error {
	if r.begun {
		return nil
	}
	r.begun = true
	county, mark, err := r.driver.Begin(r.ctx, r.file.Key(), r.profile, r.set)
	if err != nil {
		return err
	}
	r.names = newNames(mark, r.file.Key(), county)
	r.keep(r.names.begin(), calendar.DateOf(r.now), r.now)
	if !r.file.drawn {
		r.keep(r.undrawn(), calendar.DateOf(r.now), r.now)
	}
	if !r.file.pools {
		r.keep([]register.Entity{&register.Pool{ID: r.names.id("pool", "story"), Prefix: fmt.Sprint(r.file.year()),
			Digits: 4, First: 1, Last: 9999}}, calendar.DateOf(r.now), r.now)
	}
	return nil
}

// undrawn are the quarters around the story, as a county has them before it
// begins to draw spot checks.
func (r *runner) undrawn() []register.Entity {
	var out []register.Entity
	for q := register.QuarterOf(calendar.On(r.file.year()-1, 1, 1)); q.First().Year() <= r.file.last.Year()+3; q = q.Next() {
		out = append(out, &register.Quarter{ID: q, Undrawn: true})
	}
	return out
}

// year is the year of the story's first dated line.
func (f *File) year() int {
	if f.first.IsZero() {
		return 2026
	}
	return f.first.Year()
}

// keep puts changes of the register aside until something looks at them.
func (r *runner) keep(entities []register.Entity, on calendar.Date, at time.Time) {
	r.pending = append(r.pending, entities...)
	r.pendOn, r.pendAt = on, at
}

// plans gives every approving committee a roomy plan, unless the story sets
// the plans itself.
func (r *runner) plans(entities []register.Entity) []register.Entity {
	if r.file.plans {
		return nil
	}
	var out []register.Entity
	for _, e := range entities {
		o, ok := e.(*register.Org)
		if !ok || !o.Approves {
			continue
		}
		for y := r.file.year(); y <= r.file.last.Year()+3; y++ {
			out = append(out, &register.Plan{Org: o.ID, Year: y, Quota: 1000})
		}
	}
	return out
}

func (r *runner) flush() error {
	if len(r.pending) == 0 {
		return nil
	}
	entities := r.pending
	r.pending = nil
	return r.driver.Register(r.ctx, entities, r.pendOn, r.pendAt)
}

// changePerson changes a person as the register knows them now.
func (r *runner) changePerson(name string, change func(*register.Person)) ([]register.Entity, error) {
	if err := r.flush(); err != nil {
		return nil, err
	}
	known := r.names.people[name]
	if known == nil {
		return nil, fmt.Errorf("no person is named %q", name)
	}
	p, err := r.driver.Person(r.ctx, known.ID, r.now)
	if err != nil {
		return nil, err
	}
	q := *p
	change(&q)
	return []register.Entity{&q}, nil
}

// useProfile names the county's profile.
type useProfile struct{ name string }

func (s useProfile) run(r *runner, _ *Line) error {
	r.profile = s.name
	if s.name == "national" {
		r.profile = ""
	}
	return nil
}

// setParam sets a parameter of the profile for the story.
type setParam struct {
	pos        Pos
	key, value string
	wrong      string
}

func (s setParam) run(r *runner, _ *Line) error {
	set := append(r.set[:len(r.set):len(r.set)], Setting{s.key, s.value})
	_, err := applySettings(nil, set, r.driver.Params())
	if s.wrong != "" {
		return expectWrong(s.wrong, err)
	}
	if err != nil {
		return &Error{s.pos, err.Error()}
	}
	r.set = set
	return nil
}

// expectWrong compares an error with the words it is expected to contain.
func expectWrong(words string, err error) error {
	switch {
	case err == nil:
		return &mismatch{want: "an error saying " + words, got: "no error"}
	case errors.Is(err, ErrCannot):
		return err
	case strings.Contains(err.Error(), words) || faultCode(err) == words:
		return nil
	}
	return &mismatch{want: "an error saying " + words, got: err.Error()}
}

// faultCode is the code of what is wrong with an entity, "" for none.
func faultCode(err error) string {
	var fault *register.Fault
	if errors.As(err, &fault) {
		return fault.Code
	}
	return ""
}

// changesRegister is a line about the register.
type changesRegister struct {
	make  change
	wrong string
}

func (s changesRegister) run(r *runner, l *Line) error {
	on := calendar.DateOf(r.now)
	entities, err := s.make(r, on)
	if s.wrong != "" {
		if err == nil {
			if err := r.flush(); err != nil {
				return err
			}
			err = r.driver.Register(r.ctx, entities, on, r.now)
		}
		return expectWrong(s.wrong, err)
	}
	if err != nil {
		return err
	}
	r.keep(append(entities, r.plans(entities)...), on, r.now)
	return nil
}

// clockTicks runs the calendar, on one server or on two at once.
type clockTicks struct{ twice bool }

// run fails the story when the calendar's own act is refused: what is due by
// itself must be possible by itself.
func (s clockTicks) run(r *runner, _ *Line) error {
	tick := r.driver.Clock
	if s.twice {
		tick = r.driver.ClockTwice
	}
	err := tick(r.ctx, r.now)
	if kindOf(err) == refusedByRules {
		return &mismatch{want: "that the calendar's work can be done", got: err.Error(), fatal: true}
	}
	return err
}

// expectVerify checks everything the county holds.
type expectVerify struct{}

func (expectVerify) run(r *runner, _ *Line) error {
	err := r.driver.Verify(r.ctx)
	if err == nil || errors.Is(err, ErrCannot) {
		return err
	}
	return &mismatch{want: "that everything verifies", got: err.Error()}
}

// caseOf is a case that was opened.
func (r *runner) caseOf(name string) (*caseName, error) {
	c := r.names.cases[name]
	if c == nil {
		return nil, fmt.Errorf("case %s was not opened", name)
	}
	return c, nil
}
