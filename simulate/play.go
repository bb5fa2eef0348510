package simulate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/spotcheck"
	"jinchu/workflows"
)

// Config says what is played.
type Config struct {
	County register.CountyID
	Orgs   []*register.Org // those above before those below, as [register.Orgs] gives them
	Years  int
	People int    // who apply
	Seed   uint64 // the same seed plays the same
	Until  calendar.Date
	Keys   *register.Keys // seal the made-up ID numbers; nil: people have none
	// Holders hold the keys of the spot checks' draw, and Seal keeps their
	// shares; nil: nothing is drawn. With other keys others are drawn.
	Holders []spotcheck.Holder
	Seal    *spotcheck.Seal
	// Progress is told how many days of how many are played; may be nil.
	Progress func(done, total int)
}

// ErrPlayed is the answer where the county was played in before. A play
// begins on an empty register, organizations aside.
var ErrPlayed = errors.New("the county holds a simulation already; take an empty database")

// workers is how many acts of a day are done side by side. It is more than
// there are processors: an act mostly waits for the store's commit.
const workers = 32

// play is one run.
type play struct {
	engine    *engine.Engine
	workflow  *engine.Workflow
	config    Config
	from      calendar.Date
	edition   calendar.Date // first day of the 2026 rules
	county    *county
	lives     []*life
	dice      dice
	tally     *tally
	draws     *draws
	newcomers map[calendar.Date][]*life // who enters the register on a day
	byCase    map[engine.CaseID]*life
	days      map[calendar.Date][]*course // what goes on on a day
	phases    map[string]int              // of actions, as far as looked up
	affairs   []*course                   // those that are about nobody's admission
	supervision
}

// Play plays the years up to and including the day Until. The county has to be
// empty; its organizations may be there already, and some branches become too
// small to have a committee. [ErrPlayed] and *[calendar.NotLoaded] are the
// caller's to act upon; after any other error the county is half played.
func Play(ctx context.Context, e *engine.Engine, cfg Config) (*Report, error) {
	p, err := newPlay(ctx, e, cfg)
	if err != nil {
		return nil, err
	}
	if err := p.found(ctx); err != nil {
		return nil, fmt.Errorf("setting up the county: %w", err)
	}
	defer p.end()
	if err := p.cast(); err != nil {
		return nil, err
	}
	total := p.from.DaysUntil(cfg.Until) + 1
	for done := range total {
		if err := p.day(ctx, p.from.AddDays(done)); err != nil {
			return nil, err
		}
		if cfg.Progress != nil {
			cfg.Progress(done+1, total)
		}
	}
	return p.report(ctx)
}

// end lets everybody go who still waits.
func (p *play) end() {
	for _, l := range p.lives {
		l.stop()
	}
	for _, c := range p.affairs {
		c.stop()
	}
}

func newPlay(ctx context.Context, e *engine.Engine, cfg Config) (*play, error) {
	w, ok := e.Workflow("admission")
	from := cfg.Until.AddYears(-cfg.Years).AddDays(1)
	switch {
	case !ok:
		return nil, errors.New("the engine has no admission workflow")
	case cfg.Years < 1 || cfg.People < 1:
		return nil, errors.New("at least one year and one person are needed")
	case !e.Calendar().Published(from.Year()) || !e.Calendar().Published(cfg.Until.Year()):
		return nil, fmt.Errorf("from %s to %s: %w", from, cfg.Until, &calendar.NotLoaded{Year: from.Year()})
	}
	p := &play{supervision: newSupervision(from), draws: newDraws(e, cfg), engine: e, workflow: w, config: cfg, from: from, edition: workflows.Rules2026.Date(e.Profile()),
		dice: newDice(cfg.Seed), tally: newTally(), newcomers: map[calendar.Date][]*life{}, byCase: map[engine.CaseID]*life{},
		phases: map[string]int{}, days: map[calendar.Date][]*course{}}
	var err error
	if p.county, err = newCounty(cfg, from); err != nil {
		return nil, err
	}
	if _, _, err := e.Who(ctx, p.actor(p.county.heads[0]), morning(cfg.Until)); err == nil {
		return nil, ErrPlayed
	}
	return p, nil
}

