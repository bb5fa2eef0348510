package supervise

import (
	"context"
	"slices"
	"strings"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// CommitteeFigures are the figures of one committee with power to approve,
// with all below it.
type CommitteeFigures struct {
	Committee register.OrgID `json:"committee"`
	Name      string         `json:"name"`
	workflows.Figures
}

// Figures are the figures of every committee with power to approve over a span
// of days, both included, in the order of the identifiers. Meetings count by
// the day they were filed for, files returned and rectified by the day of the
// act; supervision orders as far as they were open at the end of the last day;
// deadlines that had passed by then, and checks, as they stand now.
//
// It reads every case of admission of the county. What it says of checks may
// be known to nobody below the county before the quarter is closed:
// [FiguresOf] keeps to that.
func Figures(ctx context.Context, e *engine.Engine, county register.CountyID, from, to calendar.Date) ([]CommitteeFigures, error) {
	g := newGathering(ctx, e, county, from, to)
	if err := g.gather(); err != nil {
		return nil, err
	}
	var out []CommitteeFigures
	for _, o := range g.committees(to) {
		out = append(out, CommitteeFigures{o.ID, o.Name, *g.at(o.ID)})
	}
	return out, g.view.Err()
}

// FiguresOf are the figures of one committee as it may know them itself: of a
// quarter whose spot checks are not closed it is not even looked what was
// checked. They are empty for an organization without power to approve.
func FiguresOf(ctx context.Context, e *engine.Engine, county register.CountyID, committee register.OrgID, from, to calendar.Date) ([]CommitteeFigures, error) {
	g := newGathering(ctx, e, county, from, to)
	o, ok := g.view.Org(committee)
	if !ok || !o.Approves {
		return nil, g.view.Err()
	}
	g.path, g.discreet = o.Path, true
	if err := g.gather(); err != nil {
		return nil, err
	}
	return []CommitteeFigures{{o.ID, o.Name, *g.at(o.ID)}}, g.view.Err()
}

// gathering adds up figures, each at every organization above where it
// belongs.
type gathering struct {
	ctx      context.Context
	engine   *engine.Engine
	county   register.CountyID
	view     engine.View
	from, to calendar.Date
	path     string // only this organization and all below it; "" for all
	discreet bool   // says nothing of checks of quarters that are not closed

	figures map[register.OrgID]*workflows.Figures
	offices map[register.OfficeID]*workflows.OfficeFigures
	failed  map[engine.CaseID][]*register.Filing // meetings whose check failed
}

func newGathering(ctx context.Context, e *engine.Engine, county register.CountyID, from, to calendar.Date) *gathering {
	return &gathering{ctx: ctx, engine: e, county: county, view: e.View(ctx, county), from: from, to: to,
		figures: map[register.OrgID]*workflows.Figures{}, offices: map[register.OfficeID]*workflows.OfficeFigures{},
		failed: map[engine.CaseID][]*register.Filing{}}
}

func (g *gathering) at(id register.OrgID) *workflows.Figures {
	f := g.figures[id]
	if f == nil {
		f = &workflows.Figures{}
		g.figures[id] = f
	}
	return f
}

// count changes the figures of an organization and all above it, the county
// aside.
func (g *gathering) count(path string, change func(*workflows.Figures)) {
	for _, id := range g.along(path) {
		change(g.at(id))
	}
}

// along are the organizations on a path, the county aside; none where it leads
// elsewhere than the gathering looks.
func (g *gathering) along(path string) []register.OrgID {
	if g.path != "" && path != g.path && !strings.HasPrefix(path, g.path+"/") {
		return nil
	}
	var out []register.OrgID
	for _, id := range strings.Split(path, "/")[1:] {
		out = append(out, register.OrgID(id))
	}
	return out
}

func (g *gathering) within(d calendar.Date) bool { return !d.Before(g.from) && !d.After(g.to) }

func (g *gathering) gather() error {
	for q := register.QuarterOf(g.from); !q.First().After(g.to); q = q.Next() {
		if err := g.meetings(q); err != nil {
			return err
		}
	}
	for _, pass := range []struct {
		query engine.Query
		visit func(*engine.Case) error
	}{
		{engine.Query{Workflow: "admission"}, g.files},
		{engine.Query{Open: true, DueBy: g.to}, g.overdue},
		{engine.Query{Workflow: workflows.SupervisionOrder}, g.order},
	} {
		pass.query.County, pass.query.Path = g.county, g.path
		if err := g.engine.Each(g.ctx, pass.query, pass.visit); err != nil {
			return err
		}
	}
	return g.view.Err()
}

// meetings counts the filings of a quarter with their checks.
func (g *gathering) meetings(q register.QuarterID) error {
	hidden := g.discreet && !closed(g.view, q)
	for _, f := range g.view.FilingsOf(q) {
		branch, ok := g.view.Org(f.Branch)
		if !ok || f.Withdrawn != 0 || !g.within(f.MeetingOn()) {
			continue
		}
		check := unchecked
		if !hidden {
			var err error
			if check, err = g.checkOf(f); err != nil {
				return err
			}
		}
		if check == failed || check == rectified {
			for _, id := range f.Cases {
				g.failed[engine.CaseID(id)] = append(g.failed[engine.CaseID(id)], f)
			}
		}
		g.count(branch.Path, func(n *workflows.Figures) { check.add(n) })
	}
	return g.view.Err()
}

// closed reports whether nothing of a quarter's checks is secret any more.
func closed(v register.View, q register.QuarterID) bool {
	record, known := v.Quarter(q)
	return known && (record.Undrawn || !record.ClosedOn.IsZero())
}

var (
	returns        = []string{workflows.Return.Key, workflows.ReturnConversion.Key}
	rectifications = []string{workflows.Rectify.Key, workflows.RectifyConversion.Key}
	// passedOn are the acts that send a file on to the next level.
	passedOn = []string{workflows.Screen.Key, workflows.PassReview.Key, workflows.ScreenConversion.Key, workflows.RecordMeeting.Key}
)

// files counts what was returned and rectified in a case, and what each office
// did in it.
func (g *gathering) files(c *engine.Case) error {
	for t := c.Trail(); t != nil; t = t.Prev {
		if !g.within(t.On) {
			continue
		}
		g.office(t.Office).Acts++
		switch {
		case slices.Contains(returns, t.Action):
			g.count(c.Path, func(n *workflows.Figures) { n.Returned++ })
			if by := sender(t); by != nil {
				g.office(by.Office).Returned++
			}
		case slices.Contains(rectifications, t.Action):
			g.count(c.Path, func(n *workflows.Figures) { n.Rectified++ })
		}
	}
	for _, f := range g.failed[c.ID] {
		if held := meetingOf(c, f); held != nil {
			g.office(held.Office).Failed++
		}
	}
	return nil
}

func (g *gathering) office(id register.OfficeID) *workflows.OfficeFigures {
	f := g.offices[id]
	if f == nil {
		f = &workflows.OfficeFigures{}
		g.offices[id] = f
	}
	return f
}

// sender is the act that had sent on what was returned.
func sender(returned *engine.Trace) *engine.Trace {
	for t := returned.Prev; t != nil; t = t.Prev {
		if slices.Contains(passedOn, t.Action) {
			return t
		}
	}
	return nil
}

// meetingOf is the act that recorded the meeting of a filing: the first one
// since it was filed.
func meetingOf(c *engine.Case, f *register.Filing) *engine.Trace {
	var held *engine.Trace
	for t := c.Trail(); t != nil && !t.On.Before(f.FiledOn); t = t.Prev {
		if t.Action == workflows.RecordMeeting.Key {
			held = t
		}
	}
	return held
}

// overdue counts the cases about people with a deadline that passed by the
// last day, each once for whoever owes the step, and all above: what the county
// owes is no committee's, and what the calendar does is nobody's. Cases about
// organizations have figures of their own.
func (g *gathering) overdue(c *engine.Case) error {
	w, ok := g.engine.Workflow(c.Workflow)
	if c.Person == "" || !ok {
		return nil
	}
	late := map[register.OrgID]bool{}
	for _, d := range c.Due {
		if !d.Overdue(g.to.AddDays(1)) || clocks(w, c.Stage, d.Action) {
			continue
		}
		for _, o := range responsible(g.view, w, c, d.Action) {
			for _, id := range g.along(o.Path) {
				late[id] = true
			}
		}
	}
	for id := range late {
		g.at(id).Overdue++
	}
	return nil
}

func (g *gathering) order(c *engine.Case) error {
	if openOn(c, g.to) {
		g.count(c.Path, func(n *workflows.Figures) { n.Open++ })
	}
	return nil
}

// committees are those with power to approve that exist on a day, in the
// order of their identifiers.
func (g *gathering) committees(on calendar.Date) []*register.Org {
	all := register.ApprovingBelow(g.view, register.OrgID(g.county))
	all = slices.DeleteFunc(all, func(o *register.Org) bool { return !o.Live(on) })
	slices.SortFunc(all, func(a, b *register.Org) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return all
}
