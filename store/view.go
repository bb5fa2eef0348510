package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"jinchu/engine"
	"jinchu/register"
)

// serialKind is the kind of the claim on an admission form serial.
const serialKind = engine.SerialKind

// view is a county as known now. It notes what it answered from, so that the
// commit can tell whether that still holds. It serves one goroutine.
type view struct {
	store *Store
	ctx   context.Context // of the one act or request the view is made for
	id    register.CountyID
	err   error

	county *county
	since  int64              // version of the register at the first answer
	used   []register.Subject // of the register
	asked  []question         // beyond the register
}

// question is one answer from claims or cases. They are not kept in memory:
// an act that rests on them asks again in its own transaction.
type question struct {
	ask    func(ctx context.Context, db queryer) (any, error)
	answer any
}

// View implements [engine.Store].
func (s *Store) View(ctx context.Context, county register.CountyID) engine.View {
	return &view{store: s, ctx: ctx, id: county}
}

var errOtherView = errors.New("the view was made by another store")

// viewOf is the view behind an act; one that asked nothing where there is none.
func (s *Store) viewOf(v engine.View) (*view, error) {
	if v == nil {
		return &view{store: s}, nil
	}
	own, ok := v.(*view)
	if !ok || own.store != s {
		return nil, unavailable(errOtherView)
	}
	return own, nil
}

// stale reports whether the register has changed under the view.
func (v *view) stale() bool { return v.county != nil && v.county.changedSince(v.used, v.since) }

// look is the answer from memory, or else from the database.
func (v *view) look(subject register.Subject, read func() (any, error)) any {
	if v.err != nil {
		return nil
	}
	if v.county == nil {
		if v.county, v.err = v.store.county(v.ctx, v.id); v.err != nil {
			return nil
		}
		v.since = v.county.at()
	}
	value, found, began := v.county.find(subject)
	v.used = append(v.used, subject)
	if found {
		return value
	}
	value, err := read()
	if err != nil {
		v.err = unavailable(err)
		return nil
	}
	// An absence is not kept, so that what another process has just recorded
	// is found; but most counties have no plan, and every admission asks.
	if value != nil || subject.Kind == register.KindPlan {
		v.county.keep(subject, value, began)
	}
	return value
}

// one is an entity by its identity.
func one[E any, P interface {
	*E
	register.Entity
}](v *view, kind register.Kind, id string) (P, bool) {
	if kind != register.KindPlan && !register.Plain(id) {
		return nil, false // not an identifier; the database is not asked
	}
	value := v.look(register.Subject{Kind: kind, ID: id}, func() (any, error) {
		found, err := entities[E, P](v, `SELECT body FROM register WHERE county = ? AND kind = ? AND id = ?`, string(kind), id)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		return found[0], nil
	})
	entity, ok := value.(P)
	return entity, ok
}

// several are the entities of a list, in the order of their identifiers. A
// query that says the order itself may lead SQLite to read the whole kind in
// that order and pass over the index of what is looked for.
func several[E any, P interface {
	*E
	register.Entity
}](v *view, list register.Subject, text string, args ...any) []P {
	value := v.look(list, func() (any, error) {
		found, err := entities[E, P](v, text, args...)
		slices.SortFunc(found, func(a, b P) int { return cmp.Compare(a.Subject().ID, b.Subject().ID) })
		return found, err
	})
	found, _ := value.([]P)
	return found
}

// entities reads bodies of the register; the query's first parameter is the
// county.
func entities[E any, P interface {
	*E
	register.Entity
}](v *view, text string, args ...any) ([]P, error) {
	rows, err := v.store.reads.query(v.ctx, text, append([]any{string(v.id)}, args...)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []P{}
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return nil, err
		}
		entity := P(new(E))
		if err := json.Unmarshal(body, entity); err != nil {
			return nil, fmt.Errorf("register: %w", err)
		}
		out = append(out, entity)
	}
	return out, rows.Err()
}

// Org implements [register.View].
func (v *view) Org(id register.OrgID) (*register.Org, bool) {
	return one[register.Org](v, register.KindOrg, string(id))
}

