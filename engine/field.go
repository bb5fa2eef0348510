package engine

import (
	"slices"

	"jinchu/calendar"
	"jinchu/register"
)

// FieldKind is the kind of a field's value.
type FieldKind string

// The kinds of field, with the Go type of their values.
const (
	KindText       FieldKind = "text"       // string, 1..4000 characters
	KindDate       FieldKind = "date"       // calendar.Date
	KindMoment     FieldKind = "moment"     // Moment: civil date and time of day
	KindNumber     FieldKind = "number"     // int64 >= 0
	KindFlag       FieldKind = "flag"       // bool
	KindChoice     FieldKind = "choice"     // string, one of the options
	KindChecklist  FieldKind = "checklist"  // []string, a set of the options
	KindPerson     FieldKind = "person"     // register.PersonID
	KindPeople     FieldKind = "people"     // []register.PersonID
	KindOrg        FieldKind = "org"        // register.OrgID
	KindRoster     FieldKind = "roster"     // Roster
	KindExclusions FieldKind = "exclusions" // []Exclusion
	KindItems      FieldKind = "items"      // []Item
	KindDocuments  FieldKind = "documents"  // []Document
)

// Option is one choice of a field.
type Option struct {
	Key   string `json:"key"`
	Words Words  `json:"words"`
}

// Field is something an act gives. The form, the JSON schema, the story
// syntax and the printed paper come from it.
type Field struct {
	Key      string    `json:"key"`
	Words    Words     `json:"words"`
	Kind     FieldKind `json:"kind"`
	Options  []Option  `json:"options,omitempty"`
	Repeated bool      `json:"repeated,omitempty"`  // every act adds a value; otherwise the last value of a round counts
	PerRound bool      `json:"per_round,omitempty"` // a new round starts without it
}

// AnyField is a field of any type of value.
type AnyField interface{ field() *Field }

// F is a field whose values have the Go type T.
type F[T any] struct{ *Field }

func (f F[T]) field() *Field { return f.Field }

// Many makes every act add a value to the field.
func (f F[T]) Many() F[T] { g := *f.Field; g.Repeated = true; return F[T]{&g} }

// EachRound makes a new round start without the field.
func (f F[T]) EachRound() F[T] { g := *f.Field; g.PerRound = true; return F[T]{&g} }

// Of is the value as it would be after the act: what the move gives, or else
// what the case holds.
func (f F[T]) Of(s *Situation) (T, bool) {
	if v, ok := s.Given[f.Key]; ok {
		t, ok := v.(T)
		return t, ok
	}
	return f.Held(s.Case)
}

// Given is the value the move gives.
func (f F[T]) Given(s *Situation) (T, bool) {
	t, ok := s.Given[f.Key].(T)
	return t, ok
}

// Held is the value the case holds already.
func (f F[T]) Held(c *Case) (t T, ok bool) {
	if c == nil {
		return t, false
	}
	if fact, ok := c.Fact(f.Field); ok {
		t, ok = fact.Value.(T)
		return t, ok
	}
	return t, false
}

// All are the facts of a repeated field that count now, oldest first.
func (f F[T]) All(c *Case) []Fact { return c.All(f.Field) }

func newField[T any](key, zh, en string, kind FieldKind, options ...Option) F[T] {
	return F[T]{&Field{Key: key, Words: Words{zh, en}, Kind: kind, Options: options}}
}

// TextField names a field of free text.
func TextField(key, zh, en string) F[string] { return newField[string](key, zh, en, KindText) }

// DateField names a field that holds a civil date. It can be the anchor of a
// deadline.
func DateField(key, zh, en string) F[calendar.Date] {
	return newField[calendar.Date](key, zh, en, KindDate)
}

// MomentField names a field that holds a civil date and a time of day.
func MomentField(key, zh, en string) F[Moment] { return newField[Moment](key, zh, en, KindMoment) }

// NumberField names a field that holds a whole number of at least 0.
func NumberField(key, zh, en string) F[int64] { return newField[int64](key, zh, en, KindNumber) }

// FlagField names a field that is yes or no.
func FlagField(key, zh, en string) F[bool] { return newField[bool](key, zh, en, KindFlag) }

// ChoiceField names a field with one of some options.
func ChoiceField(key, zh, en string, options ...Option) F[string] {
	return newField[string](key, zh, en, KindChoice, options...)
}

// ChecklistField names a field with a set of options.
func ChecklistField(key, zh, en string, options ...Option) F[[]string] {
	return newField[[]string](key, zh, en, KindChecklist, options...)
}

// PersonField names a field with one person of the register.
func PersonField(key, zh, en string) F[register.PersonID] {
	return newField[register.PersonID](key, zh, en, KindPerson)
}

// PeopleField names a field with several people of the register.
func PeopleField(key, zh, en string) F[[]register.PersonID] {
	return newField[[]register.PersonID](key, zh, en, KindPeople)
}

// OrgField names a field with one organization of the register.
func OrgField(key, zh, en string) F[register.OrgID] {
	return newField[register.OrgID](key, zh, en, KindOrg)
}

// RosterField names a field with the full roster of an organization. Given as
// a list of people, it is filled with what they are on that day.
func RosterField(key, zh, en string) F[Roster] { return newField[Roster](key, zh, en, KindRoster) }

// ExclusionsField names a field with people left out of those who should
// attend.
func ExclusionsField(key, zh, en string, bases ...Option) F[[]Exclusion] {
	return newField[[]Exclusion](key, zh, en, KindExclusions, bases...)
}

// ItemsField names a field with itemised texts, such as defects.
func ItemsField(key, zh, en string) F[[]Item] { return newField[[]Item](key, zh, en, KindItems) }

// DocumentsField names a field with documents bound by their digests.
func DocumentsField(key, zh, en string) F[[]Document] {
	return newField[[]Document](key, zh, en, KindDocuments)
}

// Moment is a civil date with a time of day in Asia/Shanghai, as written:
// "2026-06-20T09:00".
type Moment string

// Date is the civil date of the moment.
func (m Moment) Date() calendar.Date {
	d, err := calendar.Parse(string(m)[:min(10, len(m))])
	if err != nil {
		return calendar.Date{}
	}
	return d
}

// Item is one numbered text.
type Item struct {
	Key  string `json:"key"`
	Text string `json:"text,omitempty"`
}

// Document is a paper bound to an act by its digest.
type Document struct {
	Name   string `json:"name"`
	Digest string `json:"digest"` // hexadecimal SHA-256
}

// Seat is one person of a roster as known on the day of filing.
type Seat struct {
	Person   register.PersonID `json:"person"`
	Standing register.Standing `json:"standing"`
	Vote     bool              `json:"vote"`
}

// Roster is the full list of the members of an organization.
type Roster []Seat

// Votes counts the seats with a right to vote.
func (r Roster) Votes() int64 {
	n := int64(0)
	for _, s := range r {
		if s.Vote {
			n++
		}
	}
	return n
}

// Exclusion leaves one member out of those who should attend, on one of the
// bases the rules name.
type Exclusion struct {
	Person register.PersonID `json:"person"`
	Basis  string            `json:"basis"`
}

// has reports whether key is one of the field's options.
func (f *Field) has(key string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Key == key })
}
