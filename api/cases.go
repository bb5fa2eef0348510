package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// MeView is the caller's office.
type MeView struct {
	County  register.CountyID `json:"county"`
	Office  register.OfficeID `json:"office"`
	Post    register.Post     `json:"post"`
	Org     register.OrgID    `json:"org"`
	OrgName string            `json:"org_name"`
	Today   calendar.Date     `json:"today" format:"date"`
}

type noInput struct{}

type bodyOf[T any] struct{ Body T }

func me(_ context.Context, s *server, c *call, _ *noInput) (*bodyOf[MeView], error) {
	return &bodyOf[MeView]{MeView{s.County, c.office.ID, c.office.Post, c.org.ID, c.org.Name, calendar.DateOf(c.now)}}, nil
}

// Keyed is the idempotency key every POST on cases carries.
type Keyed struct {
	Key string `header:"Idempotency-Key" required:"true" maxLength:"128" pattern:"^[!-~]+$" doc:"one per intended act; the same key again gives the first answer"`
}

// OpenBody opens a case.
type OpenBody struct {
	Workflow string                     `json:"workflow"`
	Action   string                     `json:"action,omitempty" doc:"submit-application if absent"`
	Person   register.PersonID          `json:"person,omitempty" doc:"left out for a case about an organization"`
	Org      register.OrgID             `json:"org" doc:"the branch that keeps the case"`
	Parent   engine.CaseID              `json:"parent,omitempty" doc:"the case this one depends on"`
	On       calendar.Date              `json:"on,omitzero" format:"date" doc:"the day it happened; today if absent"`
	Fields   map[string]json.RawMessage `json:"fields,omitempty" doc:"see the action's fields"`
	Reason   string                     `json:"reason,omitempty" maxLength:"4000" doc:"of a late or back-dated act"`
}

// ActBody is one act in a case.
type ActBody struct {
	Action string                     `json:"action"`
	On     calendar.Date              `json:"on,omitzero" format:"date" doc:"the day it happened; today if absent"`
	Fields map[string]json.RawMessage `json:"fields,omitempty" doc:"see the action's fields"`
	Reason string                     `json:"reason,omitempty" maxLength:"4000" doc:"of a late or back-dated act"`
	Seen   int64                      `json:"seen,omitempty" minimum:"1" doc:"the seq looked at, instead of If-Match"`
}

type openInput struct {
	Keyed
	Body OpenBody
}

type actInput struct {
	Keyed
	ID      engine.CaseID `path:"id"`
	IfMatch string        `header:"If-Match" doc:"the ETag of the case as it was looked at"`
	Body    ActBody
}

type answerOutput struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Replayed string `header:"Idempotency-Replayed" doc:"true where this is the first answer to the key, again"`
	Body     engine.Answer
}

const defaultOpening = "submit-application"

func open(ctx context.Context, s *server, c *call, in *openInput) (*answerOutput, error) {
	b := in.Body
	m := engine.Move{Workflow: b.Workflow, Action: b.Action, Person: b.Person, Org: b.Org, Parent: b.Parent,
		On: b.On, Fields: moveFields(b.Fields), Reason: b.Reason, Key: in.Key, Digest: digest("open", b)}
	if m.Action == "" {
		m.Action = defaultOpening
	}
	return s.answer(s.Engine.Act(ctx, c.actor, m, c.now))
}

func act(ctx context.Context, s *server, c *call, in *actInput) (*answerOutput, error) {
	seen, err := seenIn(in)
	if err != nil {
		return nil, err
	}
	b := in.Body
	m := engine.Move{Case: in.ID, Action: b.Action, On: b.On, Fields: moveFields(b.Fields), Reason: b.Reason,
		Seen: seen, Key: in.Key, Digest: digest("act "+string(in.ID), ActBody{b.Action, b.On, b.Fields, b.Reason, 0})}
	return s.answer(s.Engine.Act(ctx, c.actor, m, c.now))
}

func (s *server) answer(a *engine.Answer, err error) (*answerOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &answerOutput{ETag: etag(a.Seq), Location: "/api/v1/cases/" + url.PathEscape(string(a.Case)), Body: *a}
	if a.Repeat {
		out.Replayed = "true"
	}
	return out, nil
}

// digest identifies a request under its key. What the caller had seen is left
// out: a repeat after a look at the case is still the same act.
func digest(what string, body any) string {
	b, err := json.Marshal(body)
	if err != nil {
		panic(err) // of a body that was JSON
	}
	sum := sha256.Sum256(append([]byte(what+"\n"), b...))
	return hex.EncodeToString(sum[:])
}

func moveFields(fields map[string]json.RawMessage) map[string]any {
	out := make(map[string]any, len(fields))
	for k, v := range fields {
		out[k] = v
	}
	return out
}

func etag(seq int64) string { return `"` + strconv.FormatInt(seq, 10) + `"` }

// seenIn is the seq the caller looked at: of the body, or of If-Match.
func seenIn(in *actInput) (int64, error) {
	if in.IfMatch == "" {
		if in.Body.Seen == 0 {
			return 0, problem("precondition-missing").at("header.If-Match")
		}
		return in.Body.Seen, nil
	}
	text, ok := strings.CutPrefix(in.IfMatch, `"`)
	text, ok2 := strings.CutSuffix(text, `"`)
	seq, err := strconv.ParseInt(text, 10, 64)
	if !ok || !ok2 || err != nil || seq < 1 || in.Body.Seen != 0 && in.Body.Seen != seq {
		return 0, problem("bad-precondition").at("header.If-Match")
	}
	return seq, nil
}

