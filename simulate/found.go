package simulate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// batch is how many entities enter the register at once.
const batch = 500

// put changes the register in batches, as the calendar's own office: nobody's
// first member can be registered by a member.
func (p *play) put(ctx context.Context, on calendar.Date, entities []register.Entity) error {
	for part := range slices.Chunk(entities, batch) {
		if err := p.engine.Change(ctx, p.actor(engine.ClockOffice), part, on, "", morning(on)); err != nil {
			return err
		}
	}
	return nil
}

func entities[T register.Entity](list []T) []register.Entity {
	out := make([]register.Entity, len(list))
	for i, e := range list {
		out[i] = e
	}
	return out
}

// found enters the county as it is when the play begins.
func (p *play) found(ctx context.Context) error {
	c, n := p.county, p.config.People
	half := n/2 + 1
	pools := []*register.Pool{
		{ID: "simulate-1", Prefix: "示例A", Digits: 7, First: 1, Last: half},
		{ID: "simulate-2", Prefix: "示例B", Digits: 7, First: 1, Last: 2 * n},
	}
	return p.put(ctx, p.from, slices.Concat(entities(c.orgs), entities(c.people), entities(c.offices), entities(c.kin), entities(pools), p.undrawn()))
}

// enter registers who comes today, and the plans of a year that begins.
func (p *play) enter(ctx context.Context, today calendar.Date) error {
	if today == p.from || today.Month() == 1 && today.Day() == 1 {
		if err := p.put(ctx, today, entities(p.plans(today.Year()))); err != nil {
			return fmt.Errorf("plans of %d: %w", today.Year(), err)
		}
	}
	var people, kin []register.Entity
	for _, l := range p.newcomers[today] {
		people = append(people, l.person)
		kin = append(kin, entities(l.kin)...)
	}
	delete(p.newcomers, today)
	if err := p.put(ctx, today, append(people, kin...)); err != nil {
		return fmt.Errorf("registering who applies on %s: %w", today, err)
	}
	return nil
}

// plans are the plans of a year. Some committees get fewer places than they
// will ask for.
func (p *play) plans(year int) []*register.Plan {
	var out []*register.Plan
	for i, c := range p.county.committees {
		r := rand.New(rand.NewPCG(p.config.Seed, 1<<34+uint64(year)<<16+uint64(i)))
		out = append(out, &register.Plan{Org: c.org.ID, Year: year, Quota: 1 + c.needs[year]*(35+r.IntN(45))/100,
			Targets: map[string]int{"women": 30, "age35": 50}})
	}
	p.tally.plan(out)
	return out
}

// cast makes the people who will apply and wakes them for the first time.
func (p *play) cast() error {
	days := p.from.DaysUntil(p.config.Until) + 1
	for n := range p.config.People {
		l, err := p.newLife(n, days)
		if err != nil {
			return err
		}
		p.lives = append(p.lives, l)
		p.newcomers[l.on] = append(p.newcomers[l.on], l)
		// Most of those who apply are qualified about a year and a half later.
		l.branch.above.needs[l.on.AddMonths(18).Year()]++
	}
	for _, l := range p.lives {
		p.wake(&l.course)
	}
	return nil
}

// backlog is how many days those have to apply who waited for the play to
// begin, which are half of all. The others come evenly over the years.
const backlog = 45

func (p *play) newLife(n, days int) (*life, error) {
	r := rand.New(rand.NewPCG(p.config.Seed, uint64(n)))
	l := &life{n: n, course: course{key: fmt.Sprintf("application %07d", n), minute: n % 10, play: p, rand: r}, branch: one(r, p.county.branches)}
	day := r.IntN(days)
	if r.IntN(2) == 0 {
		day = r.IntN(min(days, backlog))
	}
	l.on = p.from.AddDays(day)
	l.waitUntil(l.on)
	someone := p.county.madeUp.person(r, 19, 45, l.on)
	someone.Org, someone.Migrant = l.branch.org.ID, r.IntN(8) == 0
	switch {
	case l.slips(underAge):
		someone.Birth = l.on.AddYears(-18).AddDays(10 + r.IntN(60))
	case l.slips(barred):
		someone.Bars = []register.Bar{{Why: "persuaded", From: l.on.AddMonths(-18), Until: l.on.AddDays(20 + r.IntN(60))}}
	case l.slips(leaving):
		someone.Leaving = l.on.AddMonths(18 + r.IntN(6))
	}
	if r.IntN(6) == 0 {
		l.relative = one(r, l.branch.members[2:]).ID
		l.kin = append(l.kin, register.NewKin(someone.ID, l.relative, one(r, register.Degrees[:4])))
	}
	if r.IntN(20) == 0 {
		l.superior = one(r, l.branch.above.officers)
		l.kin = append(l.kin, register.NewKin(someone.ID, p.county.holder[l.superior].ID, one(r, register.Degrees[:4])))
	}
	l.count = func() { p.tally.count(l) }
	l.begin(l.live)
	var err error
	l.person, err = p.county.madeUp.sealed(someone, len(p.county.people)+n)
	return l, err
}
