package api

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/papers"
	"jinchu/register"
)

// ResponsibilityView is who answers for a case and the cases that depend on
// it.
type ResponsibilityView struct {
	RowView
	Entries []AnswerableView `json:"entries" doc:"by the instant of recording; those an act names follow who did it"`
	Cut     bool             `json:"cut,omitempty" doc:"there are more dependent cases than were looked at"`
}

// AnswerableView is one who answers for an act.
type AnswerableView struct {
	Case       engine.CaseID     `json:"case" doc:"the case itself, or one that depends on it"`
	Workflow   string            `json:"workflow"`
	Seq        int64             `json:"seq"`
	Capacity   Named             `json:"capacity" doc:"a closed list"`
	NamedAs    *Named            `json:"named_as,omitempty" doc:"the field that names them, of those named"`
	Office     register.OfficeID `json:"office,omitempty" doc:"of who acted"`
	Post       register.Post     `json:"post,omitempty"`
	Org        register.OrgID    `json:"org,omitempty"`
	OrgName    string            `json:"org_name,omitempty"`
	Person     register.PersonID `json:"person,omitempty" doc:"absent where the caller may not know"`
	PersonName string            `json:"person_name,omitempty" doc:"absent where the caller may not know"`
	On         calendar.Date     `json:"on" format:"date"`
	At         time.Time         `json:"at" doc:"the instant of recording"`
	Action     ActionView        `json:"action"`
	Article    engine.Article    `json:"article,omitempty" doc:"of the rule"`
	Rule       string            `json:"rule" doc:"hash of the rule that allowed it"`
	RuleKnown  bool              `json:"rule_known" doc:"the rule stands today as it stood then"`
	From       StageView         `json:"from"`
	To         StageView         `json:"to"`
	Said       []SaidView        `json:"said,omitempty" doc:"what was decided in figures and choices; of a vote the totals"`
	Flags      []string          `json:"flags,omitempty" doc:"late, back-dated, or what a rule notes"`
	Reason     string            `json:"reason,omitempty"`
	Saw        *SightView        `json:"saw,omitempty" doc:"the case when they acted"`
}

// SaidView is one value an act gave.
type SaidView struct {
	Named
	Value any `json:"value"`

	field *engine.Field // for its words in a table
}

// SightView is the case right before an act.
type SightView struct {
	Seq   int64          `json:"seq" doc:"of the last event; 0 before the case was opened"`
	Stage StageView      `json:"stage"`
	Round int            `json:"round"`
	Head  ledger.Hash    `json:"head" doc:"of the hash chain; zero before the case was opened"`
	Facts map[string]any `json:"facts,omitempty" doc:"field to what counted; of a body that votes the number of its members"`
}

// DeedsView is a part of what an office or a person has signed.
type DeedsView struct {
	Items []DeedView `json:"items" doc:"by case and seq"`
	Next  string     `json:"next,omitempty" doc:"cursor of the next part; also in Link. A part may be empty and have a next"`
}

// DeedView is one act and how it turned out.
type DeedView struct {
	AnswerableView
	Outcome *OutcomeView `json:"outcome,omitempty" doc:"absent where the case has left the caller's reach"`
}

// OutcomeView is how the case of a deed stands now.
type OutcomeView struct {
	LineView
	Checks []ChildView `json:"checks" doc:"dependent cases the caller may know of"`
	Later  []LaterView `json:"later" doc:"returns, refusals and lapses since"`
}

// ChildView is a dependent case.
type ChildView struct {
	ID       engine.CaseID `json:"id"`
	Workflow string        `json:"workflow"`
	Stage    StageView     `json:"stage"`
	Ended    bool          `json:"ended,omitempty"`
}

// LaterView is an act that came after a deed.
type LaterView struct {
	Seq      int64         `json:"seq"`
	On       calendar.Date `json:"on" format:"date"`
	Action   ActionView    `json:"action"`
	Capacity Named         `json:"capacity"`
	To       StageView     `json:"to"`
}

type responsibilityInput struct {
	ID engine.CaseID `path:"id"`
	Formatted
}

func responsibility(ctx context.Context, s *server, c *call, in *responsibilityInput) (*sheet[ResponsibilityView], error) {
	r, err := s.Engine.Responsibility(ctx, c.actor, in.ID, c.now)
	if err != nil {
		return nil, err
	}
	view := ResponsibilityView{RowView: s.rowView(r.Row, calendar.DateOf(c.now)), Entries: each(r.Entries, s.answerableView), Cut: r.Cut}
	return &sheet[ResponsibilityView]{view: view, file: "responsibility",
		table: func(en bool) *papers.Table { return responsibilityTable(&view, en) }}, nil
}

