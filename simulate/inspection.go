package simulate

import (
	"cmp"
	"context"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/spotcheck"
	. "jinchu/workflows"
)

// draws are the quarters' spot checks as they are played: what the calendar
// does for them, and what the inspectors and the branches make of it. Without
// key holders nothing is drawn.
type draws struct {
	keeper *spotcheck.Keeper
	asked  bool // every filing so far was asked for
	tell   map[calendar.Date]bool
	checks map[engine.CaseID]*checkLife
}

// checkLife is what becomes of one check. It is decided by the check's
// identifier, so that it does not depend on what is done beside it.
type checkLife struct {
	rand *rand.Rand
	on   calendar.Date // of the next act
	team []register.OfficeID
}

func newDraws(e *engine.Engine, cfg Config) *draws {
	d := &draws{tell: map[calendar.Date]bool{}, checks: map[engine.CaseID]*checkLife{}}
	if len(cfg.Holders) > 0 {
		d.keeper = &spotcheck.Keeper{Engine: e, County: cfg.County, Holders: cfg.Holders, Seal: cfg.Seal}
	}
	return d
}

// undrawn are the quarters of a play without spot checks.
func (p *play) undrawn() []register.Entity {
	if p.draws.keeper != nil {
		return nil
	}
	var out []register.Entity
	for q := register.QuarterOf(p.from); !q.First().After(p.config.Until.AddMonths(6)); q = q.Next() {
		out = append(out, &register.Quarter{ID: q, Undrawn: true})
	}
	return out
}

// filed notes a meeting that was filed: its shares are to be asked for, and
// the inspectors told in time.
func (p *play) filed(meeting calendar.Date) {
	p.draws.asked = false
	p.draws.tell[meeting.AddDays(-1)] = true
}

// calendarWorks does what the calendar has to do for the spot checks at half
// past midnight.
func (p *play) calendarWorks(ctx context.Context, today calendar.Date) error {
	d := p.draws
	if d.keeper == nil {
		return nil
	}
	now := today.Start().Add(30 * time.Minute)
	var jobs []func(context.Context, time.Time) (int, error)
	if today == p.from || today.Day() == 1 {
		jobs = append(jobs, d.keeper.Open)
	}
	if q := register.QuarterOf(today).Before(); today.Day() == 1 || !q.Last().AddDays(40).Before(today) {
		jobs = append(jobs, p.unrecorded, d.keeper.Points, d.keeper.Close)
	} else if !d.asked {
		jobs = append(jobs, d.keeper.Ask)
	}
	d.asked = true
	if d.tell[today] {
		jobs = append(jobs, d.keeper.Tell)
		delete(d.tell, today)
	}
	for _, job := range jobs {
		if _, err := job(ctx, now); err != nil {
			var notLoaded *calendar.NotLoaded
			if !errors.As(err, &notLoaded) {
				return err
			}
		}
	}
	return nil
}

// unrecorded lets the filings lapse that nobody came back to.
func (p *play) unrecorded(ctx context.Context, now time.Time) (acts int, err error) {
	q := engine.Query{County: p.config.County, Workflow: p.workflow.Key, Open: true, DueBy: calendar.DateOf(now).AddDays(-1),
		Stages: []string{Filed.Key, ConversionFiled.Key, CancellationFiled.Key}}
	err = p.engine.Each(ctx, q, func(c *engine.Case) error {
		by, ok := RecordBy.Held(c)
		if !ok || !calendar.DateOf(now).After(by) {
			return nil
		}
		answer, err := p.engine.Act(ctx, p.actor(engine.ClockOffice), engine.Move{Case: c.ID, Action: LapseFiling.Key}, now)
		if err != nil {
			return err
		}
		acts++
		if l := p.byCase[c.ID]; l != nil {
			p.tally.lapsed(l, answer, calendar.DateOf(now))
		}
		return nil
	})
	return acts, err
}

