package api

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/papers"
	"jinchu/register"
	"jinchu/sampling"
	"jinchu/spotcheck"
)

// What anybody may know of a quarter's draw: before the closing what was
// published of it, which tells neither who is drawn nor how many; afterwards
// all that is needed to draw it again.

// QuarterLine is a quarter in the list.
type QuarterLine struct {
	ID       register.QuarterID `json:"id" doc:"2026Q3: by the day in China of the planned meetings"`
	From     calendar.Date      `json:"from" format:"date"`
	To       calendar.Date      `json:"to" format:"date"`
	Points   []PointView        `json:"points" doc:"top-up points; the last one closes the frame"`
	Closed   bool               `json:"closed" doc:"keys, figures and digest are published"`
	ClosedOn calendar.Date      `json:"closed_on,omitzero" format:"date"`
	Digest   string             `json:"digest,omitempty" doc:"hexadecimal SHA-256 of the bundle, once closed"`
}

// PointView is a top-up point. Its digests stand on record before the checks
// that it draws are opened.
type PointView struct {
	On        calendar.Date `json:"on" format:"date"`
	DrawnOn   calendar.Date `json:"drawn_on,omitzero" format:"date" doc:"absent until it was drawn"`
	Frame     string        `json:"frame,omitempty" doc:"digest of the filings, hexadecimal"`
	Selection string        `json:"selection,omitempty" doc:"digest of what was drawn, tickets included, hexadecimal"`
}

// QuarterView is all that is published of a quarter.
type QuarterView struct {
	QuarterLine
	Quarter      string            `json:"quarter" doc:"as the tickets name it: 420683/2026Q3"`
	Algorithm    string            `json:"algorithm"`
	Quota        string            `json:"quota" doc:"of the filings and of the branches of a stratum: 3/10"`
	Online       string            `json:"online" doc:"threshold for being drawn when filed"`
	Commitments  []register.Party  `json:"commitments"`
	Strata       []StratumView     `json:"strata"`
	Methods      []register.Weight `json:"methods" doc:"for what is drawn before its meeting"`
	TopUpMethods []register.Weight `json:"topup_methods" doc:"for what is drawn after it"`
	LeadDays     int               `json:"lead_days" doc:"of a filing ahead of its meeting"`
	Keys         []KeyView         `json:"keys,omitempty" doc:"once closed"`
	Figures      []StratumFigures  `json:"figures,omitempty" doc:"once closed"`
	BelowQuota   []string          `json:"below_quota,omitempty" doc:"once closed: the strata of which too few were checked"`
}

// StratumView is a stratum with the committees whose filings are counted in
// it; the merged one takes those that no other names.
type StratumView struct {
	Stratum    string           `json:"stratum"`
	Committees []register.OrgID `json:"committees"`
}

// KeyView is a party's key as it was revealed.
type KeyView struct {
	Party string `json:"party"`
	Key   string `json:"key" doc:"hexadecimal"`
}

// StratumFigures are the figures of a stratum, as [spotcheck.Figures].
type StratumFigures struct {
	Stratum    string `json:"stratum"`
	Filed      int    `json:"filed"`
	Withdrawn  int    `json:"withdrawn"`
	Held       int    `json:"held" doc:"counts for the quota"`
	Need       int    `json:"need" doc:"checks that the quota asks for"`
	Branches   int    `json:"branches" doc:"whose meetings count for the quota"`
	NeedBranch int    `json:"need_branches" doc:"branches that the quota asks for"`
	Drawn      int    `json:"drawn" doc:"for the quota"`
	Forced     int    `json:"forced" doc:"checked besides the quota"`
	Checked    int    `json:"checked" doc:"of those drawn for the quota, concluded"`
	Covered    int    `json:"covered" doc:"branches with such a check"`
	Passed     int    `json:"passed" doc:"cleared after a failure included"`
	Failed     int    `json:"failed" doc:"and not cleared"`
	Attend     int    `json:"attend"`
	Visit      int    `json:"visit"`
	Phone      int    `json:"phone"`
	Overridden int    `json:"overridden" doc:"of method or inspectors"`
}

// OfQuarter is the quarter that a route is about.
type OfQuarter struct {
	Quarter string `path:"quarter" doc:"2026Q3"`
}

// readQuarters lists the quarters of the last ten years, the latest first, as
// far as they are drawn from.
func readQuarters(ctx context.Context, s *server, c *call, _ *noInput) (*bodyOf[[]QuarterLine], error) {
	if s.Draws == nil {
		return nil, problem("not-supported")
	}
	quarters, err := s.Draws.Quarters(ctx, calendar.DateOf(c.now))
	if err != nil {
		return nil, err
	}
	lines := []QuarterLine{}
	for _, q := range quarters {
		digest, err := s.bundleDigest(ctx, q)
		if err != nil {
			return nil, err
		}
		lines = append(lines, quarterLine(q, digest))
	}
	return &bodyOf[[]QuarterLine]{lines}, nil
}

func readQuarter(ctx context.Context, s *server, _ *call, in *OfQuarter) (*bodyOf[QuarterView], error) {
	q, p, err := s.published(ctx, in.Quarter)
	if err != nil {
		return nil, err
	}
	b := p.bundle
	v := QuarterView{QuarterLine: quarterLine(q, ""), Quarter: string(b.Opening.Quarter), Algorithm: b.Opening.Algorithm,
		Quota: b.Opening.Quota.String(), Online: b.Opening.Online.String(), Commitments: q.Parties, Strata: strata(q, b.Opening.Strata),
		Methods: q.Methods, TopUpMethods: q.TopUpMethods, LeadDays: q.LeadDays}
	if v.Closed {
		v.reveal(p)
	}
	return &bodyOf[QuarterView]{v}, nil
}

