package engine

import (
	"fmt"

	"jinchu/calendar"
)

// ParamKind is the kind of a parameter's value.
type ParamKind string

// The kinds of parameter; values are whole numbers throughout.
const (
	NumberParam ParamKind = "number"
	FlagParam   ParamKind = "flag" // 0 or 1
	DateParam   ParamKind = "date" // year*10000 + month*100 + day
)

// Bound says how a county may differ from the national value.
type Bound string

// The bounds. A value outside its bound does not load.
const (
	Fixed   Bound = "fixed"    // the national value, always
	AtLeast Bound = "at-least" // Limit or more
	AtMost  Bound = "at-most"  // Limit or less
	Free    Bound = "free"     // the national text is silent
)

// Param is one number of the regulation that a county profile may set.
type Param struct {
	Key        string
	Words      Words
	Kind       ParamKind
	Default    int
	Bound      Bound
	Limit      int     // of AtLeast and AtMost
	Max        int     // the most that makes sense, 0 for none
	Cite       Article // "" for a design choice
	Unverified bool    // "county to confirm": not seen in the text of a rule
}

// At is the parameter's value on the day of the act.
func (p *Param) At(s *Situation) int { return s.Profile.Value(p, s.On) }

// On reports whether a flag is set on the day of the act.
func (p *Param) On(s *Situation) bool { return p.At(s) != 0 }

// Date is the value of a date parameter.
func (p *Param) Date(profile *Profile) calendar.Date {
	v := profile.Value(p, calendar.Date{})
	d, err := calendar.Parse(fmt.Sprintf("%04d-%02d-%02d", v/10000, v/100%100, v%100))
	if err != nil {
		return calendar.Date{}
	}
	return d
}

// Allows reports whether a county may set the parameter to v.
func (p *Param) Allows(v int) error {
	switch {
	case p.Bound == Fixed && v != p.Default:
		return fmt.Errorf("%s is fixed at %d (%s)", p.Key, p.Default, p.Cite)
	case p.Bound == AtLeast && v < p.Limit:
		return fmt.Errorf("%s = %d is weaker than the national floor: at least %d (%s)", p.Key, v, p.Limit, p.Cite)
	case p.Bound == AtMost && v > p.Limit:
		return fmt.Errorf("%s = %d is weaker than the national ceiling: at most %d (%s)", p.Key, v, p.Limit, p.Cite)
	case v < 0 || p.Kind == FlagParam && v > 1 || p.Max > 0 && v > p.Max:
		return fmt.Errorf("%s = %d is out of range", p.Key, v)
	}
	return nil
}

// Profile is a county's overlay over the national values: values per period,
// oldest first. A nil profile is the national floor.
type Profile struct {
	Name    string
	Words   Words
	Periods []Period
	// Off and Work are the county's own days off and make-up workdays.
	Off, Work []calendar.Date
}

// Period holds the values that count from a day on; a value it does not set
// is the one of the period before it.
type Period struct {
	From   calendar.Date
	Values map[string]int
}

// Value is the parameter's value on a day; for the zero day it is the first
// one set at all.
func (p *Profile) Value(param *Param, on calendar.Date) int {
	if p == nil {
		return param.Default
	}
	if on.IsZero() {
		for _, period := range p.Periods {
			if v, ok := period.Values[param.Key]; ok {
				return v
			}
		}
		return param.Default
	}
	for i := len(p.Periods) - 1; i >= 0; i-- {
		if p.Periods[i].From.After(on) {
			continue
		}
		if v, ok := p.Periods[i].Values[param.Key]; ok {
			return v
		}
	}
	return param.Default
}