// inspect is a day of the inspection team and of the branches it checked.
func (p *play) inspect(ctx context.Context, today calendar.Date) error {
	if p.draws.keeper == nil || p.workday(today) != today {
		return nil
	}
	var open []*engine.Case
	err := p.engine.Each(ctx, engine.Query{County: p.config.County, Workflow: SpotCheck, Open: true}, func(c *engine.Case) error {
		open = append(open, c)
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(open, func(a, b *engine.Case) int { return cmp.Compare(a.ID, b.ID) })
	now := morning(today).Add(8 * time.Hour)
	for _, c := range open {
		l := p.draws.life(c, p.config.Seed, today)
		if today.Before(l.on) {
			continue
		}
		if err := p.inspectCase(ctx, l, c, now); err != nil {
			return err
		}
	}
	return nil
}

func (d *draws) life(c *engine.Case, seed uint64, today calendar.Date) *checkLife {
	if l := d.checks[c.ID]; l != nil {
		return l
	}
	h := fnv.New64a()
	h.Write([]byte(c.ID))
	l := &checkLife{rand: rand.New(rand.NewPCG(seed, h.Sum64())), on: today}
	d.checks[c.ID] = l
	return l
}

// inspectCase does the next act in a check, if its time has come.
func (p *play) inspectCase(ctx context.Context, l *checkLife, c *engine.Case, now time.Time) error {
	today := calendar.DateOf(now)
	switch c.Stage {
	case CheckSelected.Key:
		return p.assign(ctx, l, c, now)
	case CheckAssigned.Key:
		return p.visit(ctx, l, c, now)
	case CheckFailed.Key:
		l.on = today.AddDays(4 + l.rand.IntN(20))
		findings, _ := CheckFindings.Held(c)
		var fixed []engine.Item
		for _, f := range findings {
			fixed = append(fixed, engine.Item{Key: f.Key, Text: "已整改"})
		}
		if p.draws.rolls(l, 4) {
			fixed = []engine.Item{{Key: "其他", Text: "正在整改"}}
		}
		return p.checkAct(ctx, c, p.branchOf(c.Org).secretary, RectifyCheck, give(is(CheckFixed, fixed)), now)
	case CheckRectified.Key:
		l.on = today.AddDays(2 + l.rand.IntN(8))
		result := []string{"cleared", "cleared", "cleared", "cleared", "cleared", "cleared", "not-fixed", "rejected"}[l.rand.IntN(8)]
		who := p.county.inspectors[3]
		if p.draws.rolls(l, 5) {
			who = l.team[0] // who must not
		}
		return p.checkAct(ctx, c, who, Recheck, give(is(CheckAgain, result), is(CheckNotes, "实地复查")), now)
	}
	return nil
}

// rolls tells whether something that happens once in so many times happens.
func (*draws) rolls(l *checkLife, every int) bool { return l.rand.IntN(every) == 0 }

// assign names two inspectors, after trying with one where that slips.
func (p *play) assign(ctx context.Context, l *checkLife, c *engine.Case, now time.Time) error {
	today := calendar.DateOf(now)
	if l.team == nil && l.rand.IntN(3) == 0 {
		l.team = []register.OfficeID{}
		l.on = today.AddDays(1) // there is no hurry
		return nil
	}
	first := l.rand.IntN(3)
	l.team = []register.OfficeID{p.county.inspectors[first], p.county.inspectors[(first+1)%3]}
	people := []register.PersonID{p.county.holder[l.team[0]].ID, p.county.holder[l.team[1]].ID}
	if p.draws.rolls(l, 12) {
		if err := p.checkAct(ctx, c, p.county.heads[0], AssignInspectors, give(is(CheckInspectors, people[:1])), now); err != nil {
			return err
		}
	}
	values := give(is(CheckInspectors, people))
	meeting, _ := MeetingDay.Held(c)
	if method, _ := CheckMethod.Held(c); method == "attend" && today.After(meeting) {
		if err := p.checkAct(ctx, c, p.county.heads[0], OverrideCheck, give(is(CheckMethod, "visit"), is(OverrideReason, "大会已召开,改为走访")), now); err != nil {
			return err
		}
	}
	l.on = calendar.Max(today.AddDays(1), meeting)
	return p.checkAct(ctx, c, p.county.heads[0], AssignInspectors, values, now)
}

// visit carries the check out.
func (p *play) visit(ctx context.Context, l *checkLife, c *engine.Case, now time.Time) error {
	today := calendar.DateOf(now)
	meeting, _ := MeetingDay.Held(c)
	method, _ := CheckMethod.Held(c)
	switch {
	case today.Before(meeting):
		l.on = meeting
		return nil
	case method == "attend" && today != meeting:
		l.on = today.AddDays(1)
		return p.checkAct(ctx, c, p.county.heads[0], OverrideCheck, give(is(CheckMethod, "phone"), is(OverrideReason, "未能列席,改为电话调查")), now)
	case method != "attend" && l.rand.IntN(2) == 0:
		l.on = today.AddDays(1 + l.rand.IntN(6))
		return nil
	}
	if p.draws.rolls(l, 11) {
		findings := []engine.Item{{Key: "名单", Text: "到会名单与备案不一致"}, {Key: "记录", Text: "会议记录不完整"}}[:1+l.rand.IntN(2)]
		l.on = today.AddDays(2 + l.rand.IntN(10))
		return p.checkAct(ctx, c, l.team[0], RecordCheck, give(is(CheckConclusion, "failed"), is(CheckSeverity, one(l.rand, []string{"minor", "serious"})),
			is(CheckFindings, findings), is(CheckNotes, "抽查发现问题")), now)
	}
	return p.checkAct(ctx, c, l.team[0], RecordCheck, give(is(CheckConclusion, "passed"), is(CheckSeverity, "none"), is(CheckNotes, "程序规范")), now)
}

// checkAct does an act of a check and counts it. A refusal is part of the play.
func (p *play) checkAct(ctx context.Context, c *engine.Case, who register.OfficeID, a engine.Action, values []value, now time.Time) error {
	answer, err := p.engine.Act(ctx, p.actor(who), engine.Move{Case: c.ID, Action: a.Key, Fields: merged(values, nil)}, now)
	var refused *engine.Refused
	switch {
	case errors.As(err, &refused):
		p.tally.refuse(refused)
	case err != nil:
		return err
	default:
		p.tally.acts[a.Key]++
		if answer.Stage == CheckRejected.Key {
			p.traceCheck(c, p.branchOf(c.Org), calendar.DateOf(now))
		}
	}
	return nil
}
