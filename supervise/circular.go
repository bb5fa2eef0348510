package supervise

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// IssueQuarterly issues the circulars (季通报) of the quarters before the slot
// that have none, the oldest first, and returns how many acts there were. A
// quarter whose spot checks are not closed waits for a later slot, and keeps no
// other waiting; one whose circular was issued, by the calendar or by hand, is
// left alone. It can be repeated at any time, and by several servers.
func IssueQuarterly(ctx context.Context, e *engine.Engine, county register.CountyID, slot, now time.Time) (acts int, err error) {
	view := e.View(ctx, county)
	var faults []error
	for _, q := range quarters(view, register.QuarterOf(calendar.DateOf(slot)).Before()) {
		n, err := issueQuarter(ctx, e, county, q, now)
		acts += n
		if err != nil {
			faults = append(faults, fmt.Errorf("quarter %s: %w", q, err))
		}
	}
	return acts, errors.Join(append(faults, view.Err())...)
}

// yearsBack bounds how far back a quarter is looked for.
const yearsBack = 10

// quarters are those from the first one on record to the last one, which is
// among them whether or not it is on record.
func quarters(view register.View, last register.QuarterID) []register.QuarterID {
	all, first := []register.QuarterID{last}, 0
	for i := 1; i < 4*yearsBack; i++ {
		q := all[i-1].Before()
		if _, known := view.Quarter(q); known {
			first = i
		}
		all = append(all, q)
	}
	all = all[:first+1]
	slices.Reverse(all)
	return all
}

// issueQuarter issues the circular of a quarter, if it is due.
func issueQuarter(ctx context.Context, e *engine.Engine, county register.CountyID, q register.QuarterID, now time.Time) (acts int, err error) {
	g := newGathering(ctx, e, county, q.First(), q.Last())
	record, known := g.view.Quarter(q)
	if known && !record.Undrawn && record.ClosedOn.IsZero() || g.issued(workflows.QuarterlyCircular, string(q)) {
		return 0, g.view.Err()
	}
	if err := g.gather(); err != nil {
		return 0, err
	}
	figures := []engine.Item{}
	for _, o := range g.committees(q.Last()) {
		figures = append(figures, engine.Item{Key: string(o.ID), Text: g.at(o.ID).String()})
	}
	short, err := g.shortfalls(q)
	if err != nil {
		return 0, err
	}
	fields := map[string]any{workflows.FigureItems.Key: figures, workflows.ShortfallItems.Key: short}
	if len(short) > 0 {
		fields[workflows.Remarks.Key] = g.remark(short)
	}
	return g.issue(workflows.QuarterlyCircular, string(q), fields, now)
}

// remark says which strata were checked too little.
func (g *gathering) remark(short []engine.Item) string {
	parts := make([]string, len(short))
	for i, it := range short {
		name := it.Key
		if o, ok := g.view.Org(register.OrgID(it.Key)); ok {
			name = o.Name
		}
		s, _ := workflows.ParseShortfall(it.Text)
		parts[i] = fmt.Sprintf("%s 召开 %d 次,应抽查 %d 次,实抽查 %d 次", name, s.Filed, s.Need, s.Checked)
		if s.Covered < s.NeedBranches {
			parts[i] += fmt.Sprintf(",涉及支部 %d 个,应抽查 %d 个,实抽查 %d 个", s.Branches, s.NeedBranches, s.Covered)
		}
	}
	// A text holds 4000 characters; the items hold every stratum.
	text := []rune("抽查未达规定比例:" + strings.Join(parts, ";") + "。")
	return string(text[:min(len(text), 1000)])
}

// IssueMonthly issues the supervision list of the month before the slot (月督办):
// the orders that were open at the end of its last day, as they stood then,
// however late it is issued, by organization, level and day, without names. As
// [IssueQuarterly], it can be repeated. The county department's own orders are
// left out: everybody reads the list, and one about a check that is late would
// tell that a meeting was drawn.
func IssueMonthly(ctx context.Context, e *engine.Engine, county register.CountyID, slot, now time.Time) (acts int, err error) {
	day := calendar.DateOf(slot)
	month := calendar.On(day.Year(), day.Month(), 1).AddMonths(-1)
	period := month.String()[:len("2026-10")]
	g := newGathering(ctx, e, county, month, month.AddMonths(1).AddDays(-1))
	if g.issued(workflows.MonthlyList, period) {
		return 0, g.view.Err()
	}
	lists := map[register.OrgID]workflows.OrderList{}
	err = e.Each(ctx, engine.Query{County: county, Workflow: workflows.SupervisionOrder}, func(c *engine.Case) error {
		if c.Org == register.OrgID(county) || !openOn(c, g.to) {
			return nil
		}
		if c.LastOn.After(g.to) {
			if c, err = e.AsOf(ctx, county, c.ID, g.to); err != nil {
				return err
			}
		}
		lists[c.Org] = addOrder(lists[c.Org], c)
		return nil
	})
	if err != nil {
		return 0, err
	}
	items := []engine.Item{}
	for org, list := range lists {
		items = append(items, engine.Item{Key: string(org), Text: list.String()})
	}
	slices.SortFunc(items, func(a, b engine.Item) int { return cmp.Compare(a.Key, b.Key) })
	return g.issue(workflows.MonthlyList, period, map[string]any{workflows.OrderItems.Key: items}, now)
}