// DeedsPaged pages through deeds.
type DeedsPaged struct {
	Formatted
	Cursor string `query:"cursor" maxLength:"200"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type officeDeedsInput struct {
	ID register.OfficeID `path:"id"`
	DeedsPaged
}

type personDeedsInput struct {
	ID register.PersonID `path:"id"`
	DeedsPaged
}

func officeDeeds(ctx context.Context, s *server, c *call, in *officeDeedsInput) (*sheet[DeedsView], error) {
	return s.deeds(ctx, c, engine.DeedsQuery{Office: in.ID}, in.DeedsPaged)
}

func personDeeds(ctx context.Context, s *server, c *call, in *personDeedsInput) (*sheet[DeedsView], error) {
	return s.deeds(ctx, c, engine.DeedsQuery{Person: in.ID}, in.DeedsPaged)
}

func (s *server) deeds(ctx context.Context, c *call, q engine.DeedsQuery, p DeedsPaged) (*sheet[DeedsView], error) {
	var err error
	if q.After, err = parseDeedCursor(p.Cursor); err != nil {
		return nil, err
	}
	q.Limit = p.Limit
	d, err := s.Engine.Deeds(ctx, c.actor, q, c.now)
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(c.now)
	view := DeedsView{Items: each(d.Lines, func(l engine.DeedLine) DeedView { return s.deedView(l, today) })}
	out := &sheet[DeedsView]{file: "deeds", table: func(en bool) *papers.Table { return deedsTable(&view, en) }}
	if d.Next != nil {
		view.Next = deedCursorText(*d.Next)
		out.link = nextLink(c, view.Next)
	}
	out.view = view
	return out, nil
}

func (s *server) answerableView(a engine.Answerable) AnswerableView {
	v := AnswerableView{Case: a.Case, Workflow: a.Workflow, Seq: a.Seq, Capacity: named(string(a.Capacity), a.Capacity.Words()),
		Office: a.Office, Post: a.Post, Org: a.Org, OrgName: a.OrgName, Person: a.Person, PersonName: a.PersonName,
		On: a.On, At: a.At, Action: s.actionOf(a.Workflow, a.Action), Article: a.Article, Rule: a.Rule, RuleKnown: a.Known,
		From: s.stageOf(a.Workflow, a.From), To: s.stageOf(a.Workflow, a.To),
		Said:  each(a.Said, func(x engine.Said) SaidView { return SaidView{named(x.Field.Key, x.Field.Words), x.Value, x.Field} }),
		Flags: a.Flags, Reason: a.Reason}
	if a.Field != nil {
		as := named(a.Field.Key, a.Field.Words)
		v.NamedAs = &as
	}
	if a.Saw != nil {
		v.Saw = &SightView{a.Saw.Seq, s.stageOf(a.Workflow, a.Saw.Stage), a.Saw.Round, a.Saw.Head, a.Saw.Facts}
	}
	return v
}

func (s *server) deedView(l engine.DeedLine, today calendar.Date) DeedView {
	v := DeedView{AnswerableView: s.answerableView(l.Answerable)}
	if o := l.Outcome; o != nil {
		v.Outcome = &OutcomeView{
			LineView: LineView{s.rowView(o.Row, today), o.PersonName, o.OrgName},
			Checks: each(o.Checks, func(c engine.Child) ChildView {
				return ChildView{c.ID, c.Workflow, s.stageOf(c.Workflow, c.Stage), c.Ended}
			}),
			Later: each(o.Later, func(a engine.After) LaterView {
				return LaterView{a.Seq, a.On, s.actionOf(l.Workflow, a.Action), named(string(a.Capacity), a.Capacity.Words()), s.stageOf(l.Workflow, a.To)}
			}),
		}
	}
	return v
}

// stageOf is a stage by its key; one that the workflow has no more keeps it.
func (s *server) stageOf(workflow, key string) StageView {
	if key == engine.New.Key {
		return stageView(engine.New)
	}
	if w, ok := s.Engine.Workflow(workflow); ok {
		if stage, ok := w.Stage(key); ok {
			return stageView(stage)
		}
	}
	return StageView{Named: Named{Key: key}}
}

// actionOf is an action by its key; one that the workflow has no more keeps
// it.
func (s *server) actionOf(workflow, key string) ActionView {
	if w, ok := s.Engine.Workflow(workflow); ok {
		if a, ok := w.Action(key); ok {
			return actionView(a)
		}
	}
	return ActionView{Named: Named{Key: key}}
}

// A cursor is opaque to callers: the event after which to go on.
func deedCursorText(c engine.DeedCursor) string {
	return base64.RawURLEncoding.EncodeToString([]byte(string(c.Case) + "|" + strconv.FormatInt(c.Seq, 10)))
}

func parseDeedCursor(text string) (c engine.DeedCursor, err error) {
	if text == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	id, seq, ok := strings.Cut(string(b), "|")
	c.Case = engine.CaseID(id)
	if err == nil && ok {
		c.Seq, err = strconv.ParseInt(seq, 10, 64)
	}
	if err != nil || !ok || c.Seq < 0 || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return engine.DeedCursor{}, problem("bad-cursor").at("query.cursor")
	}
	return c, nil
}
