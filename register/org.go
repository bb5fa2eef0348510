package register

import (
	"slices"
	"strings"

	"jinchu/calendar"
)

// OrgKind is the kind of an organization.
type OrgKind string

// The kinds of organization. Which of them may approve is a matter of
// [Org.Approves] and the rules of 细则 23 (2014), not of the kind alone.
const (
	County        OrgKind = "county"         // 县(市)委组织部: the county organization department
	Department    OrgKind = "department"     // a consulted county department
	Committee     OrgKind = "committee"      // 基层党委、工委
	GeneralBranch OrgKind = "general-branch" // 党总支
	LeadingGroup  OrgKind = "leading-group"  // 党组
	Branch        OrgKind = "branch"         // 党支部
)

// OrgKinds lists every kind of organization.
var OrgKinds = []OrgKind{County, Department, Committee, GeneralBranch, LeadingGroup, Branch}

// Duty is what a consulted department answers for.
type Duty string

// The four departments whose joint opinion is sought (三级预审).
const (
	Discipline Duty = "discipline" // 纪检
	Health     Duty = "health"     // 卫健 (计生)
	Police     Duty = "police"     // 公安
	Petitions  Duty = "petitions"  // 信访
)

// Duties lists the consulted departments in the order of the customer's rule.
var Duties = []Duty{Discipline, Health, Police, Petitions}

// Org is an organization. Path is the chain of identifiers from the county
// down to the organization itself, joined by '/'.
type Org struct {
	ID        OrgID         `json:"id"`
	Kind      OrgKind       `json:"kind"`
	Name      string        `json:"name"`
	Parent    OrgID         `json:"parent,omitempty"`
	Path      string        `json:"path"`
	Duty      Duty          `json:"duty,omitempty"`      // departments only
	Approves  bool          `json:"approves,omitempty"`  // has power to approve probationary members
	Village   bool          `json:"village,omitempty"`   // subordinate to a township or street committee
	Temporary bool          `json:"temporary,omitempty"` // 临时党组织
	Committee bool          `json:"committee,omitempty"` // a branch that has a branch committee
	From      calendar.Date `json:"from,omitzero"`
	Until     calendar.Date `json:"until,omitzero"` // dissolved on this day
}

// Subject implements [Entity].
func (o *Org) Subject() Subject { return Subject{KindOrg, string(o.ID)} }

// Links implements [Entity].
func (o *Org) Links() Links { return Links{Org: o.Parent} }

// Valid implements [Entity].
func (o *Org) Valid() error {
	switch {
	case !Plain(string(o.ID)):
		return faultID("id")
	case faultyName(o.Name):
		return fault("bad-name", "name", "组织名称须为 1 至 50 个字", "an organization's name has 1 to 50 characters and no control characters")
	case !slices.Contains(OrgKinds, o.Kind):
		return fault("unknown-kind", "kind", "没有这种组织类别", "an organization's kind is one of %v, not %q", OrgKinds, o.Kind)
	case (o.Kind == Department) != slices.Contains(Duties, o.Duty) || o.Kind != Department && o.Duty != "":
		return fault("bad-duty", "duty", "协审职责须填且只能填于县直部门", "a department, and only a department, has one of the duties %v, not %q", Duties, o.Duty)
	case !o.Until.IsZero() && o.Until.Before(o.From):
		return fault("bad-term", "until", "撤销日期早于成立日期", "it ends on %s, before it begins on %s", o.Until, o.From)
	case o.Approves && (o.Kind != Committee || o.Temporary || o.Village):
		return fault("may-not-approve", "approves", "只有党委(工委)有审批权;临时党组织、乡镇(街道)党委所属党委没有(2014细则 23)",
			"only a committee that is neither temporary nor subordinate to a township committee has power to approve (2014细则 23)")
	}
	return o.validPlace()
}

// validPlace reports what is wrong with the organization's place in the tree,
// as far as it shows without the others.
func (o *Org) validPlace() error {
	switch {
	case o.Kind == County && (o.Parent != "" || o.Path != string(o.ID)):
		return fault("bad-path", "path", "县(市)委组织部是最上级", "the county has no superior organization, and its path is its identifier")
	case o.Kind != County && (o.Parent == "" || o.Parent == o.ID):
		return fault("no-parent", "parent", "请填写上级组织", "an organization other than the county needs a superior organization")
	case !strings.HasSuffix("/"+o.Path, "/"+string(o.ID)):
		return fault("bad-path", "path", "组织路径须以本组织代码结尾", "the path %q does not end in the organization's identifier", o.Path)
	}
	return nil
}

// Over reports whether o stands above p in the organization tree, or is p.
func (o *Org) Over(p *Org) bool {
	return p.Path == o.Path || strings.HasPrefix(p.Path, o.Path+"/")
}

// Live reports whether the organization exists on the given day.
func (o *Org) Live(on calendar.Date) bool {
	return !on.Before(o.From) && (o.Until.IsZero() || on.Before(o.Until))
}

// Above finds the nearest organization at or above id for which want holds.
func Above(v View, id OrgID, want func(*Org) bool) (*Org, bool) {
	for id != "" {
		o, ok := v.Org(id)
		if !ok {
			return nil, false
		}
		if want(o) {
			return o, true
		}
		id = o.Parent
	}
	return nil, false
}

// ApprovingCommittee is the nearest committee with power to approve at or
// above an organization.
func ApprovingCommittee(v View, id OrgID) (*Org, bool) {
	return Above(v, id, func(o *Org) bool { return o.Approves })
}

// ApprovingBelow are the committees with power to approve below an
// organization, dissolved ones included, in the order of the tree.
func ApprovingBelow(v View, id OrgID) []*Org {
	var out []*Org
	for _, o := range v.Below(id) {
		if o.Approves {
			out = append(out, o)
		}
		if o.Kind != Branch {
			out = append(out, ApprovingBelow(v, o.ID)...)
		}
	}
	return out
}

// Plain reports whether an identifier is safe in paths, URLs and ledger
// leaves: ASCII letters, digits and '-' only. Two of them and what a chain
// adds fit into the 128 bytes of a leaf's text.
func Plain(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != "" && len(s) <= 60
}