// openOn reports whether a case was open at the end of a day.
func openOn(c *engine.Case, day calendar.Date) bool {
	return !c.OpenedOn.After(day) && (!c.Ended || c.StageOn.After(day))
}

// addOrder counts an order with those of the same level and day.
func addOrder(list workflows.OrderList, c *engine.Case) workflows.OrderList {
	o := workflows.OpenOrders{Level: "none", Orders: 1}
	if level, ok := workflows.OrderLevel.Held(c); ok {
		o.Level = level
	}
	if d, ok := c.NextDue(); ok {
		o.Due = d.On
	}
	for i := range list {
		if list[i].Level == o.Level && list[i].Due == o.Due {
			list[i].Orders++
			return list
		}
	}
	return append(list, o)
}

func (g *gathering) issued(kind, period string) bool {
	_, issued := g.view.Holder(workflows.CircularKey, workflows.CircularClaim(kind, period, 1))
	return issued
}

// issue issues a circular, unless somebody did meanwhile.
func (g *gathering) issue(kind, period string, fields map[string]any, now time.Time) (acts int, err error) {
	fields[workflows.CircularKind.Key], fields[workflows.CircularPeriod.Key] = kind, period
	actor := engine.Actor{County: g.county, Office: engine.ClockOffice}
	_, err = g.engine.Act(g.ctx, actor, engine.Move{Workflow: workflows.CircularKey, Action: workflows.IssueCircular.Key,
		Org: register.OrgID(g.county), Fields: fields}, now)
	var refused *engine.Refused
	if errors.As(err, &refused) {
		if g.view = g.engine.View(g.ctx, g.county); g.issued(kind, period) {
			return 0, nil
		}
	}
	if err != nil {
		return 0, fmt.Errorf("circular %s %s: %w", kind, period, err)
	}
	return 1, nil
}

// IssuedCircular is a circular as it was issued.
type IssuedCircular struct {
	ID       engine.CaseID
	IssuedOn calendar.Date
	workflows.CircularText
	Digest string // as recorded with the act
}

// Circulars are the circulars of a kind and period, "" for all, the latest
// period first and in a period the latest version.
func Circulars(ctx context.Context, e *engine.Engine, county register.CountyID, kind, period string) ([]IssuedCircular, error) {
	var out []IssuedCircular
	err := e.Each(ctx, engine.Query{County: county, Workflow: workflows.CircularKey}, func(c *engine.Case) error {
		i := issuedCircular(c)
		if (kind == "" || kind == i.Kind) && (period == "" || period == i.Period) {
			out = append(out, i)
		}
		return nil
	})
	slices.SortFunc(out, func(a, b IssuedCircular) int {
		return cmp.Or(b.IssuedOn.Compare(a.IssuedOn), cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Period, a.Period), cmp.Compare(b.Version, a.Version))
	})
	return out, err
}

func issuedCircular(c *engine.Case) IssuedCircular {
	i := IssuedCircular{ID: c.ID, IssuedOn: c.OpenedOn}
	i.Kind, _ = workflows.CircularKind.Held(c)
	i.Period, _ = workflows.CircularPeriod.Held(c)
	i.Version, _ = workflows.CircularVersion.Held(c)
	i.Corrects = c.Parent
	i.Correction, _ = workflows.Correction.Held(c)
	i.Figures, _ = workflows.FigureItems.Held(c)
	i.Shortfalls, _ = workflows.ShortfallItems.Held(c)
	i.Orders, _ = workflows.OrderItems.Held(c)
	i.Remarks, _ = workflows.Remarks.Held(c)
	i.Digest, _ = workflows.CircularDigest.Held(c)
	return i
}
