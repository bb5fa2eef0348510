package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/register"
)

// Finding is something that does not hold: which chain of which county, from
// which event on, and why. Seq 0 is the row and not an event.
type Finding struct {
	County register.CountyID `json:"county"`
	Chain  string            `json:"chain"` // a case, or a subject of the register
	Seq    int64             `json:"seq"`
	Why    string            `json:"why"`
}

func (f Finding) String() string {
	return fmt.Sprintf("county %s chain %s event %d: %s", f.County, f.Chain, f.Seq, f.Why)
}

// Report is the outcome of a verification.
type Report struct {
	Counties int       `json:"counties"`
	Cases    int64     `json:"cases"`
	Subjects int64     `json:"subjects"` // of the register
	Events   int64     `json:"events"`
	Erased   int64     `json:"erased"`
	Findings []Finding `json:"findings"` // the first [maxFindings], by county and chain
	More     int64     `json:"more"`     // findings beyond those
}

// OK reports whether everything holds.
func (r *Report) OK() bool { return len(r.Findings) == 0 }

const maxFindings = 1000

// Workflows finds a workflow by its key; *engine.Engine does.
type Workflows interface {
	Workflow(key string) (*engine.Workflow, bool)
}

// Verify recomputes everything from the events, on one snapshot: every hash
// chain; every case, which it folds and compares with its row; every entity
// of the register; every claim. Progress, where it is not nil, is told the
// number of events now and then. The error is what kept it from judging.
func (s *Store) Verify(ctx context.Context, workflows Workflows, progress func(events int64)) (Report, error) {
	// Stale pages of a pool's other connections would not do: one snapshot.
	tx, err := s.read.BeginTxx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: s.dialect.snapshot})
	if err != nil {
		return Report{}, unavailable(err)
	}
	defer func() { _ = tx.Rollback() }() // it has changed nothing
	v := &verifier{ctx: ctx, tx: tx, workflows: workflows, progress: progress}
	counties, err := v.counties()
	if err != nil {
		return Report{}, unavailable(err)
	}
	for _, county := range counties {
		v.report.Counties++
		if err := v.verifyCounty(county); err != nil {
			return v.report, unavailable(err)
		}
	}
	return v.report, nil
}

// verifier walks the events of a county beside its rows, both in the order of
// the chains.
type verifier struct {
	ctx       context.Context
	tx        *sqlx.Tx
	workflows Workflows
	progress  func(int64)
	report    Report

	county   register.CountyID
	cases    *stream[engine.Row]
	subjects *stream[subjectRow]
	claims   *stream[claimRow]

	// The chain under way.
	name    string
	chain   *ledger.Chain
	bad     bool
	folded  *engine.Case
	held    map[claimName]string // claim -> state, as the events have it
	subject subjectRow           // as the events have it
}

// subjectRow is a row of the register.
type subjectRow struct {
	subject register.Subject
	seq     int64
	head    ledger.Hash
	body    []byte
	links   register.Links
}

type claimName struct{ kind, key string }

// claimRow is a row of the claims.
type claimRow struct {
	claimName
	caseID, person, state string
}

func (v *verifier) find(chain string, seq int64, format string, args ...any) {
	if len(v.report.Findings) >= maxFindings {
		v.report.More++
		return
	}
	v.report.Findings = append(v.report.Findings, Finding{v.county, chain, seq, fmt.Sprintf(format, args...)})
}

func (v *verifier) counties() (out []register.CountyID, err error) {
	err = v.tx.SelectContext(v.ctx, &out, `SELECT county FROM events GROUP BY county
		UNION SELECT county FROM cases GROUP BY county UNION SELECT county FROM register GROUP BY county
		UNION SELECT county FROM claims GROUP BY county ORDER BY county`)
	return out, err
}

func (v *verifier) verifyCounty(county register.CountyID) error {
	v.county, v.name = county, ""
	v.openStreams()
	events := v.events()
	for {
		e, ok, err := events.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if e.chain != v.name {
			if err := v.endChain(); err != nil {
				return err
			}
			v.beginChain(e.chain)
		}
		v.addEvent(e)
	}
	if err := v.endChain(); err != nil {
		return err
	}
	return v.rest()
}

func (v *verifier) beginChain(name string) {
	v.name, v.bad, v.folded = name, false, nil
	v.chain, v.subject = ledger.NewChain(string(v.county), name), subjectRow{}
	clear(v.held)
}

func isSubject(chain string) bool { return strings.Contains(chain, ":") }

// addEvent checks the next event of the chain and folds it. After the first
// that does not hold, the rest of the chain says nothing.
func (v *verifier) addEvent(e eventRow) {
	v.report.Events++
	if v.progress != nil && v.report.Events%10_000 == 0 {
		v.progress(v.report.Events)
	}
	if v.bad {
		return
	}
	if err := v.fold(e); err != nil {
		v.bad = true
		seq, _ := v.chain.Head()
		why := err.Error()
		if broken, ok := err.(*ledger.Broken); ok {
			seq, why = broken.N, broken.Why
		}
		v.find(v.name, max(seq, 1), "%s", why)
	}
}

