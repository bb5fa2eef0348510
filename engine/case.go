package engine

import (
	"time"

	"jinchu/calendar"
	"jinchu/ledger"
	"jinchu/register"
)

// CaseID names a case within its county: 26 characters, random.
type CaseID string

// Case is a case as the fold of its events. It is never changed in place:
// [Apply] returns the next one, which shares what did not change.
type Case struct {
	County   register.CountyID
	ID       CaseID
	Workflow string
	Parent   CaseID // the case this one depends on, "" for none
	Person   register.PersonID
	Org      register.OrgID // the branch that keeps the case
	Path     string         // of Org
	Stage    string
	StageOn  calendar.Date // the day the stage was entered
	StageSeq int64         // the event that entered it
	Seq      int64         // events so far
	Round    int           // 1..; see [Rule.AnewRound]
	OpenedOn calendar.Date
	LastOn   calendar.Date // the day of the last act
	At       time.Time     // the instant of the last event
	Ended    bool
	Due      []Deadline        // open deadlines, earliest first
	Held     map[string]string // claims held now: kind -> key
	Head     ledger.Hash       // of the last event

	facts map[string][]Fact
	trail *Trace
}

// Fact is one value as it was given.
type Fact struct {
	Value any
	Round int
	Seq   int64
	On    calendar.Date
	By    register.OfficeID
}

// Trace is one act of the case as later conditions need it, with the one
// before it.
type Trace struct {
	Action string
	From   string
	Seq    int64
	On     calendar.Date
	Office register.OfficeID
	Person register.PersonID
	Org    register.OrgID
	Round  int
	Prev   *Trace
}

// Fact is the value of a field that counts now: the last one given, in this
// round where the field is kept per round.
func (c *Case) Fact(f *Field) (Fact, bool) {
	facts := c.facts[f.Key]
	if len(facts) == 0 {
		return Fact{}, false
	}
	last := facts[len(facts)-1]
	if f.PerRound && last.Round != c.Round {
		return Fact{}, false
	}
	return last, true
}

// All are the values of a repeated field that count now, oldest first.
func (c *Case) All(f *Field) []Fact {
	if c == nil {
		return nil
	}
	facts := c.facts[f.Key]
	if f.PerRound {
		for len(facts) > 0 && facts[0].Round != c.Round {
			facts = facts[1:]
		}
	}
	return facts
}

// Last is the last act of that name, nil for none.
func (c *Case) Last(action string) *Trace {
	for t := c.trail; t != nil; t = t.Prev {
		if t.Action == action {
			return t
		}
	}
	return nil
}

// LastIn is the last act of that name in the present round, nil for none.
func (c *Case) LastIn(action string) *Trace {
	if t := c.Last(action); t != nil && t.Round == c.Round {
		return t
	}
	return nil
}

// Trail is the last act, from which all earlier ones can be reached.
func (c *Case) Trail() *Trace { return c.trail }

// NextDue is the earliest open deadline; ok is false where nothing is due.
func (c *Case) NextDue() (Deadline, bool) {
	if len(c.Due) == 0 {
		return Deadline{}, false
	}
	return c.Due[0], true
}
