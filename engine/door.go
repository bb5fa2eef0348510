package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"sync"
	"time"

	"jinchu/calendar"
	"jinchu/register"
)

// Engine is the door: every change of a case goes through [Engine.Act]. It is
// safe for concurrent use.
type Engine struct {
	store     Store
	workflows map[string]*Workflow
	profile   *Profile
	cal       *calendar.Calendar
	cases     *hotCases

	randMu sync.Mutex
	rand   io.Reader
}

// NewEngine opens the door over a store. The workflows are compiled with the
// profile, nil for the national floor. The reader gives the random bytes of
// identifiers and salts.
func NewEngine(store Store, profile *Profile, cal *calendar.Calendar, rand io.Reader, workflows ...*Workflow) (*Engine, error) {
	e := &Engine{store: store, workflows: map[string]*Workflow{}, profile: profile, cal: cal, rand: rand, cases: newHotCases(20000)}
	for _, w := range workflows {
		if err := w.Compile(profile); err != nil {
			return nil, err
		}
		e.workflows[w.Key] = w
	}
	if profile != nil && len(profile.Off)+len(profile.Work) > 0 {
		own, err := cal.With(profile.Off, profile.Work, profile.Name)
		if err != nil {
			return nil, fmt.Errorf("profile %s: %w", profile.Name, err)
		}
		e.cal = own
	}
	return e, nil
}

// Workflow finds a workflow by its key.
func (e *Engine) Workflow(key string) (*Workflow, bool) { w, ok := e.workflows[key]; return w, ok }

// Calendar is the calendar the engine counts with.
func (e *Engine) Calendar() *calendar.Calendar { return e.cal }

// Profile is the county's overlay; nil is the national floor.
func (e *Engine) Profile() *Profile { return e.profile }

// Answer is what an accepted act is answered with.
type Answer struct {
	Case   CaseID            `json:"case"`
	Seq    int64             `json:"seq"`
	Stage  string            `json:"stage"`
	Due    []Deadline        `json:"due,omitempty"`
	Held   map[string]string `json:"held,omitempty"`
	Flags  []string          `json:"flags,omitempty"`
	Head   string            `json:"head"`
	Repeat bool              `json:"-"` // the first answer to this key, again
}

// maxTries bounds how often an act is decided anew because others were first.
const maxTries = 100

// Act does one move, now being the instant of the recording. The outcome is
// acknowledged (an answer), refused or otherwise impossible ([Refused],
// [Invalid], [NotFound], [Conflict]: nothing was changed), or unknown
// ([Unavailable]: the same key tells which).
func (e *Engine) Act(ctx context.Context, actor Actor, m Move, now time.Time) (*Answer, error) {
	if m.Case == "" {
		m.Case = e.newID()
	}
	for range maxTries {
		answer, err := e.try(ctx, actor, m, now)
		switch {
		case errors.Is(err, ErrStale), errors.Is(err, ErrClaimed):
			e.cases.drop(actor.County, m.Case)
			if exists, failed := e.opened(ctx, actor.County, m); exists || failed != nil {
				return e.firstAnswer(ctx, actor, m, cmp.Or(failed, error(errExists)))
			}
			continue
		case err == nil:
			return answer, nil
		}
		// A "no" may rest on a case that another server has moved on since.
		moved, failed := e.catchUp(ctx, actor.County, m.Case)
		switch {
		case failed != nil:
			return nil, failed
		case moved:
			continue
		}
		return e.firstAnswer(ctx, actor, m, err)
	}
	return nil, &Conflict{Code: "stale", Words: Words{"本案正被多人同时办理,请稍后再办", "many are acting on this case at once; nothing was kept, try again"}}
}

// errExists is the answer to who opens a case under an identifier that has
// one.
var errExists = &Conflict{Code: "exists", Words: Words{"该编号的案件已经立案", "a case of this identifier is open already"}}

// opened reports whether a case that was to be opened has been, by somebody
// who was first.
func (e *Engine) opened(ctx context.Context, county register.CountyID, m Move) (bool, error) {
	if m.Workflow == "" {
		return false, nil
	}
	_, err := e.load(ctx, county, m.Case)
	var missing *NotFound
	if errors.As(err, &missing) {
		return false, nil
	}
	return err == nil, err
}

// firstAnswer gives the answer kept under the move's key, if there is one; or
// else the error as it is.
func (e *Engine) firstAnswer(ctx context.Context, actor Actor, m Move, cause error) (*Answer, error) {
	var unavailable *Unavailable
	if m.Key == "" || errors.As(cause, &unavailable) {
		return nil, cause
	}
	digest, kept, ok, err := e.store.Answer(ctx, actor.County, actor.Office, m.Key)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, cause
	case digest != m.Digest:
		return nil, &Conflict{Code: "key-reused", Words: Words{"幂等键已用于另一请求", "the idempotency key was used for another request; use a new one"}}
	}
	a := &Answer{Repeat: true}
	if err := json.Unmarshal(kept, a); err != nil {
		return nil, fmt.Errorf("answer kept under key %s: %w", m.Key, err)
	}
	return a, nil
}

