package register

import (
	"slices"

	"jinchu/calendar"
)

// Post is the kind of an office.
type Post string

// The posts of the procedure. A sentence's role is a set of these.
const (
	BranchSecretary    Post = "secretary"           // 支部书记
	OrgCommissioner    Post = "org-commissioner"    // 组织委员
	GeneralBranchChief Post = "general-secretary"   // 总支书记
	CommitteeReviewer  Post = "committee-reviewer"  // 党委组织干事
	CommitteeSecretary Post = "committee-secretary" // 党委书记
	Organizer          Post = "organizer"           // 组织员
	DepartmentOfficer  Post = "department-officer"  // consulted department's officer
	CountyReviewer     Post = "county-reviewer"     // 县委组织部审核员
	CountyHead         Post = "county-head"         // 县委组织部负责人
	Inspector          Post = "inspector"           // 督查专班
	Auditor            Post = "auditor"             // 审计、纪检 (read only)
	Administrator      Post = "admin"               // keeps the register
	Clock              Post = "clock"               // the calendar itself
)

// Posts lists every post a person can hold, in the order of the levels.
var Posts = []Post{
	BranchSecretary, OrgCommissioner, GeneralBranchChief,
	CommitteeReviewer, CommitteeSecretary, Organizer, DepartmentOfficer,
	CountyReviewer, CountyHead, Inspector, Auditor, Administrator,
}

// Those who handle cases in a branch, a committee and the county organization
// department.
var (
	BranchPosts    = []Post{BranchSecretary, OrgCommissioner}
	CommitteePosts = []Post{CommitteeReviewer, CommitteeSecretary, Organizer}
	CountyPosts    = []Post{CountyReviewer, CountyHead}
)

// Office is one term of one person in one post of one organization.
type Office struct {
	ID     OfficeID      `json:"id"`
	Person PersonID      `json:"person,omitempty"`
	Post   Post          `json:"post"`
	Org    OrgID         `json:"org"`
	From   calendar.Date `json:"from"`
	Until  calendar.Date `json:"until,omitzero"` // the first day on which it is no longer held
}

// Subject implements [Entity].
func (o *Office) Subject() Subject { return Subject{KindOffice, string(o.ID)} }

// Links implements [Entity].
func (o *Office) Links() Links { return Links{Org: o.Org, Person: o.Person} }

// Valid implements [Entity].
func (o *Office) Valid() error {
	switch {
	case !Plain(string(o.ID)):
		return faultID("id")
	case !slices.Contains(Posts, o.Post):
		return fault("unknown-post", "post", "没有这种岗位", "a post that a person can hold is needed, not %q", o.Post)
	case !Plain(string(o.Org)):
		return faultID("org")
	case o.Person != "" && !Plain(string(o.Person)):
		return faultID("person")
	case !o.Until.IsZero() && o.Until.Before(o.From):
		return fault("bad-term", "until", "任期结束早于开始", "the term ends on %s, before it begins on %s", o.Until, o.From)
	}
	return nil
}

// Held reports whether the office is held on a day.
func (o *Office) Held(on calendar.Date) bool {
	return !on.Before(o.From) && (o.Until.IsZero() || on.Before(o.Until))
}

// Degree is how two people are related.
type Degree string

// The degrees of kinship that the controls against 近亲繁殖 name.
const (
	Spouse            Degree = "spouse"
	DirectBlood       Degree = "direct-blood"
	CollateralWithin3 Degree = "collateral-within-3"
	CloseInLaw        Degree = "close-in-law"
	OtherKin          Degree = "other"
)

// Degrees lists every degree, the closest first.
var Degrees = []Degree{Spouse, DirectBlood, CollateralWithin3, CloseInLaw, OtherKin}

// Kin relates two people. A is the smaller identifier, so that one relation
// is one entity.
type Kin struct {
	A      PersonID `json:"a"`
	B      PersonID `json:"b"`
	Degree Degree   `json:"degree"`
	Ended  bool     `json:"ended,omitempty"` // recorded in error or dissolved
}

// NewKin relates two people in the canonical order.
func NewKin(a, b PersonID, d Degree) *Kin {
	if b < a {
		a, b = b, a
	}
	return &Kin{A: a, B: b, Degree: d}
}

// Subject implements [Entity].
func (k *Kin) Subject() Subject {
	return Subject{KindKin, string(k.A) + "~" + string(k.B)}
}

// Links implements [Entity].
func (k *Kin) Links() Links { return Links{Person: k.A, Other: k.B} }

// Valid implements [Entity].
func (k *Kin) Valid() error {
	switch {
	case !Plain(string(k.A)):
		return faultID("a")
	case !Plain(string(k.B)):
		return faultID("b")
	case k.A >= k.B:
		return fault("bad-pair", "b", "亲属关系须为两个不同的人,编号小者在前", "a kin relation is between two different people, the smaller identifier first")
	case !slices.Contains(Degrees, k.Degree):
		return fault("unknown-degree", "degree", "没有这种亲属关系", "the degree is one of %v, not %q", Degrees, k.Degree)
	}
	return nil
}

// Excludes reports whether the relation is close enough that one may not
// decide on, introduce or vote for the other.
func (k Kin) Excludes() bool { return !k.Ended && k.Degree != OtherKin }

// CloseKin returns the relation between two people that excludes one from the
// other's case, if any. Nobody is their own kin: whether somebody may act in
// their own case is another question.
func CloseKin(v View, a, b PersonID) (Kin, bool) {
	if a == "" || b == "" || a == b {
		return Kin{}, false
	}
	// A relation stands in the lists of both. That of b, whose case it mostly
	// is, serves for everybody who is named or acts in the case.
	for _, k := range v.Kin(b) {
		if k.Excludes() && (k.A == a || k.B == a) {
			return k, true
		}
	}
	return Kin{}, false
}
