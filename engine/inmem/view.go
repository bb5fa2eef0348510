package inmem

import (
	"slices"
	"strings"
	"sync"

	"jinchu/engine"
	"jinchu/register"
)

// view answers from the county as it is at the moment of each question, and
// notes at which version it answered what.
type view struct {
	store  *Store
	county register.CountyID

	mu   sync.Mutex
	read map[string]int64 // what was answered -> version it was first answered at
}

// ask runs a question under the lock and notes what it was about. The first
// answer is what a decision may rest on; a later one does not make it fresh.
func ask[T any](v *view, what string, question func(*county) T) T {
	v.store.mu.Lock()
	defer v.store.mu.Unlock()
	c := v.store.of(v.county)
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, known := v.read[what]; !known {
		v.read[what] = c.version
	}
	return question(c)
}

// entity finds one entity of the register.
func entity[T register.Entity](v *view, kind register.Kind, id string) (T, bool) {
	subject := register.Subject{Kind: kind, ID: id}
	e, ok := ask(v, subject.Chain(), func(c *county) register.Entity { return c.entities[subject] }).(T)
	return e, ok
}

// linked are the entities that stand in a list, in the order of their
// identifiers. Their own changes count as changes of the list.
func linked[T register.Entity](v *view, link string) []T {
	return ask(v, link, func(c *county) []T {
		var out []T
		for _, subject := range c.links[link] {
			out = append(out, c.entities[subject].(T))
		}
		return out
	})
}

func (v *view) Org(id register.OrgID) (*register.Org, bool) {
	return entity[*register.Org](v, register.KindOrg, string(id))
}

func (v *view) Below(id register.OrgID) []*register.Org {
	return linked[*register.Org](v, string(register.KindOrg)+"@"+string(id))
}

func (v *view) Lookup(hash string) (*register.Person, bool) {
	if hash == "" {
		return nil, false
	}
	found := linked[*register.Person](v, "lookup@"+hash)
	if len(found) == 0 {
		return nil, false
	}
	return found[0], true
}

func (v *view) Person(id register.PersonID) (*register.Person, bool) {
	return entity[*register.Person](v, register.KindPerson, string(id))
}

func (v *view) Office(id register.OfficeID) (*register.Office, bool) {
	return entity[*register.Office](v, register.KindOffice, string(id))
}

func (v *view) Members(org register.OrgID) []*register.Person {
	return linked[*register.Person](v, string(register.KindPerson)+"@"+string(org))
}

func (v *view) Officers(org register.OrgID) []*register.Office {
	return linked[*register.Office](v, string(register.KindOffice)+"@"+string(org))
}

func (v *view) Kin(person register.PersonID) []register.Kin {
	var out []register.Kin
	for _, k := range linked[*register.Kin](v, string(register.KindKin)+"@"+string(person)) {
		out = append(out, *k)
	}
	return out
}

func (v *view) Plan(org register.OrgID, year int) (*register.Plan, bool) {
	return entity[*register.Plan](v, register.KindPlan, register.PlanID(org, year))
}

func (v *view) Pools() []*register.Pool {
	return linked[*register.Pool](v, string(register.KindPool)+"@")
}

func (v *view) Quarter(id register.QuarterID) (*register.Quarter, bool) {
	return entity[*register.Quarter](v, register.KindQuarter, string(id))
}

func (v *view) Filings(branch register.OrgID) []*register.Filing {
	return linked[*register.Filing](v, string(register.KindFiling)+"@"+string(branch))
}

func (v *view) LastFiling(q register.QuarterID) int {
	all := v.FilingsOf(q)
	if len(all) == 0 {
		return 0
	}
	return all[len(all)-1].N
}

func (v *view) FilingsOf(q register.QuarterID) []*register.Filing {
	return linked[*register.Filing](v, quarterLink(q))
}

func (v *view) Holder(kind, key string) (engine.CaseID, bool) {
	cl := ask(v, "claim:"+kind+"/"+key, func(c *county) *claim { return c.claims[claimKey{kind, key}] })
	if cl == nil {
		return "", false
	}
	return cl.Case, true
}

func (v *view) Held(kind, prefix string) []string {
	return ask(v, "claims:"+kind, func(c *county) []string { return c.held(kind, prefix) })
}

func (v *view) HeldBy(kind, prefix string) []register.PersonID {
	return ask(v, "claims:"+kind, func(c *county) []register.PersonID { return c.holders(kind, prefix) })
}

func (v *view) NextSerial() (string, bool) {
	v.Pools() // a new pool changes the answer as well
	var ok bool
	serial := ask(v, "claims:"+engine.SerialKind, func(c *county) (s string) { s, ok = c.nextSerial(); return s })
	return serial, ok
}

func (v *view) Children(id engine.CaseID) []engine.Child {
	return ask(v, "children:"+string(id), func(c *county) []engine.Child {
		var out []engine.Child
		for _, r := range c.rows {
			if r.Parent == id && id != "" {
				out = append(out, engine.Child{ID: r.ID, Workflow: r.Workflow, Stage: r.Stage, Ended: r.Ended})
			}
		}
		slices.SortFunc(out, func(a, b engine.Child) int { return strings.Compare(string(a.ID), string(b.ID)) })
		return out
	})
}

// Err implements the view; memory does not fail.
func (v *view) Err() error { return nil }
