package sampling

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Commitment is a party and what it published of its key (design, "Open").
type Commitment struct {
	Party string // [a-z][a-z0-9-]{0,15}
	Hash  Hash   // Key.Commit
}

// Opening is the record that opens a quarter, before its first filing (design,
// "Open"). Dates and lead days are published with it and enter no ticket: they
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
	Dates        []string     // civil dates of the points, YYYY-MM-DD, ascending; nil if not said
	LeadDays     int          // days by which a filing has to be ahead of its meeting; 0 if not said
}

const (
	maxPoints   = 92 // a top-up point on every day of a quarter
	maxLeadDays = 92 // no more than a quarter ahead
)

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
	if o.LeadDays < 0 || o.LeadDays > maxLeadDays {
		refuse("%d lead days are not 0 to %d", o.LeadDays, maxLeadDays)
	}
	errs = append(errs, o.checkDates(), o.checkParties(), o.checkStrata(), o.Methods.check(), o.TopUpMethods.check())
	return errors.Join(errs...)
}

// checkDates wants a day for each point, or none at all.
func (o *Opening) checkDates() error {
	if len(o.Dates) == 0 {
		return nil
	}
	if len(o.Dates) != o.Points {
		return fmt.Errorf("sampling: opening: %d dates for %d points", len(o.Dates), o.Points)
	}
	for i, d := range o.Dates {
		if !isDate(d) || i > 0 && d <= o.Dates[i-1] {
			return fmt.Errorf("sampling: opening: date %q of point %d is no day like 2026-01-31, or not after the one before", d, i+1)
		}
	}
	return nil
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
// which parts the cases of a filing, and without quotes and backslashes, which
// JSON would escape. A lone dash is no name: it stands for nothing.
func isName(s string) bool {
	for i := range len(s) {
		if !inNames[s[i]] {
			return false
		}
	}
	return s != "" && s != none
}

// inNames are the bytes of names.
var inNames = func() (out [256]bool) {
	for c := '!'; c <= '~'; c++ {
		out[c] = c != ',' && c != '"' && c != '\\'
	}
	return out
}()

// none stands in a line where there is nothing to say.
const none = "-"

// isDate reports whether s is a civil date, YYYY-MM-DD.
func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