func (e *Engine) try(ctx context.Context, actor Actor, m Move, now time.Time) (*Answer, error) {
	now = now.UTC().Truncate(time.Microsecond)
	s, err := e.situate(ctx, actor, m, now)
	if err != nil {
		return nil, err
	}
	if m.Seen != 0 && m.Seen != s.Case.Seq {
		return nil, e.stale(ctx, s, m.Seen)
	}
	d, err := Decide(s)
	if err != nil {
		return nil, e.refused(ctx, s, m, err)
	}
	return e.commit(ctx, s, m, d)
}

// situate loads what the decision depends on.
func (e *Engine) situate(ctx context.Context, actor Actor, m Move, now time.Time) (*Situation, error) {
	view := e.store.View(ctx, actor.County)
	office, org, err := officeOf(view, actor, calendar.DateOf(now))
	if err != nil {
		return nil, err
	}
	s := &Situation{Action: m.Action, On: m.On, Today: calendar.DateOf(now), Now: now, Reason: strings.TrimSpace(m.Reason),
		Office: office, Org: org, View: view, Cal: e.cal, Profile: e.profile, Given: maps.Clone(m.Fields)}
	if s.Given == nil {
		s.Given = map[string]any{}
	}
	if s.On.IsZero() {
		s.On = s.Today
	}
	switch {
	case m.Workflow == "":
		s.Case, err = e.load(ctx, actor.County, m.Case)
	case m.Parent != "":
		// A case depends only on one that the actor may know of.
		if err = e.reach(ctx, s, actor.County, m.Parent); err == nil {
			s.Case, err = e.blank(view, actor.County, m, s.On)
		}
	default:
		s.Case, err = e.blank(view, actor.County, m, s.On)
	}
	if err != nil {
		return nil, err
	}
	s.Workflow = e.workflows[s.Case.Workflow]
	known, err := e.known(ctx, s)
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, &NotFound{"case " + string(m.Case)}
	}
	if s.Workflow.Traces {
		if s.Handled, err = e.handled(ctx, s.Case); err != nil {
			return nil, err
		}
	}
	return s, view.Err()
}

// reach wants a case to exist within the actor's reach.
func (e *Engine) reach(ctx context.Context, s *Situation, county register.CountyID, id CaseID) error {
	c, err := e.load(ctx, county, id)
	if err != nil {
		return err
	}
	other := *s
	other.Case, other.Workflow = c, e.workflows[c.Workflow]
	known, err := e.known(ctx, &other)
	if err == nil && !known {
		err = &NotFound{"case " + string(id)}
	}
	return err
}

// officeOf finds the actor's office; one that does not exist or is not held
// on the day cannot act.
func officeOf(view View, actor Actor, today calendar.Date) (*register.Office, *register.Org, error) {
	if actor.Office == ClockOffice {
		root := register.OrgID(actor.County)
		org, ok := view.Org(root)
		if !ok {
			org = &register.Org{ID: root, Kind: register.County, Path: string(root)}
		}
		return &register.Office{ID: ClockOffice, Post: register.Clock, Org: root}, org, view.Err()
	}
	office, ok := view.Office(actor.Office)
	if err := view.Err(); err != nil {
		return nil, nil, err
	}
	if !ok || !office.Held(today) {
		return nil, nil, invalid("office-ended", "office", "该岗位不存在或任期已结束",
			fmt.Sprintf("office %q is not held on %s; act under an office in force", actor.Office, today))
	}
	org, ok := view.Org(office.Org)
	if !ok {
		return nil, nil, &NotFound{"organization of the office"}
	}
	return office, org, view.Err()
}

// ClockOffice is the office of the calendar. No token can be had for it.
const ClockOffice register.OfficeID = "clock"

