package inmem

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/register"
)

// change is one sealed change of the register, ready to be kept.
type change struct {
	entity register.Entity
	entry  ledger.Entry
}

// sealAll seals changes of the register on top of their chains. A subject may
// stand several times; the later entity builds on the earlier.
func (c *county) sealAll(entities []register.Entity, salts [][32]byte, at time.Time, event engine.RegisterEvent) ([]change, error) {
	if len(entities) != len(salts) {
		return nil, fmt.Errorf("%d changes of the register with %d salts", len(entities), len(salts))
	}
	heads := map[string]head{}
	var out []change
	for i, entity := range entities {
		if err := entity.Valid(); err != nil {
			return nil, err
		}
		chain := entity.Subject().Chain()
		h, ok := heads[chain]
		if !ok {
			h = c.head(chain)
		}
		event.Kind, event.Entity = entity.Subject().Kind, entity
		payload, err := json.Marshal(event)
		if err != nil {
			return nil, fmt.Errorf("register event %s: %w", chain, err)
		}
		entry, err := ledger.Seal(ledger.Leaf{County: string(c.id), Case: chain, Kind: leafKind(event.Kind),
			N: h.n + 1, At: at, Prev: h.hash, Who: string(event.By.Office)}, payload, salts[i])
		if err != nil {
			return nil, fmt.Errorf("register event %s: %w", chain, err)
		}
		kept, err := decode(event.Kind, payload)
		if err != nil {
			return nil, fmt.Errorf("register event %s: %w", chain, err)
		}
		heads[chain] = head{h.n + 1, entry.Hash}
		out = append(out, change{kept, entry})
	}
	return out, nil
}

type head struct {
	n    int64
	hash ledger.Hash
}

func (c *county) head(chain string) head {
	entries := c.chains[chain]
	if len(entries) == 0 {
		return head{}
	}
	return head{int64(len(entries)), entries[len(entries)-1].Hash}
}

// leafKind is the coarse kind of a register event in the ledger: who acts is
// "role", how the county is set up is "config".
func leafKind(k register.Kind) string {
	switch k {
	case register.KindPerson, register.KindOffice:
		return "role"
	}
	return "config"
}

// decode reads an entity back from the payload of its event, so that what is
// kept is exactly what a database would read, and nobody else holds it.
func decode(kind register.Kind, payload []byte) (register.Entity, error) {
	var e register.Entity
	switch kind {
	case register.KindOrg:
		e = new(register.Org)
	case register.KindPerson:
		e = new(register.Person)
	case register.KindOffice:
		e = new(register.Office)
	case register.KindKin:
		e = new(register.Kin)
	case register.KindPlan:
		e = new(register.Plan)
	case register.KindPool:
		e = new(register.Pool)
	case register.KindQuarter:
		e = new(register.Quarter)
	case register.KindFiling:
		e = new(register.Filing)
	default:
		return nil, fmt.Errorf("unknown kind %q", kind)
	}
	return e, json.Unmarshal(payload, &struct {
		Entity register.Entity `json:"entity"`
	}{e})
}

func (c *county) append(chain string, entry ledger.Entry) {
	c.chains[chain] = append(c.chains[chain], entry)
}

// keepChanges replaces the entities and the links they are looked up by.
func (c *county) keepChanges(changes []change) {
	for _, ch := range changes {
		subject := ch.entity.Subject()
		if old := c.entities[subject]; old != nil {
			for _, link := range linksOf(old) {
				c.unlink(link, subject)
			}
		}
		c.entities[subject] = ch.entity
		for _, link := range linksOf(ch.entity) {
			c.link(link, subject)
		}
		c.touch(subject.Chain())
		c.append(subject.Chain(), ch.entry)
	}
}

// linksOf are the lists of a view in which an entity stands.
func linksOf(e register.Entity) []string {
	l, kind := e.Links(), string(e.Subject().Kind)
	var out []string
	switch e.Subject().Kind {
	case register.KindOrg, register.KindPerson, register.KindOffice, register.KindFiling:
		if l.Org != "" {
			out = append(out, kind+"@"+string(l.Org))
		}
		if l.Lookup != "" {
			out = append(out, "lookup@"+l.Lookup)
		}
	case register.KindKin:
		out = append(out, kind+"@"+string(l.Person), kind+"@"+string(l.Other))
	case register.KindPool:
		out = append(out, kind+"@")
	}
	if f, ok := e.(*register.Filing); ok {
		out = append(out, quarterLink(f.Quarter))
	}
	return out
}

func quarterLink(q register.QuarterID) string { return "quarter@" + string(q) }

func bySubject(a, b register.Subject) int { return strings.Compare(a.ID, b.ID) }

func (c *county) link(link string, subject register.Subject) {
	i, found := slices.BinarySearchFunc(c.links[link], subject, bySubject)
	if !found {
		c.links[link] = slices.Insert(c.links[link], i, subject)
	}
	c.touch(link)
}

func (c *county) unlink(link string, subject register.Subject) {
	if i, found := slices.BinarySearchFunc(c.links[link], subject, bySubject); found {
		c.links[link] = slices.Delete(c.links[link], i, i+1)
	}
	c.touch(link)
}
