package inmem

import (
	"cmp"
	"slices"
	"strings"

	"jinchu/engine"
	"jinchu/register"
)

// Counties are the counties the store knows, in order.
func (s *Store) Counties() []register.CountyID {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []register.CountyID
	for id := range s.counties {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// Chains are the identifiers of a county's chains, of cases and of subjects
// of the register, in order.
func (s *Store) Chains(id register.CountyID) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for chain := range s.of(id).chains {
		out = append(out, chain)
	}
	slices.Sort(out)
	return out
}

// Row is the row of one case.
func (s *Store) Row(id register.CountyID, caseID engine.CaseID) (engine.Row, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.of(id).rows[caseID]
	return r, ok
}

// Claim is what became of something scarce, as the store keeps it.
type Claim struct {
	Kind, Key string
	Case      engine.CaseID
	Person    register.PersonID
	State     string // taken, used or void
}

// Claims are the claims of a county, but for those given back, in the order
// of kind and key.
func (s *Store) Claims(id register.CountyID) []Claim {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Claim
	for key, cl := range s.of(id).claims {
		out = append(out, Claim{key.kind, key.key, cl.Case, cl.Person, string(cl.State)})
	}
	slices.SortFunc(out, func(a, b Claim) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Key, b.Key))
	})
	return out
}

// Refusals are the traces of refused acts, oldest first.
func (s *Store) Refusals(id register.CountyID) []engine.Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.of(id).refusals)
}
