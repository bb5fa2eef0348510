package register

import (
	"cmp"
	"slices"
)

// Draft is a view with changes that are not kept yet: what the register will
// be once they are.
type Draft struct {
	View
	put    map[Subject]Entity
	order  []Subject
	byHash map[string]PersonID
}

// NewDraft begins a draft over a view.
func NewDraft(v View) *Draft {
	return &Draft{View: v, put: map[Subject]Entity{}, byHash: map[string]PersonID{}}
}

// Put adds or replaces an entity in the draft.
func (d *Draft) Put(e Entity) {
	s := e.Subject()
	if _, again := d.put[s]; !again {
		d.order = append(d.order, s)
	}
	d.put[s] = e
	if p, ok := e.(*Person); ok && p.IDHash != "" {
		d.byHash[p.IDHash] = p.ID
	}
}

// Has reports whether the draft changes the subject.
func (d *Draft) Has(s Subject) bool { _, ok := d.put[s]; return ok }

// changed finds an entity among the changes.
func changed[T Entity](d *Draft, kind Kind, id string) (T, bool) {
	e, ok := d.put[Subject{kind, id}].(T)
	return e, ok
}

// merged is a list of the view with the changes that belong into it.
func merged[T Entity](d *Draft, kept []T, want func(T) bool, order func(a, b T) int) []T {
	out := make([]T, 0, len(kept))
	for _, e := range kept {
		if !d.Has(e.Subject()) {
			out = append(out, e)
		}
	}
	for _, s := range d.order {
		if e, ok := d.put[s].(T); ok && want(e) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, order)
	return out
}

// Org implements [View].
func (d *Draft) Org(id OrgID) (*Org, bool) {
	if o, ok := changed[*Org](d, KindOrg, string(id)); ok {
		return o, true
	}
	return d.View.Org(id)
}

// Below implements [View].
func (d *Draft) Below(id OrgID) []*Org {
	return merged(d, d.View.Below(id), func(o *Org) bool { return o.Parent == id },
		func(a, b *Org) int { return cmp.Compare(a.ID, b.ID) })
}

// Person implements [View].
func (d *Draft) Person(id PersonID) (*Person, bool) {
	if p, ok := changed[*Person](d, KindPerson, string(id)); ok {
		return p, true
	}
	return d.View.Person(id)
}

// Lookup implements [View].
func (d *Draft) Lookup(idHash string) (*Person, bool) {
	if p, ok := changed[*Person](d, KindPerson, string(d.byHash[idHash])); ok && p.IDHash == idHash {
		return p, true
	}
	p, ok := d.View.Lookup(idHash)
	if !ok || d.Has(p.Subject()) {
		return nil, false
	}
	return p, true
}

// Office implements [View].
func (d *Draft) Office(id OfficeID) (*Office, bool) {
	if o, ok := changed[*Office](d, KindOffice, string(id)); ok {
		return o, true
	}
	return d.View.Office(id)
}

// Members implements [View].
func (d *Draft) Members(org OrgID) []*Person {
	return merged(d, d.View.Members(org), func(p *Person) bool { return p.Org == org },
		func(a, b *Person) int { return cmp.Compare(a.ID, b.ID) })
}

// Officers implements [View].
func (d *Draft) Officers(org OrgID) []*Office {
	return merged(d, d.View.Officers(org), func(o *Office) bool { return o.Org == org },
		func(a, b *Office) int { return cmp.Compare(a.ID, b.ID) })
}

// Kin implements [View].
func (d *Draft) Kin(person PersonID) []Kin {
	var kept []*Kin
	for _, k := range d.View.Kin(person) {
		kept = append(kept, &k)
	}
	var out []Kin
	for _, k := range merged(d, kept, func(k *Kin) bool { return k.A == person || k.B == person },
		func(a, b *Kin) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) }) {
		out = append(out, *k)
	}
	return out
}

// Plan implements [View].
func (d *Draft) Plan(org OrgID, year int) (*Plan, bool) {
	if p, ok := changed[*Plan](d, KindPlan, PlanID(org, year)); ok {
		return p, true
	}
	return d.View.Plan(org, year)
}

// Pools implements [View].
func (d *Draft) Pools() []*Pool {
	return merged(d, d.View.Pools(), func(*Pool) bool { return true },
		func(a, b *Pool) int { return cmp.Compare(a.ID, b.ID) })
}