func (v *verifier) fold(e eventRow) error {
	leaf, err := v.chain.Add(e.entry)
	if err != nil {
		return err
	}
	if e.seq != leaf.N {
		return fmt.Errorf("the row says event %d, its leaf %d", e.seq, leaf.N)
	}
	if e.entry.Erased() {
		v.report.Erased++
		return fmt.Errorf("payload and salt are gone, and nothing orders their erasure")
	}
	if isSubject(v.name) {
		return v.foldSubject(leaf, e.entry)
	}
	event, err := engine.Unseal(v.county, engine.CaseID(v.name), leaf, e.entry.Payload)
	if err != nil {
		return err
	}
	key := event.Workflow
	if v.folded != nil {
		key = v.folded.Workflow
	}
	workflow, ok := v.workflows.Workflow(key)
	if !ok {
		return fmt.Errorf("workflow %q is not known", key)
	}
	if v.folded, err = engine.Apply(workflow, v.folded, event, e.entry.Hash); err != nil {
		return err
	}
	for _, ch := range event.Claims {
		if state := afterwards(ch); state == "" {
			delete(v.held, claimName{ch.Kind, ch.Key})
		} else {
			v.held[claimName{ch.Kind, ch.Key}] = state
		}
	}
	return nil
}

// foldSubject keeps what the last event of a chain of the register says.
func (v *verifier) foldSubject(leaf ledger.Leaf, entry ledger.Entry) error {
	var e struct {
		Kind   register.Kind   `json:"kind"`
		Entity json.RawMessage `json:"entity"`
	}
	if err := json.Unmarshal(entry.Payload, &e); err != nil {
		return err
	}
	entity, err := decode(e.Kind, e.Entity)
	if err != nil {
		return err
	}
	subject := entity.Subject()
	if subject.Chain() != v.name {
		return fmt.Errorf("the event is about %s", subject.Chain())
	}
	v.subject = subjectRow{subject, leaf.N, entry.Hash, e.Entity, entity.Links()}
	return nil
}

// endChain compares what the events came to with the rows.
func (v *verifier) endChain() error {
	switch {
	case v.name == "":
		return nil
	case isSubject(v.name):
		return v.endSubject()
	}
	v.report.Cases++
	row, ok, err := v.cases.upTo(v.name, func(r engine.Row) string { return string(r.ID) }, v.strayCase)
	if err != nil {
		return err
	}
	claims, err := v.claimsOf(v.name)
	if err != nil || v.bad {
		return err
	}
	want := engine.RowOf(v.folded)
	switch {
	case !ok:
		v.find(v.name, 0, "the case has events but no row")
	case row != want:
		v.find(v.name, 0, "the row is not the fold of the events: %s", difference(row, want))
	}
	for _, c := range claims {
		if v.held[c.claimName] != c.state || c.person != string(want.Person) {
			v.find(v.name, 0, "the claim on %s %q is %s, by the events it is %q", c.kind, c.key, c.state, v.held[c.claimName])
		}
		delete(v.held, c.claimName)
	}
	for _, name := range slices.SortedFunc(maps.Keys(v.held), compareClaims) {
		v.find(v.name, 0, "the claim on %s %q is missing, by the events it is %q", name.kind, name.key, v.held[name])
	}
	return nil
}

func (v *verifier) endSubject() error {
	v.report.Subjects++
	row, ok, err := v.subjects.upTo(v.name, func(r subjectRow) string { return r.subject.Chain() }, v.straySubject)
	if err != nil || v.bad {
		return err
	}
	want := v.subject
	switch {
	case !ok:
		v.find(v.name, 0, "the register has events but no row")
	case row.seq != want.seq || row.head != want.head:
		v.find(v.name, 0, "the row stands at event %d, the chain at %d", row.seq, want.seq)
	case !bytes.Equal(row.body, want.body):
		v.find(v.name, want.seq, "the row is not what the last event says")
	case row.links != want.links:
		v.find(v.name, want.seq, "the row is looked up by something else than the last event says")
	}
	return nil
}

// rest reports the rows that are left when the events are at their end.
func (v *verifier) rest() error {
	const beyond = "\U0010ffff"
	_, _, err := v.cases.upTo(beyond, func(r engine.Row) string { return string(r.ID) }, v.strayCase)
	if err != nil {
		return err
	}
	if _, _, err = v.subjects.upTo(beyond, func(r subjectRow) string { return r.subject.Chain() }, v.straySubject); err != nil {
		return err
	}
	_, err = v.claimsOf(beyond)
	return err
}

func (v *verifier) strayCase(r engine.Row) {
	v.find(string(r.ID), 0, "the case has a row but no events")
}

func (v *verifier) straySubject(r subjectRow) {
	v.find(r.subject.Chain(), 0, "the register has a row but no events")
}

// claimsOf are the claims of a case; those of cases before it that have no
// events are reported.
func (v *verifier) claimsOf(id string) (out []claimRow, err error) {
	for {
		c, ok, err := v.claims.upTo(id, func(c claimRow) string { return c.caseID }, func(c claimRow) {
			v.find(c.caseID, 0, "the case claims %s %q but has no events", c.kind, c.key)
		})
		if err != nil || !ok {
			return out, err
		}
		out = append(out, c)
	}
}

func compareClaims(a, b claimName) int { return strings.Compare(a.kind+" "+a.key, b.kind+" "+b.key) }

// difference names the first column in which two rows differ.
func difference(got, want engine.Row) string {
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"workflow", got.Workflow, want.Workflow}, {"parent", got.Parent, want.Parent}, {"person", got.Person, want.Person},
		{"org", got.Org, want.Org}, {"path", got.Path, want.Path}, {"stage", got.Stage, want.Stage}, {"stage_on", got.StageOn, want.StageOn},
		{"opened_on", got.OpenedOn, want.OpenedOn}, {"seq", got.Seq, want.Seq}, {"ended", got.Ended, want.Ended},
		{"due_on", got.DueOn, want.DueOn}, {"due_action", got.DueAction, want.DueAction}, {"head", got.Head, want.Head},
	} {
		if c.got != c.want {
			return fmt.Sprintf("%s is %v, not %v", c.name, c.got, c.want)
		}
	}
	return "id"
}