// Person implements [register.View].
func (v *view) Person(id register.PersonID) (*register.Person, bool) {
	return one[register.Person](v, register.KindPerson, string(id))
}

// Office implements [register.View].
func (v *view) Office(id register.OfficeID) (*register.Office, bool) {
	return one[register.Office](v, register.KindOffice, string(id))
}

// Plan implements [register.View].
func (v *view) Plan(org register.OrgID, year int) (*register.Plan, bool) {
	return one[register.Plan](v, register.KindPlan, register.PlanID(org, year))
}

const byOrg = `SELECT body FROM register WHERE county = ? AND kind = ? AND org = ? AND org <> '' ORDER BY id`

// Members implements [register.View].
func (v *view) Members(org register.OrgID) []*register.Person {
	return several[register.Person](v, register.Subject{Kind: membersOf, ID: string(org)},
		byOrg, string(register.KindPerson), string(org))
}

// Officers implements [register.View].
func (v *view) Officers(org register.OrgID) []*register.Office {
	return several[register.Office](v, register.Subject{Kind: officersOf, ID: string(org)},
		byOrg, string(register.KindOffice), string(org))
}

// Below implements [register.View].
func (v *view) Below(id register.OrgID) []*register.Org {
	return several[register.Org](v, register.Subject{Kind: orgsBelow, ID: string(id)},
		byOrg, string(register.KindOrg), string(id))
}

// Lookup implements [register.View].
func (v *view) Lookup(idHash string) (*register.Person, bool) {
	if idHash == "" {
		return nil, false
	}
	found := several[register.Person](v, register.Subject{Kind: lookedUp, ID: idHash},
		`SELECT body FROM register WHERE county = ? AND kind = 'person' AND lookup = ? AND lookup <> ''`, idHash)
	if len(found) == 0 {
		return nil, false
	}
	return found[0], true
}

// Kin implements [register.View].
func (v *view) Kin(person register.PersonID) []register.Kin {
	found := several[register.Kin](v, register.Subject{Kind: kinOf, ID: string(person)},
		`SELECT body FROM register WHERE county = ? AND kind = 'kin' AND person = ? AND person <> ''
		UNION ALL SELECT body FROM register WHERE county = ? AND kind = 'kin' AND other = ? AND other <> ''`,
		string(person), string(v.id), string(person))
	out := make([]register.Kin, len(found))
	for i, k := range found {
		out[i] = *k
	}
	return out
}

// Pools implements [register.View].
func (v *view) Pools() []*register.Pool {
	return several[register.Pool](v, register.Subject{Kind: poolsOf},
		`SELECT body FROM register WHERE county = ? AND kind = 'pool' ORDER BY id`)
}

// Quarter implements [register.View].
func (v *view) Quarter(id register.QuarterID) (*register.Quarter, bool) {
	return one[register.Quarter](v, register.KindQuarter, string(id))
}

// Filings implements [register.View].
func (v *view) Filings(branch register.OrgID) []*register.Filing {
	return several[register.Filing](v, register.Subject{Kind: filingsOf, ID: string(branch)},
		byOrg, string(register.KindFiling), string(branch))
}

// A quarter's filings are those whose identifier begins with it and '-', which
// '.' follows.
const ofQuarter = ` FROM register WHERE county = ? AND kind = 'filing' AND id >= ? AND id < ?`

// LastFiling implements [register.View].
func (v *view) LastFiling(q register.QuarterID) int {
	last := asks(v, func(ctx context.Context, db queryer) (string, error) {
		found, err := texts(ctx, db, `SELECT COALESCE(MAX(id), '')`+ofQuarter, string(v.id), string(q)+"-", string(q)+".")
		return cmp.Or(append(found, "")...), err
	})
	return number(strings.TrimPrefix(last, string(q)+"-"))
}

// FilingsOf implements [register.View].
func (v *view) FilingsOf(q register.QuarterID) []*register.Filing {
	if v.err != nil {
		return nil
	}
	found, err := entities[register.Filing](v, `SELECT body`+ofQuarter+` ORDER BY id`, string(q)+"-", string(q)+".")
	v.err = unavailable(err)
	return found
}