// CaseView is a case with what the caller can do in it.
type CaseView struct {
	RowView
	Round   int               `json:"round"`
	Subject PersonView        `json:"subject"`
	OrgName string            `json:"org_name"`
	Held    map[string]string `json:"held,omitempty" doc:"claims held: kind to key"`
	Facts   map[string]any    `json:"facts,omitempty" doc:"field to what counts now"`
	Trail   []TraceView       `json:"trail" doc:"oldest first"`
	Outlook OutlookView       `json:"outlook"`
}

type caseInput struct {
	ID engine.CaseID `path:"id"`
}

type caseOutput struct {
	ETag string `header:"ETag" doc:"the seq; send it back as If-Match"`
	Body CaseView
}

func readCase(ctx context.Context, s *server, c *call, in *caseInput) (*caseOutput, error) {
	d, err := s.Engine.Case(ctx, c.actor, in.ID, c.now)
	if err != nil {
		return nil, err
	}
	return &caseOutput{etag(d.Row.Seq), CaseView{
		RowView: s.rowView(d.Row, calendar.DateOf(c.now)), Round: d.Round, Subject: personView(d.Person), OrgName: d.Org.Name,
		Held: d.Held, Facts: d.Facts, Trail: each(d.Trail, traceView), Outlook: outlookView(d.Outlook),
	}}, nil
}

type eventsInput struct {
	ID    engine.CaseID `path:"id"`
	After int64         `query:"after" minimum:"0" doc:"the last seq already seen"`
}

func readEvents(ctx context.Context, s *server, c *call, in *eventsInput) (*bodyOf[[]EventView], error) {
	events, err := s.Engine.Events(ctx, c.actor, in.ID, in.After, c.now)
	if err != nil {
		return nil, err
	}
	return &bodyOf[[]EventView]{eventViews(events)}, nil
}

// LineView is one case of a list.
type LineView struct {
	RowView
	PersonName string `json:"person_name"`
	OrgName    string `json:"org_name"`
}

// ListView is a part of a list.
type ListView struct {
	Items []LineView `json:"items"`
	Next  string     `json:"next,omitempty" doc:"cursor of the next part; also in Link"`
}

// Paged selects and pages a list.
type Paged struct {
	Workflow string         `query:"workflow"`
	Stage    string         `query:"stage"`
	Org      register.OrgID `query:"org" doc:"this organization and all below it"`
	Cursor   string         `query:"cursor" maxLength:"200"`
	Limit    int            `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (p Paged) query() (engine.WorklistQuery, error) {
	after, err := parseCursor(p.Cursor)
	return engine.WorklistQuery{Workflow: p.Workflow, Stage: p.Stage, Org: p.Org, Limit: p.Limit, After: after}, err
}

type listOutput struct {
	Link string `header:"Link"`
	Body ListView
}

type worklistInput struct {
	Paged
	All bool `query:"all" doc:"also the cases in which the caller cannot act now"`
}

func worklist(ctx context.Context, s *server, c *call, in *worklistInput) (*listOutput, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	q.All = in.All
	page, err := s.Engine.Worklist(ctx, c.actor, q, c.now)
	return s.list(c, page, err)
}

type dueInput struct {
	Paged
	By calendar.Date `query:"by" required:"true" format:"date" doc:"due on or before this day"`
}

func due(ctx context.Context, s *server, c *call, in *dueInput) (*listOutput, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	q.All, q.DueBy = true, in.By
	page, err := s.Engine.Worklist(ctx, c.actor, q, c.now)
	return s.list(c, page, err)
}

func overdue(ctx context.Context, s *server, c *call, in *Paged) (*listOutput, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	page, err := s.Engine.Overdue(ctx, c.actor, q, c.now)
	return s.list(c, page, err)
}

func (s *server) list(c *call, page *engine.Page, err error) (*listOutput, error) {
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(c.now)
	out := &listOutput{Body: ListView{Items: each(page.Lines, func(l engine.Line) LineView {
		return LineView{s.rowView(l.Row, today), l.PersonName, l.OrgName}
	})}}
	if page.Next != nil {
		out.Body.Next = cursorText(*page.Next)
		out.Link = nextLink(c, out.Body.Next)
	}
	return out, nil
}

// nextLink is the header that leads to the next part of a list.
func nextLink(c *call, cursor string) string {
	q := c.url.Query()
	q.Set("cursor", cursor)
	return fmt.Sprintf("<%s?%s>; rel=\"next\"", c.url.Path, q.Encode())
}

// A cursor is opaque to callers: the due day and the case after which to go
// on.
func cursorText(c engine.Cursor) string {
	return base64.RawURLEncoding.EncodeToString([]byte(c.DueOn.String() + "|" + string(c.ID)))
}

func parseCursor(text string) (c engine.Cursor, err error) {
	if text == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	day, id, ok := strings.Cut(string(b), "|")
	if err != nil || !ok || id == "" || c.DueOn.UnmarshalText([]byte(day)) != nil {
		return engine.Cursor{}, problem("bad-cursor").at("query.cursor")
	}
	c.ID = engine.CaseID(id)
	return c, nil
}
