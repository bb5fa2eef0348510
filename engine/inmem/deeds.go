package inmem

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/register"
)

// Deeds implements [engine.Store].
func (s *Store) Deeds(_ context.Context, q *engine.DeedQuery) ([]engine.Deed, *engine.DeedCursor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.of(q.County)
	limit := 50
	if q.Limit > 0 {
		limit = min(q.Limit, 1000)
	}
	var out []engine.Deed
	for _, chain := range slices.Sorted(maps.Keys(c.chains)) {
		if strings.Contains(chain, ":") || chain < string(q.After.Case) {
			continue // of the register, or seen already
		}
		if row := c.rows[engine.CaseID(chain)]; q.Path != "" && row.Path != q.Path && !within(row.Path, q.Path) {
			continue
		}
		for _, entry := range c.chains[chain] {
			leaf, err := ledger.ParseLeaf(entry.Leaf)
			if err != nil {
				return nil, nil, fmt.Errorf("case %s: %w", chain, err)
			}
			d := engine.Deed{DeedCursor: engine.DeedCursor{Case: engine.CaseID(chain), Seq: leaf.N}, Entry: entry}
			if compareDeeds(d.DeedCursor, q.After) <= 0 || !c.signedBy(q, register.OfficeID(leaf.Who)) {
				continue
			}
			if len(out) == limit {
				return out, &out[limit-1].DeedCursor, nil
			}
			out = append(out, d)
		}
	}
	return out, nil, nil
}

// signedBy reports whether the query asks about the office.
func (c *county) signedBy(q *engine.DeedQuery, office register.OfficeID) bool {
	if q.Person == "" {
		return office == q.Office
	}
	o, ok := c.entities[register.Subject{Kind: register.KindOffice, ID: string(office)}].(*register.Office)
	return ok && o.Person == q.Person
}

func compareDeeds(a, b engine.DeedCursor) int {
	return cmp.Or(strings.Compare(string(a.Case), string(b.Case)), cmp.Compare(a.Seq, b.Seq))
}
