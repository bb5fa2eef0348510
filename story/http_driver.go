package story

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// Front serves a story's county over HTTP: the address, and the token of an
// office. It is asked once a story; what it served before may end.
type Front func(e *engine.Engine, county register.CountyID) (base string, token func(register.OfficeID) string, err error)

// HTTPDriver plays stories over the JSON API, against a server in demo mode
// whose requests may choose their instant. What the API has no door for, the
// set-up of a story, the acts of the calendar and the check of the store,
// goes to the engine behind the server.
type HTTPDriver struct {
	*EngineDriver
	front  Front
	client *http.Client

	base  string
	token func(register.OfficeID) string
	eye   register.OfficeID // who looks: an auditor of the county
	keys  atomic.Int64
}

var (
	_ Driver = (*EngineDriver)(nil)
	_ Driver = (*HTTPDriver)(nil)
)

// NewHTTPDriver plays stories through the server that front starts over the
// engine of the driver behind it.
func NewHTTPDriver(behind *EngineDriver, client *http.Client, front Front) *HTTPDriver {
	return &HTTPDriver{EngineDriver: behind, front: front, client: client}
}

// Begin implements [Driver].
func (d *HTTPDriver) Begin(ctx context.Context, story, profile string, set []Setting) (register.CountyID, string, error) {
	county, mark, err := d.EngineDriver.Begin(ctx, story, profile, set)
	if err != nil {
		return "", "", err
	}
	d.eye = ""
	d.base, d.token, err = d.front(d.EngineDriver.engine, county)
	return county, mark, err
}

// Register implements [Driver]. With the county it makes the office that
// looks at cases.
func (d *HTTPDriver) Register(ctx context.Context, entities []register.Entity, on calendar.Date, at time.Time) error {
	if d.eye == "" {
		d.eye = "f-eye"
		eye := &register.Person{ID: "p-eye", Name: "明示例", Standing: register.Full, Since: partyMemberSince}
		entities = append(entities[:len(entities):len(entities)], eye, &register.Office{ID: d.eye, Person: eye.ID,
			Post: register.Auditor, Org: register.OrgID(d.county), From: calendar.On(1990, 1, 1)})
	}
	return d.EngineDriver.Register(ctx, entities, on, at)
}

// Act implements [Driver].
func (d *HTTPDriver) Act(ctx context.Context, office register.OfficeID, m engine.Move, now time.Time) (*engine.Answer, error) {
	if office == engine.ClockOffice {
		return d.EngineDriver.Act(ctx, office, m, now)
	}
	body := map[string]any{"action": m.Action, "fields": m.Fields, "reason": m.Reason}
	if !m.On.IsZero() {
		body["on"] = m.On
	}
	path := "/api/v1/cases"
	if m.Case == "" {
		body["workflow"], body["org"] = m.Workflow, m.Org
		if m.Person != "" {
			body["person"] = m.Person
		}
		if m.Parent != "" {
			body["parent"] = m.Parent
		}
	} else {
		path += "/" + url.PathEscape(string(m.Case)) + "/acts"
		seen, err := d.seen(ctx, m, now)
		if err != nil {
			return nil, err
		}
		body["seen"] = seen
	}
	key := m.Key
	if key == "" {
		key = "story-" + strconv.FormatInt(d.keys.Add(1), 10)
	}
	answer := &engine.Answer{}
	err := d.call(ctx, http.MethodPost, path, office, now, map[string]string{"Idempotency-Key": key}, body, answer)
	if err == nil {
		d.note(answer.Case)
	}
	return answer, err
}

// seen is the seq an act says it looked at. A story that does not say looks
// right before.
func (d *HTTPDriver) seen(ctx context.Context, m engine.Move, now time.Time) (int64, error) {
	if m.Seen != 0 {
		return m.Seen, nil
	}
	s, err := d.Look(ctx, m.Case, now)
	if err != nil {
		return 0, err
	}
	return s.Seq, nil
}

// caseView is what the driver reads of the API's view of a case.
type caseView struct {
	Stage   struct{ Key string }
	Org     register.OrgID
	Seq     int64
	Round   int
	Ended   bool
	Held    map[string]string
	Facts   map[string]json.RawMessage
	Trail   []Done
	Outlook struct {
		Can     []struct{ Action struct{ Key string } }
		Blocked []struct {
			Action  struct{ Key string }
			Grounds []groundView
		}
		Due []struct {
			Action struct{ Key string }
			On     calendar.Date
		}
	}
}

type groundView struct {
	Code    string
	Article engine.Article
	Zh, En  string
	Missing []engine.Words
}

func (g groundView) ground() engine.Ground {
	return engine.Ground{Code: g.Code, Article: g.Article, Words: engine.Words{Zh: g.Zh, En: g.En}, Missing: g.Missing}
}

