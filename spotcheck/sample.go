package spotcheck

import (
	"context"
	"strings"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// Drawn is one check of a quarter: a case of a filing that was drawn, with how
// its check stands. It names nobody.
type Drawn struct {
	Filing     register.FilingID
	Meeting    string // planned, civil in Asia/Shanghai
	Branch     register.OrgID
	Committee  register.OrgID
	Stratum    string
	Case       engine.CaseID
	Check      engine.CaseID
	Reason     string // option of [workflows.CheckReason]
	Method     string // option of [workflows.CheckMethod], as it is now
	Stage      string
	Overridden bool
	On         calendar.Date // recorded; the zero day where it was not yet
}

// Sample are the checks of a quarter that were opened so far, in the order of
// filings and cases.
func (k *Keeper) Sample(ctx context.Context, q register.QuarterID) ([]Drawn, error) {
	view := k.Engine.View(ctx, k.County)
	filings := map[string]*register.Filing{}
	for _, f := range view.FilingsOf(q) {
		filings[string(f.ID)] = f
	}
	out := []Drawn{}
	for _, key := range view.Held(workflows.CheckDrawn.Kind, string(q)+"-") {
		id, parent, _ := strings.Cut(key, "/")
		check, _ := view.Holder(workflows.CheckDrawn.Kind, key)
		if err := view.Err(); err != nil {
			return nil, err
		}
		c, err := k.Engine.Refold(ctx, k.County, check)
		if err != nil {
			return nil, err
		}
		f := filings[id]
		d := Drawn{Filing: f.ID, Meeting: f.At, Branch: f.Branch, Committee: f.Committee, Stratum: f.Stratum,
			Case: engine.CaseID(parent), Check: check, Stage: c.Stage, Overridden: c.Last(workflows.OverrideCheck.Key) != nil}
		d.Reason, _ = workflows.CheckReason.Held(c)
		d.Method, _ = workflows.CheckMethod.Held(c)
		if t := c.Last(workflows.RecordCheck.Key); t != nil {
			d.On = t.On
		}
		out = append(out, d)
	}
	return out, view.Err()
}

// quartersBack is how far back the list of quarters goes: ten years.
const quartersBack = 40

// Quarters are the records of the county's quarters, the latest first, as far
// as they are drawn from.
func (k *Keeper) Quarters(ctx context.Context, today calendar.Date) ([]*register.Quarter, error) {
	view := k.Engine.View(ctx, k.County)
	id := register.QuarterOf(today).Next()
	var out []*register.Quarter
	for range quartersBack {
		if q, ok := view.Quarter(id); ok && !q.Undrawn {
			out = append(out, q)
		}
		id = id.Before()
	}
	return out, view.Err()
}

// Report are the figures of a quarter that is closed, by its strata; none
// before.
func (k *Keeper) Report(ctx context.Context, id register.QuarterID) ([]Figures, error) {
	b, err := k.Bundle(ctx, id)
	if err != nil || len(b.Keys) == 0 {
		return nil, err
	}
	return FiguresOf(b), nil
}
