package api

import (
	"context"
	"slices"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/papers"
	"jinchu/register"
	"jinchu/supervise"
)

// FiguresView are the figures of committees over a span of days.
type FiguresView struct {
	From       calendar.Date                `json:"from" format:"date"`
	To         calendar.Date                `json:"to" format:"date" doc:"included"`
	Committees []supervise.CommitteeFigures `json:"committees" doc:"in the order of the identifiers"`
}

type figuresInput struct {
	From calendar.Date `query:"from" required:"true" format:"date" doc:"the first day"`
	To   calendar.Date `query:"to" required:"true" format:"date" doc:"the last day, at most two years later"`
	Formatted
}

// readFigures gives those of every committee to the posts of the county, and those
// of the caller's own to a committee. Of a quarter whose spot checks are not
// closed a committee learns nothing but what it filed.
func readFigures(ctx context.Context, s *server, c *call, in *figuresInput) (*sheet[FiguresView], error) {
	if in.To.Before(in.From) || in.To.After(in.From.AddYears(2)) {
		return nil, problem("bad-span").at("query.to").saying(engine.Words{Zh: "截止日不早于起始日,且不超过两年", En: "the last day is not before the first, and at most two years later"})
	}
	var found []supervise.CommitteeFigures
	var err error
	if slices.Contains(overseers, c.office.Post) {
		found, err = supervise.Figures(ctx, s.Engine, s.County, in.From, in.To)
	} else {
		found, err = supervise.FiguresOf(ctx, s.Engine, s.County, c.org.ID, in.From, in.To)
	}
	if err != nil {
		return nil, err
	}
	view := FiguresView{in.From, in.To, append([]supervise.CommitteeFigures{}, found...)}
	return &sheet[FiguresView]{view: view, file: "figures", table: func(en bool) *papers.Table { return figuresTable(&view, en) }}, nil
}

// CircularView is a circular as it was issued: it never changes.
type CircularView struct {
	ID         engine.CaseID `json:"id"`
	Kind       string        `json:"kind" enum:"monthly,quarterly"`
	Period     string        `json:"period" doc:"2026-10 or 2026Q3"`
	Version    int64         `json:"version" doc:"1, or more for a correction"`
	IssuedOn   calendar.Date `json:"issued_on" format:"date"`
	Corrects   engine.CaseID `json:"corrects,omitempty" doc:"the circular it corrects"`
	Correction string        `json:"correction,omitempty" doc:"why"`
	Figures    []engine.Item `json:"figures,omitempty" doc:"committee: filed=10 checked=3 passed=2 failed=1 overdue=4 returned=1 rectified=1 open=2"`
	Shortfalls []engine.Item `json:"shortfalls,omitempty" doc:"stratum below its quota: filed=11 checked=3 need=4"`
	Orders     []engine.Item `json:"orders,omitempty" doc:"organization: level/day/orders, parted by blanks"`
	Remarks    string        `json:"remarks,omitempty"`
	Digest     string        `json:"digest" doc:"hexadecimal SHA-256 of the canonical lines"`
	Canonical  string        `json:"canonical" doc:"the lines the digest is of"`
}

func circularView(i supervise.IssuedCircular) CircularView {
	return CircularView{ID: i.ID, Kind: i.Kind, Period: i.Period, Version: i.Version, IssuedOn: i.IssuedOn, Corrects: i.Corrects,
		Correction: i.Correction, Figures: i.Figures, Shortfalls: i.Shortfalls, Orders: i.Orders, Remarks: i.Remarks,
		Digest: i.Digest, Canonical: i.Canonical()}
}

type circularsInput struct {
	Kind   string `query:"kind" enum:"monthly,quarterly"`
	Period string `query:"period" maxLength:"7" doc:"2026-10 or 2026Q3"`
	Formatted
}

// readCirculars gives the circulars. They are addressed to every committee;
// they name organizations and no person.
func readCirculars(ctx context.Context, s *server, _ *call, in *circularsInput) (*sheet[[]CircularView], error) {
	found, err := supervise.Circulars(ctx, s.Engine, s.County, in.Kind, in.Period)
	if err != nil {
		return nil, err
	}
	view := s.Engine.View(ctx, s.County)
	names := map[string]string{}
	for _, i := range found {
		for _, it := range slices.Concat(i.Figures, i.Shortfalls, i.Orders) {
			names[it.Key] = orgName(view, register.OrgID(it.Key))
		}
	}
	circulars := each(found, circularView)
	return &sheet[[]CircularView]{view: circulars, file: "circulars",
		table: func(en bool) *papers.Table { return circularsTable(circulars, names, s.level, en) }}, view.Err()
}

// The workflows of a supervision order and of a circular.
const (
	ordersKey   = "supervision"
	circularKey = "circular"
)

// level is a level of supervision with its words.
func (s *server) level(key string) Named {
	w, _ := s.Engine.Workflow(ordersKey)
	return optionOf(w, "level", key)
}

// overseers know of everything in the county; committees know their own.
var (
	overseers  = []register.Post{register.CountyReviewer, register.CountyHead, register.Inspector, register.Auditor}
	committees = register.CommitteePosts
)