func (d *HTTPDriver) view(ctx context.Context, office register.OfficeID, id engine.CaseID, now time.Time) (*caseView, error) {
	v := &caseView{}
	return v, d.call(ctx, http.MethodGet, "/api/v1/cases/"+url.PathEscape(string(id)), office, now, nil, nil, v)
}

// Look implements [Driver].
func (d *HTTPDriver) Look(ctx context.Context, id engine.CaseID, now time.Time) (*State, error) {
	v, err := d.view(ctx, d.eye, id, now)
	var kept *engine.NotFound
	if errors.As(err, &kept) {
		return d.EngineDriver.Look(ctx, id, now) // from the auditor, for the time being
	}
	if err != nil {
		return nil, err
	}
	s := &State{Stage: v.Stage.Key, Org: v.Org, Trail: v.Trail, Seq: v.Seq, Round: v.Round, Ended: v.Ended, Held: v.Held, Facts: v.Facts}
	for _, due := range v.Outlook.Due {
		s.Due = append(s.Due, engine.Deadline{Action: due.Action.Key, On: due.On})
	}
	return s, nil
}

// Outlook implements [Driver].
func (d *HTTPDriver) Outlook(ctx context.Context, office register.OfficeID, id engine.CaseID, now time.Time) (*View, error) {
	v, err := d.view(ctx, office, id, now)
	if err != nil {
		return nil, err
	}
	out := &View{Blocked: map[string][]engine.Ground{}}
	for _, c := range v.Outlook.Can {
		out.Offered = append(out.Offered, c.Action.Key)
	}
	for _, b := range v.Outlook.Blocked {
		for _, g := range b.Grounds {
			out.Blocked[b.Action.Key] = append(out.Blocked[b.Action.Key], g.ground())
		}
	}
	return out, nil
}

// Person implements [Driver]. The API masks people; what it shows must be
// what the register holds.
func (d *HTTPDriver) Person(ctx context.Context, id register.PersonID, now time.Time) (*register.Person, error) {
	p, err := d.EngineDriver.Person(ctx, id, now)
	if err != nil {
		return nil, err
	}
	var shown struct {
		Name     string
		Standing register.Standing
		Since    calendar.Date
		PartyAge calendar.Date `json:"party_age"`
		Org      register.OrgID
	}
	if err := d.call(ctx, http.MethodGet, "/api/v1/people/"+url.PathEscape(string(id)), d.eye, now, nil, nil, &shown); err != nil {
		return nil, err
	}
	q := *p
	q.Name, q.Standing, q.Since, q.PartyAge, q.Org = shown.Name, shown.Standing, shown.Since, shown.PartyAge, shown.Org
	return &q, nil
}

// problem is an error as the API tells it.
type problem struct {
	Code     string
	Detail   string
	DetailEn string `json:"detail_en"`
	Where    string
	Grounds  []groundView
	Seq      int64
}

// err is the engine's error of a problem.
func (p *problem) err(action string, status int) error {
	words := engine.Words{Zh: p.Detail, En: p.DetailEn}
	switch {
	case p.Code == "refused":
		r := &engine.Refused{Action: action}
		for _, g := range p.Grounds {
			r.Grounds = append(r.Grounds, g.ground())
		}
		return r
	case p.Code == "post-not-allowed":
		// The door is shut before the engine says the same.
		return &engine.Refused{Action: action, Grounds: []engine.Ground{{Code: "role", Article: shutDoor, Words: words}}}
	case status == http.StatusNotFound:
		return &engine.NotFound{What: p.DetailEn}
	case status == http.StatusConflict, status == http.StatusPreconditionFailed, p.Code == "key-reused":
		return &engine.Conflict{Code: p.Code, Words: words, Seq: p.Seq}
	case status >= 400 && status < 500:
		return &engine.Invalid{Code: p.Code, Where: p.Where, Words: words}
	}
	return fmt.Errorf("status %d: %s: %s", status, p.Code, p.DetailEn)
}

// maxAnswer is the most the driver reads of an answer, in bytes.
const maxAnswer = 8 << 20

// call does one request and reads its answer.
func (d *HTTPDriver) call(ctx context.Context, method, path string, office register.OfficeID, now time.Time, headers map[string]string, body, out any) error {
	var sent io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, d.base+path, sent)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+d.token(office))
	req.Header.Set("X-Jinchu-Now", now.Format(time.RFC3339))
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		p := &problem{}
		if err := json.Unmarshal(raw, p); err != nil {
			return fmt.Errorf("%s %s: status %d", method, path, resp.StatusCode)
		}
		return p.err(path, resp.StatusCode)
	}
	return json.Unmarshal(raw, out)
}
