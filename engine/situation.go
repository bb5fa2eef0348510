package engine

import (
	"time"

	"jinchu/calendar"
	"jinchu/register"
)

// View is the county as known at the moment of an act: the register, who
// holds what is scarce, and the cases that depend on a case.
type View interface {
	register.View
	// Holder is the case that holds a claim now (taken, used or voided).
	Holder(kind, key string) (CaseID, bool)
	// Held are the keys of a kind that begin with prefix and are taken or used
	// now.
	Held(kind, prefix string) []string
	// HeldBy are the people about whom the cases are that hold claims of a kind
	// whose key begins with prefix, taken or used.
	HeldBy(kind, prefix string) []register.PersonID
	// NextSerial is the lowest serial of the county's pools that was never
	// given out; ok is false where none is left.
	NextSerial() (serial string, ok bool)
	// Children are the cases that depend on a case.
	Children(CaseID) []Child
}

// Child is a dependent case as its parent sees it.
type Child struct {
	ID       CaseID
	Workflow string
	Stage    string
	Ended    bool
}

// Actor is who acts: an office of a county. The office is looked up at the
// moment of the act; an ended one acts no more.
type Actor struct {
	County register.CountyID
	Office register.OfficeID
}

// Move is what an actor wants to do.
type Move struct {
	Workflow string // to open a case; otherwise the case's own
	Case     CaseID // "" opens a new one
	Person   register.PersonID
	Org      register.OrgID
	Parent   CaseID

	Action string
	On     calendar.Date  // the day it happened; the zero day is today
	Fields map[string]any // field key -> Go value or json.RawMessage
	Reason string         // of a late or back-dated act
	// Seen is the seq the actor looked at; 0 does not check.
	Seen int64
	// Key is the idempotency key; "" keeps no answer.
	Key string
	// Digest identifies the whole request under the key.
	Digest string
}

// Situation is all that a decision depends on.
type Situation struct {
	Case     *Case // in the stage before the act; in stage "new" for an opening
	Action   string
	On       calendar.Date // the day of the act
	Today    calendar.Date // the day of the recording
	Now      time.Time
	Given    map[string]any
	Reason   string
	Office   *register.Office
	Org      *register.Org // of the office
	View     View
	Cal      *calendar.Calendar
	Profile  *Profile
	Workflow *Workflow
	// Handled are those who answer for what the case depends on, by their
	// identifiers; nil where its workflow does not trace anything back.
	Handled []register.PersonID

	err error
}

// Fail records that a condition could not be decided, for example because a
// calendar year is not published. The act is then neither allowed nor refused.
func (s *Situation) Fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// Err is the first failure.
func (s *Situation) Err() error {
	if s.err == nil {
		s.err = s.View.Err()
	}
	return s.err
}

// Subject is the person the case is about.
func (s *Situation) Subject() *register.Person {
	if p, ok := s.View.Person(s.Case.Person); ok {
		return p
	}
	return &register.Person{}
}

// Branch is the organization that keeps the case.
func (s *Situation) Branch() *register.Org {
	if o, ok := s.View.Org(s.Case.Org); ok {
		return o
	}
	return &register.Org{}
}

// Overdue returns the deadline of the action that has passed before the day
// of the act, if any.
func (s *Situation) overdue(action string) (Deadline, bool) {
	for _, d := range s.Case.Due {
		if d.Action == action && d.On.Before(s.On) {
			return d, true
		}
	}
	return Deadline{}, false
}
