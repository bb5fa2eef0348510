package api

import (
	"encoding/json"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/register"
)

// The views are what goes out: the engine's values under stable names, people
// masked. ID numbers leave only as their last four characters.

// Named is a thing with a key and its words.
type Named struct {
	Key string `json:"key"`
	Zh  string `json:"zh"`
	En  string `json:"en"`
}

func named(key string, w engine.Words) Named { return Named{key, w.Zh, w.En} }

// StageView is a stage of a workflow.
type StageView struct {
	Named
	End bool `json:"end,omitempty" doc:"the case ends here"`
}

func stageView(s engine.Stage) StageView { return StageView{named(s.Key, s.Words), s.End} }

// ActionView is an action of a workflow.
type ActionView struct {
	Named
	Step int `json:"step,omitempty" doc:"its number among the 25 steps"`
}

func actionView(a engine.Action) ActionView { return ActionView{named(a.Key, a.Words), a.Step} }

// FieldView is something an act gives.
type FieldView struct {
	Named
	Kind     engine.FieldKind `json:"kind"`
	Options  []Named          `json:"options,omitempty"`
	Repeated bool             `json:"repeated,omitempty"`
}

func fieldView(f *engine.Field) FieldView {
	option := func(o engine.Option) Named { return named(o.Key, o.Words) }
	return FieldView{named(f.Key, f.Words), f.Kind, each(f.Options, option), f.Repeated}
}

func roleView(r engine.Role) Named { return named(r.Key, r.Words) }

func groundView(g engine.Ground) GroundView {
	return GroundView{g.Code, g.Article, g.Words.Zh, g.Words.En, g.Missing}
}

// PersonView is a person, masked.
type PersonView struct {
	ID       register.PersonID `json:"id"`
	Name     string            `json:"name"`
	Sex      string            `json:"sex,omitempty" doc:"GB/T 2261.1"`
	Standing register.Standing `json:"standing"`
	Since    calendar.Date     `json:"since,omitzero" format:"date"`
	Org      register.OrgID    `json:"org,omitempty"`
	PartyAge calendar.Date     `json:"party_age,omitzero" format:"date"`
	IDNumber string            `json:"id_number,omitempty" doc:"the last four characters"`
}

func personView(p *register.Person) PersonView {
	return PersonView{p.ID, p.Name, p.Sex, p.Standing, p.Since, p.Org, p.PartyAge, p.MaskedID()}
}

// OutlookView is what the caller can do in a case now, and what stands in the
// way of the rest.
type OutlookView struct {
	Can     []OfferView   `json:"can"`
	Blocked []BlockedView `json:"blocked"`
	Waiting []Named       `json:"waiting" doc:"who may move the case on"`
	Due     []DueView     `json:"due" doc:"earliest first"`
}

// OfferView is an action that nothing forbids but what the form is to say.
type OfferView struct {
	Action      ActionView     `json:"action"`
	Article     engine.Article `json:"article"`
	Required    []FieldView    `json:"required"`
	Optional    []FieldView    `json:"optional"`
	To          []StageView    `json:"to"`
	Late        bool           `json:"late,omitempty"`
	NeedsReason bool           `json:"needs_reason,omitempty"`
}

// BlockedView is an action that is refused now whatever the form says.
type BlockedView struct {
	Action  ActionView   `json:"action"`
	Grounds []GroundView `json:"grounds"`
	Mine    bool         `json:"mine" doc:"the caller's to do, once the grounds are gone"`
}

// DueView is an open deadline.
type DueView struct {
	Action  ActionView     `json:"action"`
	On      calendar.Date  `json:"on" format:"date" doc:"the last day in time"`
	Article engine.Article `json:"article,omitempty"`
	Who     []Named        `json:"who" doc:"who can meet it"`
	Overdue bool           `json:"overdue"`
	Left    *int           `json:"left,omitempty" doc:"working days left; absent where the calendar is not published"`
}