func (p *play) actor(office register.OfficeID) engine.Actor {
	return engine.Actor{County: p.config.County, Office: office}
}

// morning is when offices open.
func morning(d calendar.Date) time.Time { return d.Start().Add(9 * time.Hour) }

// day plays one day in rounds: everybody who acts today acts once in a round,
// and then decides whether to act again.
func (p *play) day(ctx context.Context, today calendar.Date) error {
	if err := p.enter(ctx, today); err != nil {
		return err
	}
	if err := p.calendarWorks(ctx, today); err != nil {
		return fmt.Errorf("the calendar's work on %s: %w", today, err)
	}
	if err := p.calendarSupervises(ctx, today); err != nil {
		return fmt.Errorf("the calendar's supervision on %s: %w", today, err)
	}
	for round := 0; len(p.days[today]) > 0; round++ {
		acting := p.days[today]
		delete(p.days, today)
		slices.SortFunc(acting, func(a, b *course) int { return cmp.Compare(a.key, b.key) })
		if err := p.round(ctx, acting, morning(today).Add(time.Duration(round)*10*time.Minute)); err != nil {
			return err
		}
		for _, c := range acting {
			c.count()
			p.wake(c)
		}
	}
	return p.inspect(ctx, today)
}

// wake lets a course decide what comes next, and puts it down for that day.
func (p *play) wake(c *course) {
	if c.next() {
		p.days[c.on] = append(p.days[c.on], c)
	}
}

// round does one act of each course. Those that only move their own case come
// first; then those that change the register; then, one after another, those
// that take what several want, so that who gets it does not depend on chance.
func (p *play) round(ctx context.Context, acting []*course, now time.Time) error {
	var phases [3][]*course
	for _, c := range acting {
		phase := p.phase(c.step.action)
		phases[phase] = append(phases[phase], c)
	}
	for phase, courses := range phases {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(workers)
		if phase == taking {
			group.SetLimit(1)
		}
		for _, c := range courses {
			group.Go(func() error { return c.act(ctx, now.Add(time.Duration(c.minute)*time.Minute)) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// The phases of a round.
const (
	moving = iota
	changing
	taking
)

// phase is when in a round an action has its turn.
func (p *play) phase(action string) int {
	if phase, known := p.phases[action]; known {
		return phase
	}
	phase := moving
	for _, w := range p.engine.Workflows() {
		phase = max(phase, phaseOf(w.RulesOf(action)))
	}
	p.phases[action] = phase
	return phase
}

func phaseOf(rules []*engine.Rule) int {
	phase := moving
	for _, r := range rules {
		for _, c := range r.Claims {
			taken := c.Op == engine.Take && c.Claim != workflows.LiveCase
			if taken || c.Op == engine.Use && c.Claim.Stale != nil { // what is stale is exchanged
				return taking
			}
		}
		if slices.ContainsFunc(r.Effects, numbersFilings) {
			return taking
		}
		if len(r.Effects) > 0 {
			phase = changing
		}
	}
	return phase
}

// numbersFilings reports whether an effect gives out the numbers of filings,
// which decide what is drawn.
func numbersFilings(e engine.Effect) bool {
	return e.Key == workflows.NumberFiling.Key || e.Key == workflows.LeaveFiling.Key
}

// workday is the first working day on or after a day. Where the calendar is
// not published yet, weekdays will do.
func (p *play) workday(d calendar.Date) calendar.Date {
	for {
		worked, err := p.engine.Calendar().Workday(d)
		if err != nil {
			worked = d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
		}
		if worked {
			return d
		}
		d = d.AddDays(1)
	}
}
