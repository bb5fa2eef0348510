package register

import (
	"slices"

	"jinchu/calendar"
)

// Standing is what a person is to the Party.
type Standing string

// The standings (glossary: MemberStatus).
const (
	Outside           Standing = "outside" // not in any procedure
	Applicant         Standing = "applicant"
	Activist          Standing = "activist"
	DevelopmentTarget Standing = "development-target"
	Probationary      Standing = "probationary"
	Full              Standing = "full"
	Suspended         Standing = "suspended"
	Removed           Standing = "removed"
	Withdrawn         Standing = "withdrawn"
)

// Standings lists every standing, in the order of the way in and out.
var Standings = []Standing{
	Outside, Applicant, Activist, DevelopmentTarget, Probationary, Full, Suspended, Removed, Withdrawn,
}

// Sanction is a measure in force that takes away rights a full member has.
type Sanction string

// The sanctions that matter for introducing and voting.
const (
	NoSanction        Sanction = ""
	PartyProbation    Sanction = "party-probation"    // 留党察看: no vote, may not introduce
	OrderedCorrection Sanction = "ordered-correction" // 限期改正: may not introduce
)

// Sanctions lists every sanction, none first.
var Sanctions = []Sanction{NoSanction, PartyProbation, OrderedCorrection}

// Bar forbids a person to apply before a day.
type Bar struct {
	Why   string        `json:"why"` // "fraud", "removed", "persuaded"
	From  calendar.Date `json:"from"`
	Until calendar.Date `json:"until"` // the first day on which an application is possible again
}

// On reports whether the bar is in force on a day.
func (b Bar) On(day calendar.Date) bool { return !day.Before(b.From) && day.Before(b.Until) }

// Person is somebody the register knows. The ID number is kept sealed
// (encrypted) and as a keyed hash; neither leaves the store.
type Person struct {
	ID        PersonID      `json:"id"`
	Name      string        `json:"name"`
	Sex       string        `json:"sex,omitempty"`       // GB/T 2261.1 code: "1" male, "2" female
	Ethnicity string        `json:"ethnicity,omitempty"` // GB/T 3304 code
	Education string        `json:"education,omitempty"` // GB/T 4658 code
	Work      string        `json:"work,omitempty"`      // occupation, for the structure of the plan
	Birth     calendar.Date `json:"birth,omitzero"`
	Org       OrgID         `json:"org,omitempty"` // the organization that keeps the person
	Standing  Standing      `json:"standing"`
	Since     calendar.Date `json:"since,omitzero"` // of the standing
	PartyAge  calendar.Date `json:"party_age,omitzero"`
	Sanction  Sanction      `json:"sanction,omitempty"`
	Migrant   bool          `json:"migrant,omitempty"` // household registration and residence differ
	Leaving   calendar.Date `json:"leaving,omitzero"`  // known date of leaving the unit
	Bars      []Bar         `json:"bars,omitempty"`
	IDSealed  []byte        `json:"id_sealed,omitempty"`
	IDHash    string        `json:"id_hash,omitempty"`
	IDTail    string        `json:"id_tail,omitempty"` // last four characters, for display
}

// Subject implements [Entity].
func (p *Person) Subject() Subject { return Subject{KindPerson, string(p.ID)} }

// Links implements [Entity].
func (p *Person) Links() Links { return Links{Org: p.Org, Person: p.ID, Lookup: p.IDHash} }

// Valid implements [Entity].
func (p *Person) Valid() error {
	switch {
	case !Plain(string(p.ID)):
		return faultID("id")
	case faultyName(p.Name):
		return fault("bad-name", "name", "姓名须为 1 至 50 个字", "a name has 1 to 50 characters and no control characters")
	case !slices.Contains(Standings, p.Standing):
		return fault("unknown-standing", "standing", "没有这种身份", "the standing is one of %v, not %q", Standings, p.Standing)
	case !slices.Contains(Sanctions, p.Sanction):
		return fault("unknown-sanction", "sanction", "没有这种处理", "the sanction is none or one of %v, not %q", Sanctions[1:], p.Sanction)
	case p.Org != "" && !Plain(string(p.Org)):
		return faultID("org")
	}
	for _, b := range p.Bars {
		if b.Why == "" || !b.From.Before(b.Until) {
			return fault("bad-bar", "bars", "限制申请须写明事由和起止日期", "a bar has a reason and lasts at least one day, not from %s until %s", b.From, b.Until)
		}
	}
	if err := p.validID(); err != nil {
		return err
	}
	return p.validCodes()
}

// validID demands that a number can be found again: nothing sealed without its
// hash, and no hash without what is shown. A hash alone is enough to know a
// person by who no longer has a number on record.
func (p *Person) validID() error {
	found := len(p.IDHash) == hashLen && len(p.IDTail) == tailLen
	none := len(p.IDSealed) == 0 && p.IDHash == "" && p.IDTail == ""
	if !found && !none {
		return fault("bad-id-number", "id_hash", "身份证号的密文、散列和后四位须同时具备", "a sealed ID number, its keyed hash and its last four characters belong together")
	}
	return nil
}

// With returns a copy of the person in another standing since a day.
func (p *Person) With(s Standing, since calendar.Date) *Person {
	q := *p
	q.Standing, q.Since = s, since
	return &q
}

// Member reports whether the person counts among the members of a branch:
// full or probationary.
func (p *Person) Member() bool { return p.Standing == Full || p.Standing == Probationary }

// HasVote reports whether the person has the right to vote and to introduce
// or be counted among those who should attend (党章 7; 党章 41): full members
// not under 留党察看.
func (p *Person) HasVote() bool { return p.Standing == Full && p.Sanction != PartyProbation }

// BarredOn returns the bar that forbids an application on a day, if any.
func (p *Person) BarredOn(on calendar.Date) (Bar, bool) {
	for _, b := range p.Bars {
		if b.On(on) {
			return b, true
		}
	}
	return Bar{}, false
}

// MaskedID shows an ID number as its last four characters only.
func (p *Person) MaskedID() string {
	if p.IDTail == "" {
		return ""
	}
	return mask + p.IDTail
}
