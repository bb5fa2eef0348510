package inmem

import (
	"slices"
	"strings"

	"jinchu/engine"
	"jinchu/register"
)

type claimKey struct{ kind, key string }

// state is what became of a claim.
type state string

const (
	taken  state = "taken"
	used   state = "used"
	voided state = "void" // never given out again
	free   state = ""     // given back; not kept
)

// claim is something scarce that a case took.
type claim struct {
	Case   engine.CaseID
	Person register.PersonID
	State  state
}

// live tells that the claim counts as held: taken or used.
func (c *claim) live() bool { return c.State == taken || c.State == used }

// after is the state after an operation. A form serial that is given back is
// void: it was on a form once.
func after(op engine.Op, kind string) state {
	switch {
	case op == engine.Take:
		return taken
	case op == engine.Use:
		return used
	case op == engine.Release && kind != engine.SerialKind:
		return free
	}
	return voided
}

// planClaims computes the claims as they will be, or ErrClaimed. It changes
// nothing yet.
func (c *county) planClaims(m *engine.Commit) (map[claimKey]*claim, error) {
	next := map[claimKey]*claim{}
	for _, ch := range m.Event.Claims {
		key := claimKey{ch.Kind, ch.Key}
		now := next[key]
		if now == nil {
			now = c.claims[key]
		}
		if ch.Op == engine.Take {
			if now != nil && now.State != free || ch.Kind == engine.SerialKind && c.hasSerial(m.Case.Person, next) {
				return nil, engine.ErrClaimed
			}
		} else if now == nil || now.Case != m.Case.ID || !now.live() {
			// The case does not hold what it would use or give back.
			return nil, engine.ErrStale
		}
		next[key] = &claim{m.Case.ID, m.Case.Person, after(ch.Op, ch.Kind)}
	}
	return next, nil
}

// hasSerial reports whether a person has a serial that is not used up yet,
// with the changes of this act so far.
func (c *county) hasSerial(person register.PersonID, next map[claimKey]*claim) bool {
	for key := range c.serials[person] {
		now := next[key]
		if now == nil {
			now = c.claims[key]
		}
		if now.State == taken {
			return true
		}
	}
	return false
}

func (c *county) keepClaims(next map[claimKey]*claim) {
	for key, cl := range next {
		c.claims[key] = cl
		if cl.State == free {
			delete(c.claims, key)
		}
		if key.kind == engine.SerialKind {
			if c.serials[cl.Person] == nil {
				c.serials[cl.Person] = map[claimKey]bool{}
			}
			c.serials[cl.Person][key] = true
		}
		c.touch("claim:" + key.kind + "/" + key.key)
		c.touch("claims:" + key.kind)
	}
}

// held are the keys of the live claims of a kind that begin with prefix, in
// order.
func (c *county) held(kind, prefix string) []string {
	var keys []string
	for key, cl := range c.claims {
		if key.kind == kind && cl.live() && strings.HasPrefix(key.key, prefix) {
			keys = append(keys, key.key)
		}
	}
	slices.Sort(keys)
	return keys
}

// holders are the people for whom the live claims of a kind are held whose
// keys begin with prefix, in the order of the keys.
func (c *county) holders(kind, prefix string) []register.PersonID {
	var out []register.PersonID
	for _, key := range c.held(kind, prefix) {
		out = append(out, c.claims[claimKey{kind, key}].Person)
	}
	return out
}

// nextSerial is the lowest serial that was never given out, by the order of
// the pools.
func (c *county) nextSerial() (string, bool) {
	for _, subject := range c.links[string(register.KindPool)+"@"] {
		pool := c.entities[subject].(*register.Pool)
		for n := max(pool.First, c.next[*pool]); n <= pool.Last; n++ {
			serial := pool.Serial(n)
			if c.claims[claimKey{engine.SerialKind, serial}] == nil {
				c.next[*pool] = n
				return serial, true
			}
		}
	}
	return "", false
}
