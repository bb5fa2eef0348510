package sampling

import (
	"errors"
	"fmt"
	"strings"
)

// Commitment is a party and what it published of its key (design, "Open").
type Commitment struct {
	Party string // [a-z][a-z0-9-]{0,15}
	Hash  Hash   // Key.Commit
}

// Opening is what the draw takes from the record that opens a quarter, before
// its first filing (design, "Open"). Dates and lead times are not in it: they
// decide which [Filing.Point] and [Filing.Forced] the caller gives.
type Opening struct {
	Algorithm    string       // Version
	Quarter      Quarter      // county and quarter
	Quota        Ratio        // of the filings and of the branches of a stratum
	Online       Ratio        // threshold for being drawn at filing
	Commitments  []Commitment // one of each party, at least one
	Strata       []string     // all strata; towns are merged before
	Methods      Weights      // for what is known before the meeting
	TopUpMethods Weights      // for what is drawn after it
	Points       int          // number of top-up points, at least 1
}

// maxPoints is a top-up point on every day of a quarter.
const maxPoints = 92

// Check returns everything that keeps o from opening a quarter, joined; nil if
// nothing does (design, "Open" and "Bytes").
func (o *Opening) Check() error {
	var errs []error
	refuse := func(form string, args ...any) { errs = append(errs, fmt.Errorf("sampling: opening: "+form, args...)) }
	if o.Algorithm != Version {
		refuse("algorithm %q is not %s", o.Algorithm, Version)
	}
	if _, err := ParseQuarter(string(o.Quarter)); err != nil {
		refuse("%w", err)
	}
	if !o.Quota.valid() || o.Quota.Num == 0 {
		refuse("quota %v is not above 0 and at most 1", o.Quota)
	}
	if !o.Online.valid() {
		refuse("online rate %v is not from 0 to 1", o.Online)
	}
	if o.Points < 1 || o.Points > maxPoints {
		refuse("%d top-up points are not 1 to %d", o.Points, maxPoints)
	}
	errs = append(errs, o.checkParties(), o.checkStrata(), o.Methods.check(), o.TopUpMethods.check())
	return errors.Join(errs...)
}

func (o *Opening) checkParties() error {
	seen := map[string]bool{}
	for _, c := range o.Commitments {
		if !isParty(c.Party) || seen[c.Party] {
			return fmt.Errorf("sampling: opening: party %q is not a name or is there twice", c.Party)
		}
		seen[c.Party] = true
	}
	if len(seen) == 0 {
		return errors.New("sampling: opening: no party")
	}
	return nil
}

func (o *Opening) checkStrata() error {
	seen := map[string]bool{}
	for _, s := range o.Strata {
		if !isName(s) || seen[s] {
			return fmt.Errorf("sampling: opening: stratum %q is not a name or is there twice", s)
		}
		seen[s] = true
	}
	if len(seen) == 0 {
		return errors.New("sampling: opening: no stratum")
	}
	return nil
}

func (w Weights) check() error {
	seen := map[string]bool{}
	for _, one := range w {
		if !isName(one.Method) || seen[one.Method] {
			return fmt.Errorf("sampling: opening: method %q is not a name or is there twice", one.Method)
		}
		if one.Weight < 1 || one.Weight > most {
			return fmt.Errorf("sampling: opening: method %q has weight %d", one.Method, one.Weight)
		}
		seen[one.Method] = true
	}
	if len(seen) == 0 {
		return errors.New("sampling: opening: a list of methods is empty")
	}
	return nil
}

// isParty reports [a-z][a-z0-9-]{0,15}.
func isParty(s string) bool {
	if len(s) < 1 || len(s) > 16 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
	}) < 0
}

// isName reports whether s can stand in a line: visible ASCII without the comma,
// which parts the cases of a filing.
func isName(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || s[i] == ',' {
			return false
		}
	}
	return s != ""
}