func outlookView(o *engine.Outlook) OutlookView {
	return OutlookView{
		Can: each(o.Can, func(f engine.Offer) OfferView {
			return OfferView{actionView(f.Action), f.Article, each(f.Required, fieldView), each(f.Optional, fieldView),
				each(f.To, stageView), f.Late, f.Reason}
		}),
		Blocked: each(o.Blocked, func(b engine.Blocked) BlockedView {
			return BlockedView{actionView(b.Action), each(b.Grounds, groundView), b.Mine}
		}),
		Waiting: each(o.Waiting, roleView),
		Due: each(o.Due, func(d engine.DueView) DueView {
			return DueView{actionView(d.Action), d.On, d.Article, each(d.Who, roleView), d.Overdue, d.Left}
		}),
	}
}

// RowView is a case as its row shows it.
type RowView struct {
	ID        engine.CaseID     `json:"id"`
	Workflow  string            `json:"workflow"`
	Parent    engine.CaseID     `json:"parent,omitempty"`
	Person    register.PersonID `json:"person"`
	Org       register.OrgID    `json:"org"`
	Stage     StageView         `json:"stage"`
	StageOn   calendar.Date     `json:"stage_on" format:"date"`
	OpenedOn  calendar.Date     `json:"opened_on" format:"date"`
	Seq       int64             `json:"seq"`
	Ended     bool              `json:"ended,omitempty"`
	DueOn     calendar.Date     `json:"due_on,omitzero" format:"date"`
	DueAction string            `json:"due_action,omitempty"`
	Overdue   bool              `json:"overdue,omitempty"`
	Head      ledger.Hash       `json:"head" doc:"of the case's hash chain"`
}

func (s *server) rowView(r engine.Row, today calendar.Date) RowView {
	v := RowView{r.ID, r.Workflow, r.Parent, r.Person, r.Org, StageView{}, r.StageOn, r.OpenedOn, r.Seq, r.Ended,
		r.DueOn, r.DueAction, !r.DueOn.IsZero() && r.DueOn.Before(today), r.Head}
	if w, ok := s.Engine.Workflow(r.Workflow); ok {
		if stage, ok := w.Stage(r.Stage); ok {
			v.Stage = stageView(stage)
		}
	}
	return v
}

// TraceView is one act of a case without its content.
type TraceView struct {
	Action string            `json:"action"`
	From   string            `json:"from"`
	Seq    int64             `json:"seq"`
	On     calendar.Date     `json:"on" format:"date"`
	Office register.OfficeID `json:"office"`
	Org    register.OrgID    `json:"org"`
	Round  int               `json:"round"`
}

func traceView(t engine.Trace) TraceView {
	return TraceView{t.Action, t.From, t.Seq, t.On, t.Office, t.Org, t.Round}
}

// EventView is one event of a case.
type EventView struct {
	Seq      int64                      `json:"seq"`
	At       time.Time                  `json:"at"`
	Kind     string                     `json:"kind"`
	Rule     string                     `json:"rule" doc:"hash of the rule that allowed it"`
	Action   string                     `json:"action"`
	From     string                     `json:"from"`
	To       string                     `json:"to"`
	On       calendar.Date              `json:"on" format:"date"`
	Office   register.OfficeID          `json:"office"`
	Post     register.Post              `json:"post"`
	Org      register.OrgID             `json:"org"`
	Fields   map[string]json.RawMessage `json:"fields,omitempty"`
	Claims   []engine.ClaimChange       `json:"claims,omitempty"`
	Flags    []string                   `json:"flags,omitempty"`
	Reason   string                     `json:"reason,omitempty"`
	NewRound bool                       `json:"new_round,omitempty"`
}

func eventViews(events []*engine.Event) []EventView {
	return each(events, func(e *engine.Event) EventView {
		return EventView{e.Seq, e.At, e.Kind, e.Rule, e.Action, e.From, e.To, e.On, e.By.Office, e.By.Post, e.By.Org,
			e.Fields, e.Claims, e.Flags, e.Reason, e.NewRound}
	})
}

// each is never nil, so that a list without entries is written as [].
func each[A, B any](as []A, f func(A) B) []B {
	bs := make([]B, len(as))
	for i, a := range as {
		bs[i] = f(a)
	}
	return bs
}