// Err implements [register.View].
func (v *view) Err() error { return v.err }

// asks answers a question beyond the register and notes it.
func asks[T any](v *view, ask func(ctx context.Context, db queryer) (T, error)) (answer T) {
	if v.err != nil {
		return answer
	}
	if v.err = v.ctx.Err(); v.err == nil {
		answer, v.err = ask(context.WithoutCancel(v.ctx), v.store.reads)
	}
	v.err = unavailable(v.err)
	v.asked = append(v.asked, question{answer: answer,
		ask: func(ctx context.Context, db queryer) (any, error) { return ask(ctx, db) }})
	return answer
}

// Holder implements [engine.View].
func (v *view) Holder(kind, key string) (engine.CaseID, bool) {
	holder := asks(v, func(ctx context.Context, db queryer) (string, error) {
		found, err := texts(ctx, db, `SELECT case_id FROM claims WHERE county = ? AND kind = ? AND key = ?`, string(v.id), kind, key)
		return cmp.Or(append(found, "")...), err
	})
	return engine.CaseID(holder), holder != ""
}

// Held implements [engine.View]. The keys are in order.
func (v *view) Held(kind, prefix string) []string {
	return asks(v, func(ctx context.Context, db queryer) ([]string, error) {
		return texts(ctx, db, `SELECT key FROM claims WHERE county = ? AND kind = ? AND state IN ('taken', 'used')
			AND key >= ? AND key < ? ORDER BY key`, string(v.id), kind, prefix, prefix+"\U0010ffff")
	})
}

// HeldBy implements [engine.View]. The people are in the order of the keys.
func (v *view) HeldBy(kind, prefix string) []register.PersonID {
	found := asks(v, func(ctx context.Context, db queryer) ([]string, error) {
		return texts(ctx, db, `SELECT person FROM claims WHERE county = ? AND kind = ? AND state IN ('taken', 'used')
			AND key >= ? AND key < ? ORDER BY key`, string(v.id), kind, prefix, prefix+"\U0010ffff")
	})
	out := make([]register.PersonID, len(found))
	for i, person := range found {
		out[i] = register.PersonID(person)
	}
	return out
}

// NextSerial implements [engine.View]: in the first pool that has one left, the
// serial after the last one given out, so that none comes twice. It is not
// asked again when the act is kept; the claim itself settles a race.
func (v *view) NextSerial() (string, bool) {
	for _, pool := range v.Pools() {
		first, last := pool.Serial(pool.First), pool.Serial(pool.Last)
		given, err := texts(v.ctx, v.store.reads, `SELECT COALESCE(MAX(key), '') FROM claims WHERE county = ? AND kind = ?
			AND key >= ? AND key <= ?`, string(v.id), serialKind, first, last)
		if err != nil {
			v.err = unavailable(err)
			return "", false
		}
		if given[0] == "" {
			return first, true
		}
		if given[0] != last {
			return pool.Serial(number(given[0][len(pool.Prefix):]) + 1), true
		}
	}
	return "", false
}

// number reads the digits of a serial.
func number(digits string) (n int) {
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}

// Children implements [engine.View]. They are in the order of their
// identifiers.
func (v *view) Children(id engine.CaseID) []engine.Child {
	return asks(v, func(ctx context.Context, db queryer) (out []engine.Child, err error) {
		rows, err := db.query(ctx, `SELECT id, workflow, stage, ended FROM cases
			WHERE county = ? AND parent = ? AND parent <> '' ORDER BY id`, string(v.id), string(id))
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var c engine.Child
			if err := rows.Scan(&c.ID, &c.Workflow, &c.Stage, &c.Ended); err != nil {
				return nil, err
			}
			out = append(out, c)
		}
		return out, rows.Err()
	})
}

// same compares two answers to one question.
func same(a, b any) bool {
	switch a := a.(type) {
	case string:
		return a == b
	case []string:
		return slices.Equal(a, b.([]string))
	case []engine.Child:
		return slices.Equal(a, b.([]engine.Child))
	}
	return false
}
