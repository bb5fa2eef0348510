// Package register holds the nouns of the regulation and their own rules: the
// county, its departments, committees and branches; people and their
// standing; who holds which office from when to when; kin relations; the
// annual plan and the pools of form serials.
//
// Everything here is a value. Nothing reads a clock or a database: a [View]
// answers questions about the register as it is known at one moment, and a
// change of the register is an [Entity] that replaces the earlier one under
// the same [Subject]. The store keeps one chained event per change, so a row
// of the register is the last entity of its chain.
package register

// CountyID is the six-digit administrative code of a county-level area (GB/T
// 2260), for example "420683". It is the tenant: nothing is shared between
// counties.
type CountyID string

// OrgID names an organization within its county. Imported organizations keep
// their statistical division code; others get a generated identifier.
type OrgID string

// PersonID names a person within a county. It is random and says nothing
// about the person; people are never matched by name.
type PersonID string

// OfficeID names one term of office: one person in one post of one
// organization. It is the pseudonym under which acts appear in the ledger.
type OfficeID string

// Kind says which noun an entity is.
type Kind string

// The nouns of the register.
const (
	KindOrg    Kind = "org"
	KindPerson Kind = "person"
	KindOffice Kind = "office"
	KindKin    Kind = "kin"
	KindPlan   Kind = "plan"
	KindPool   Kind = "pool"

	KindQuarter Kind = "quarter"
	KindFiling  Kind = "filing"
)

// Subject identifies one entity of the register within its county.
type Subject struct {
	Kind Kind
	ID   string
}

// Chain is the identifier of the subject's event chain in the ledger. It
// never collides with a case identifier, which holds no colon.
func (s Subject) Chain() string { return string(s.Kind) + ":" + s.ID }

// Entity is one noun of the register in one version.
type Entity interface {
	// Subject is the entity's identity; a later entity of the same subject
	// replaces it.
	Subject() Subject
	// Links are what the entity is looked up by, besides its identity.
	Links() Links
	// Valid reports the first thing wrong with the entity on its own.
	Valid() error
}

// Links are the look-up keys of an entity; the store indexes them.
type Links struct {
	Org    OrgID    // the organization it belongs to
	Person PersonID // the person it is about
	Other  PersonID // the second person of a kin relation
	Lookup string   // keyed hash of an ID number
}

// View answers questions about a county's register as it is known at one
// moment. An implementation may read lazily; Err reports the first failure,
// and answers given after a failure mean nothing.
type View interface {
	Org(OrgID) (*Org, bool)
	// Below are the organizations directly below one, dissolved ones
	// included, in the order of their identifiers.
	Below(OrgID) []*Org
	Person(PersonID) (*Person, bool)
	// Lookup finds the person with this keyed hash of an ID number.
	Lookup(idHash string) (*Person, bool)
	Office(OfficeID) (*Office, bool)
	// Members are the people whose membership or application is kept in the
	// organization, in the order of their identifiers.
	Members(OrgID) []*Person
	// Officers are the offices of an organization, ended ones included.
	Officers(OrgID) []*Office
	// Kin are the recorded kin relations of a person, in both directions.
	Kin(PersonID) []Kin
	// Plan is the annual plan of a committee for a calendar year.
	Plan(org OrgID, year int) (*Plan, bool)
	// Pools are the pools of form serials of the county.
	Pools() []*Pool
	// Quarter is the record of a quarter's spot checks.
	Quarter(QuarterID) (*Quarter, bool)
	// Filings are the meetings filed by a branch, in the order of their
	// identifiers.
	Filings(branch OrgID) []*Filing
	// LastFiling is the highest number given out in a quarter, 0 for none.
	LastFiling(QuarterID) int
	// FilingsOf are all filings of a quarter in the order of their numbers.
	// It is for those who work through a quarter; no decision rests on it.
	FilingsOf(QuarterID) []*Filing
	Err() error
}