// reveal adds what the closing published.
func (v *QuarterView) reveal(p *published) {
	v.Digest = p.digest
	for _, party := range slices.Sorted(maps.Keys(p.bundle.Keys)) {
		key := p.bundle.Keys[party]
		v.Keys = append(v.Keys, KeyView{party, hex.EncodeToString(key[:])})
	}
	for _, f := range p.figures {
		v.Figures = append(v.Figures, StratumFigures(f))
		if !f.Met() {
			v.BelowQuota = append(v.BelowQuota, f.Stratum)
		}
	}
}

// draw is the record of a quarter that is drawn from.
func (s *server) draw(ctx context.Context, text string) (*register.Quarter, error) {
	if s.Draws == nil {
		return nil, problem("not-supported")
	}
	id, ok := register.ParseQuarter(text)
	if !ok {
		return nil, problem("bad-quarter").at("path.quarter")
	}
	view := s.Engine.View(ctx, s.County)
	q, known := view.Quarter(id)
	switch {
	case view.Err() != nil:
		return nil, view.Err()
	case !known:
		return nil, problem("unknown-quarter").at("path.quarter")
	case q.Undrawn:
		return nil, problem("undrawn-quarter").at("path.quarter")
	}
	return q, nil
}

// published is what is published of a quarter. That of a closed one is shared
// by all who ask.
type published struct {
	bundle  *sampling.Bundle
	digest  string              // hexadecimal; "" before the closing
	figures []spotcheck.Figures // none before the closing
}

// published is a quarter with what is published of it: after the closing whole, before it as
// far as anybody may know it. Of a meeting that is still to come it is not
// said that it is checked besides the quota: the inspectors are told of that
// when they are told of the others.
//
// A closed quarter is drawn anew once, not by everybody who asks.
func (s *server) published(ctx context.Context, text string) (*register.Quarter, *published, error) {
	q, err := s.draw(ctx, text)
	if err != nil {
		return nil, nil, err
	}
	if q.ClosedOn.IsZero() {
		b, err := s.Draws.Bundle(ctx, q.ID)
		if err != nil {
			return nil, nil, err
		}
		for i := range b.Filings {
			if f := &b.Filings[i]; len(b.Keys) == 0 && f.Point == 0 {
				f.Forced = ""
			}
		}
		return q, &published{bundle: b}, nil
	}
	p, err := s.closed.get(q.ID, time.Time{}, func() (*published, error) {
		b, err := s.Draws.Bundle(ctx, q.ID)
		if err != nil {
			return nil, err
		}
		return &published{b, b.Digest().String(), spotcheck.FiguresOf(b)}, nil
	})
	return q, p, err
}

type fileOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func readBundle(ctx context.Context, s *server, c *call, in *quarterSheetInput) (*fileOutput, error) {
	q, p, err := s.published(ctx, in.Quarter)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	kind := "application/json"
	switch in.Format {
	case "csv":
		kind, err = papers.CSVType, s.bundleBook(p, c.en).CSV(&file)
	case "xlsx":
		kind, err = papers.XLSXType, s.bundleBook(p, c.en).XLSX(&file)
	default:
		err = p.bundle.Encode(&file)
	}
	name := fmt.Sprintf("spotcheck-%s-%s.%s", s.County, q.ID, in.Format)
	return &fileOutput{kind, fmt.Sprintf(`attachment; filename="%s"`, name), file.Bytes()}, err
}

// bundleDoor documents the bundle as what it is: one JSON object in its
// canonical spelling, given as the bytes that its digest is of; or the same as
// tables for readers, which no program verifies.
func bundleDoor(s *server, doors huma.API, op huma.Operation) {
	file := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	op.Responses = map[string]*huma.Response{"200": {Description: "The bundle of the quarter, as the file is described in doc/bundle.md",
		Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: huma.TypeObject}}, papers.CSVType: file, papers.XLSXType: file}}}
	door(readBundle)(s, doors, op)
}

// bundleDigest is the digest of a quarter's bundle as the closing recorded it,
// "" before.
func (s *server) bundleDigest(ctx context.Context, q *register.Quarter) (string, error) {
	if q.ClosedOn.IsZero() {
		return "", nil
	}
	c, err := s.Engine.Refold(ctx, s.County, engine.CaseID(q.Case))
	if err != nil {
		return "", err
	}
	return s.holding(c).text("bundle"), nil
}

func quarterLine(q *register.Quarter, digest string) QuarterLine {
	v := QuarterLine{ID: q.ID, From: q.ID.First(), To: q.ID.Last(), Points: each(q.Points, func(on calendar.Date) PointView { return PointView{On: on} }),
		Closed: !q.ClosedOn.IsZero(), ClosedOn: q.ClosedOn, Digest: digest}
	for i, d := range q.Drawn {
		v.Points[i] = PointView{q.Points[i], d.On, d.Frame, d.Selection}
	}
	return v
}

func strata(q *register.Quarter, names []string) []StratumView {
	return each(names, func(name string) StratumView {
		v := StratumView{name, []register.OrgID{}}
		for _, id := range slices.Sorted(maps.Keys(q.Strata)) {
			if q.Strata[id] == name {
				v.Committees = append(v.Committees, id)
			}
		}
		return v
	})
}
