package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/register"
)

// noDate is how no date is stored: it sorts after every day.
const noDate = "none"

func dateText(d calendar.Date) string {
	if d.IsZero() {
		return noDate
	}
	return d.String()
}

func dateOf(text string) (calendar.Date, error) {
	if text == noDate {
		return calendar.Date{}, nil
	}
	return calendar.Parse(text)
}

// tuples are n groups of width parameters.
func tuples(n, width int) string {
	one := "(?" + strings.Repeat(", ?", width-1) + ")"
	return one + strings.Repeat(", "+one, n-1)
}

// where collects conditions and their parameters.
type where struct {
	text strings.Builder
	args []any
}

func (w *where) and(text string, args ...any) {
	if w.text.Len() > 0 {
		w.text.WriteString(" AND ")
	}
	w.text.WriteString(text)
	w.args = append(w.args, args...)
}

const caseColumns = `id, workflow, parent, person, org, path, stage, stage_on, opened_on, seq, ended, due_on, due_action, head`

// Rows implements [engine.Store].
func (s *Store) Rows(ctx context.Context, q *engine.Query) ([]engine.Row, error) {
	w := selection(q)
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	w.args = append(w.args, min(limit, 1000))
	rows, err := s.reads.query(ctx, `SELECT `+caseColumns+` FROM cases WHERE `+w.text.String()+` ORDER BY due_on, id LIMIT ?`, w.args...)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	out := []engine.Row{}
	for rows.Next() {
		r, err := scanCase(rows.Scan)
		if err != nil {
			return nil, unavailable(err)
		}
		out = append(out, r)
	}
	return out, unavailable(rows.Err())
}

func selection(q *engine.Query) *where {
	w := &where{}
	w.and("county = ?", string(q.County))
	if q.Open {
		w.and("NOT ended") // as the partial indexes say it
	}
	if q.Path != "" {
		w.and("(path = ? OR path >= ? AND path < ?)", q.Path, q.Path+"/", q.Path+"0") // '0' follows '/'
	}
	if q.Workflow != "" {
		w.and("workflow = ?", q.Workflow)
	}
	if len(q.Stages) > 0 {
		stages := make([]any, len(q.Stages))
		for i, stage := range q.Stages {
			stages[i] = stage
		}
		w.and("stage IN "+tuples(1, len(stages)), stages...)
	}
	if q.Person != "" {
		w.and("person = ?", string(q.Person))
	}
	if q.Parent != "" {
		w.and("parent = ? AND parent <> ''", string(q.Parent))
	}
	if !q.DueBy.IsZero() {
		w.and("due_on <= ?", q.DueBy.String())
	}
	if q.After != (engine.Cursor{}) {
		w.and("(due_on, id) > (?, ?)", dateText(q.After.DueOn), string(q.After.ID))
	}
	return w
}

func scanCase(scan func(...any) error) (r engine.Row, err error) {
	var stageOn, openedOn, dueOn string
	var head []byte
	err = scan(&r.ID, &r.Workflow, &r.Parent, &r.Person, &r.Org, &r.Path, &r.Stage, &stageOn, &openedOn, &r.Seq, &r.Ended,
		&dueOn, &r.DueAction, &head)
	if err != nil {
		return r, err
	}
	for _, d := range []struct {
		to   *calendar.Date
		text string
	}{{&r.StageOn, stageOn}, {&r.OpenedOn, openedOn}, {&r.DueOn, dueOn}} {
		if *d.to, err = dateOf(d.text); err != nil {
			return r, fmt.Errorf("case %s: %w", r.ID, err)
		}
	}
	if len(head) != len(ledger.Hash{}) {
		return r, fmt.Errorf("case %s: its head has %d bytes", r.ID, len(head))
	}
	copy(r.Head[:], head)
	return r, nil
}