// blank is the case that an opening would begin.
func (e *Engine) blank(view View, county register.CountyID, m Move, on calendar.Date) (*Case, error) {
	if e.workflows[m.Workflow] == nil {
		return nil, invalid("unknown-workflow", "workflow", "没有这种程序:"+m.Workflow, fmt.Sprintf("there is no workflow %q", m.Workflow))
	}
	org, ok := view.Org(m.Org)
	if !ok {
		return nil, &NotFound{"organization " + string(m.Org)}
	}
	switch _, known := view.Person(m.Person); {
	case !e.workflows[m.Workflow].Impersonal && m.Person == "":
		return nil, invalid("missing-field", "person", "请写明本案所涉人员", "say whom the case is about")
	case !e.workflows[m.Workflow].Impersonal && !known:
		return nil, &NotFound{"person " + string(m.Person)}
	case e.workflows[m.Workflow].Impersonal && m.Person != "":
		return nil, invalid("person-given", "person", "该程序不针对个人", "a case of this workflow is about an organization; name no person")
	}
	return Blank(&Event{County: county, Case: m.Case, Workflow: m.Workflow, Parent: m.Parent,
		Person: m.Person, Org: m.Org, Path: org.Path, On: on}), view.Err()
}

// Reaches reports whether the case lies where the actor may know of cases; a
// [Veil] may be over it all the same.
func (s *Situation) Reaches() bool {
	switch {
	case countyWide(s.Office.Post):
		return true
	case s.Office.Post == register.DepartmentOfficer:
		return s.Workflow.Consults != nil && s.Workflow.Consults(s.Case, s.Org)
	case s.Office.Post == register.Administrator:
		return false
	}
	return s.Org.Over(s.Branch())
}

func (e *Engine) stale(ctx context.Context, s *Situation, seen int64) error {
	s, err := e.witness(ctx, s)
	if err != nil {
		return err
	}
	since, err := e.events(ctx, s.Case.County, s.Case.ID, seen)
	if err != nil {
		return err
	}
	return &Conflict{Code: "stale", Seq: s.Case.Seq, Since: s.visible(since),
		Words: Words{"本案在您查看之后已有变化,请看新情况后再办", "the case has moved on since you looked at it; look again and repeat"}}
}

// refused keeps the trace of a refusal, unless the move was answered before:
// then it is a repetition, and that answer counts.
func (e *Engine) refused(ctx context.Context, s *Situation, m Move, err error) error {
	var r *Refused
	if !errors.As(err, &r) {
		return err
	}
	if m.Key != "" {
		if _, _, answered, failed := e.store.Answer(ctx, s.Case.County, s.Office.ID, m.Key); failed != nil || answered {
			if failed != nil {
				return failed
			}
			return err
		}
	}
	trace := &Refusal{County: s.Case.County, Case: s.Case.ID, Workflow: s.Case.Workflow, Stage: s.Case.Stage,
		Action: r.Action, Office: s.Office.ID, At: s.Now, On: s.On, Seq: s.Case.Seq, View: s.View}
	for _, g := range r.Grounds {
		trace.Codes, trace.Articles = append(trace.Codes, g.Code), append(trace.Articles, g.Article)
	}
	if kept := e.store.Refusal(ctx, trace); kept != nil {
		return kept
	}
	return err
}

func (e *Engine) commit(ctx context.Context, s *Situation, m Move, d *Decision) (*Answer, error) {
	entry, err := d.Event.Seal(s.Case.Head, e.salt())
	if err != nil {
		return nil, err
	}
	next, err := Apply(s.Workflow, s.Case, d.Event, entry.Hash)
	if err != nil {
		return nil, err
	}
	answer := &Answer{Case: next.ID, Seq: next.Seq, Stage: next.Stage, Due: next.Due, Held: next.Held,
		Flags: d.Event.Flags, Head: next.Head.String()}
	c := &Commit{County: next.County, Case: next, Entry: entry, Event: d.Event, Effects: d.Effects,
		View: s.View, Office: s.Office.ID, Key: m.Key, Digest: m.Digest}
	for range d.Effects {
		c.Salts = append(c.Salts, e.salt())
	}
	if m.Key != "" {
		if c.Answer, err = json.Marshal(answer); err != nil {
			return nil, err
		}
	}
	// The commit point. A caller that leaves does not stop it.
	if err := e.store.Commit(context.WithoutCancel(ctx), c); err != nil {
		return nil, err
	}
	e.cases.put(next)
	return answer, nil
}

func (e *Engine) salt() (salt [32]byte) {
	e.random(salt[:])
	return salt
}

func (e *Engine) random(b []byte) {
	e.randMu.Lock()
	defer e.randMu.Unlock()
	if _, err := io.ReadFull(e.rand, b); err != nil {
		panic("no random bytes: " + err.Error()) // as crypto/rand does
	}
}

const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// newID is a random case identifier of 26 characters (130 bits).
func (e *Engine) newID() CaseID {
	var b [26]byte
	e.random(b[:])
	for i := range b {
		b[i] = idAlphabet[b[i]%32]
	}
	return CaseID(b[:])
}

// NewPersonID is a random identifier for a person; it says nothing about them.
func (e *Engine) NewPersonID() register.PersonID { return register.PersonID("p-" + e.newID()[:16]) }
