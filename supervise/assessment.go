package supervise

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// OpenAssessments opens the annual assessment (年考评) of every committee and
// branch for the years before the slot, the oldest first, where it has none:
// each with its figures, those of its office holders, and the problems of the
// assessment before. It returns how many acts there were. As long as the spot
// checks of a year's last quarter are not closed, that year waits for a later
// slot; what is open already is left alone, so that it can be repeated, and
// goes on where it was interrupted. One that cannot be opened keeps no other
// from being opened.
func OpenAssessments(ctx context.Context, e *engine.Engine, county register.CountyID, slot, now time.Time) (acts int, err error) {
	view := e.View(ctx, county)
	last := calendar.DateOf(slot).Year() - 1
	first := quarters(view, register.QuarterOf(calendar.On(last, 12, 31)))[0].First().Year()
	var faults []error
	for year := first; year <= last; year++ {
		n, err := assessYear(ctx, e, county, year, now)
		acts += n
		if err != nil {
			faults = append(faults, fmt.Errorf("assessments of %d: %w", year, err))
		}
	}
	return acts, errors.Join(append(faults, view.Err())...)
}

// assessYear opens the assessments of a year that are due.
func assessYear(ctx context.Context, e *engine.Engine, county register.CountyID, year int, now time.Time) (acts int, err error) {
	g := newGathering(ctx, e, county, calendar.On(year, 1, 1), calendar.On(year, 12, 31))
	last, known := g.view.Quarter(register.QuarterOf(g.to))
	if known && !last.Undrawn && last.ClosedOn.IsZero() {
		return 0, g.view.Err()
	}
	lacking := g.unassessed(year)
	if len(lacking) == 0 {
		return 0, g.view.Err()
	}
	if err := g.gather(); err != nil {
		return 0, err
	}
	var faults []error
	for _, o := range lacking {
		n, err := g.assess(o, year, now)
		acts += n
		var down *engine.Unavailable
		switch {
		case ctx.Err() != nil || errors.As(err, &down):
			return acts, cmp.Or(err, ctx.Err())
		case err != nil:
			faults = append(faults, fmt.Errorf("%s: %w", o.ID, err))
		}
	}
	return acts, errors.Join(append(faults, g.view.Err())...)
}

// unassessed are the committees and branches that existed at the end of the
// year and exist still, and have no assessment of it, superiors first.
func (g *gathering) unassessed(year int) []*register.Org {
	var out []*register.Org
	var below func(id register.OrgID)
	below = func(id register.OrgID) {
		for _, o := range g.view.Below(id) {
			_, done := g.view.Holder(workflows.AssessmentKey, workflows.AssessmentClaim(o.ID, year))
			if (o.Kind == register.Committee || o.Kind == register.Branch) && o.Live(g.to) && !done && o.Until.IsZero() {
				out = append(out, o)
			}
			below(o.ID)
		}
	}
	below(register.OrgID(g.county))
	return out
}

// assess opens one assessment, unless somebody did meanwhile.
func (g *gathering) assess(o *register.Org, year int, now time.Time) (acts int, err error) {
	m := engine.Move{Workflow: workflows.AssessmentKey, Action: workflows.OpenAssessment.Key, Org: o.ID, Fields: map[string]any{
		workflows.AssessedYear.Key: int64(year),
		workflows.FigureItems.Key:  []engine.Item{{Key: string(o.ID), Text: g.at(o.ID).String()}},
		workflows.OfficeItems.Key:  g.officers(o),
	}}
	if before, assessed := g.view.Holder(workflows.AssessmentKey, workflows.AssessmentClaim(o.ID, year-1)); assessed {
		c, err := g.engine.Refold(g.ctx, g.county, before)
		if err != nil {
			return 0, err
		}
		m.Parent, m.Fields[workflows.Carried.Key] = before, workflows.CarriedOver(c)
	}
	_, err = g.engine.Act(g.ctx, engine.Actor{County: g.county, Office: engine.ClockOffice}, m, now)
	var refused *engine.Refused
	if errors.As(err, &refused) {
		if _, done := g.engine.View(g.ctx, g.county).Holder(workflows.AssessmentKey, workflows.AssessmentClaim(o.ID, year)); done {
			return 0, nil
		}
	}
	if err != nil {
		return 0, err
	}
	return 1, nil
}

// officers are the figures of those who held an office in an organization
// during the year, in the order of the offices.
func (g *gathering) officers(o *register.Org) []engine.Item {
	out := []engine.Item{}
	for _, office := range g.view.Officers(o.ID) {
		if office.From.After(g.to) || !office.Until.IsZero() && !office.Until.After(g.from) {
			continue
		}
		out = append(out, engine.Item{Key: string(office.ID), Text: g.office(office.ID).String()})
	}
	slices.SortFunc(out, func(a, b engine.Item) int { return cmp.Compare(a.Key, b.Key) })
	return out
}