// Refusal implements [engine.Store].
func (s *Store) Refusal(ctx context.Context, r *engine.Refusal) error {
	v, err := s.viewOf(r.View)
	if err != nil {
		return err
	}
	codes, err := json.Marshal(r.Codes)
	if err != nil {
		return err
	}
	articles, err := json.Marshal(r.Articles)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	c, err := s.county(ctx, r.County)
	if err != nil {
		return unavailable(err)
	}
	for range maxTries {
		version := c.at()
		if v.stale() {
			return engine.ErrStale
		}
		kept, err := s.keepRefusal(ctx, r, string(codes), string(articles), version)
		if kept || err != nil {
			return unavailable(err)
		}
		now, err := s.registerVersion(ctx, r.County)
		if err != nil {
			return err
		}
		if now == version { // then it was the case that moved
			return engine.ErrStale
		}
		if err := s.refresh(ctx, c); err != nil {
			return err
		}
	}
	return engine.ErrStale
}

// keepRefusal adds the trace if case and register stand where they stood.
func (s *Store) keepRefusal(ctx context.Context, r *engine.Refusal, codes, articles string, version int64) (bool, error) {
	county := string(r.County)
	text := `INSERT INTO refusals (county, case_id, workflow, stage, action, office, at, made_on, codes, articles)
		SELECT ?, ?, ?, ?, ?, ?, CAST(? AS BIGINT), ?, ?, ? WHERE COALESCE((SELECT version FROM register_version WHERE county = ?), 0) = ?`
	args := []any{county, string(r.Case), r.Workflow, r.Stage, r.Action, string(r.Office), r.At.UnixMicro(),
		dateText(r.On), codes, articles, county, version}
	if r.Seq > 0 {
		text += ` AND EXISTS (SELECT 1 FROM cases WHERE county = ? AND id = ? AND seq = ?)`
		args = append(args, county, string(r.Case), r.Seq)
	}
	st, err := s.writes.get(ctx, text)
	if err != nil {
		return false, err
	}
	result, err := st.ExecContext(ctx, args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// EntityQuery selects entities of one county's register, in the order of their
// identifiers. Zero fields do not select.
type EntityQuery struct {
	County register.CountyID
	Kind   register.Kind // needed
	Org    register.OrgID
	Person register.PersonID
	Lookup string
	After  string // identifier, exclusive
	Limit  int    // at most 1000; 0 is 50
}

// Entities lists entities of the register.
func (s *Store) Entities(ctx context.Context, q EntityQuery) ([]register.Entity, error) {
	w := &where{}
	w.and("county = ? AND kind = ? AND id > ?", string(q.County), string(q.Kind), q.After)
	for _, link := range []struct{ column, value string }{{"org", string(q.Org)}, {"person", string(q.Person)}, {"lookup", q.Lookup}} {
		if link.value != "" {
			w.and(link.column+" = ? AND "+link.column+" <> ''", link.value)
		}
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	w.args = append(w.args, min(limit, 1000))
	rows, err := s.reads.query(ctx, `SELECT body FROM register WHERE `+w.text.String()+` ORDER BY id LIMIT ?`, w.args...)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	out := []register.Entity{}
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return nil, unavailable(err)
		}
		entity, err := decode(q.Kind, body)
		if err != nil {
			return nil, unavailable(err)
		}
		out = append(out, entity)
	}
	return out, unavailable(rows.Err())
}

// decode reads an entity back.
func decode(kind register.Kind, body []byte) (register.Entity, error) {
	var entity register.Entity
	switch kind {
	case register.KindOrg:
		entity = &register.Org{}
	case register.KindPerson:
		entity = &register.Person{}
	case register.KindOffice:
		entity = &register.Office{}
	case register.KindKin:
		entity = &register.Kin{}
	case register.KindPlan:
		entity = &register.Plan{}
	case register.KindPool:
		entity = &register.Pool{}
	case register.KindQuarter:
		entity = &register.Quarter{}
	case register.KindFiling:
		entity = &register.Filing{}
	default:
		return nil, fmt.Errorf("register: kind %q is unknown", kind)
	}
	if err := json.Unmarshal(body, entity); err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	return entity, nil
}
