package simulate

import (
	"errors"
	"math/rand/v2"
	"slices"

	"jinchu/calendar"
	"jinchu/register"
)

// county is what the play knows of the register: whom to ask to act, and who
// may be named in an act.
type county struct {
	orgs       []*register.Org
	branches   []*branch
	byOrg      map[register.OrgID]*branch
	committees []*committee
	reviewers  []register.OfficeID // of the county
	heads      []register.OfficeID
	inspectors []register.OfficeID
	auditor    register.OfficeID
	admin      register.OfficeID
	officers   map[register.Duty]register.OfficeID // of the departments
	peers      map[register.OfficeID][]register.OfficeID

	people  []*register.Person
	offices []*register.Office
	kin     []*register.Kin
	holder  map[register.OfficeID]*register.Person
	madeUp  *madeUp
}

// committee is a committee with power to approve.
type committee struct {
	org      *register.Org
	officers []register.OfficeID // reviewer, secretary, organizer
	seconded register.OfficeID   // county office that the organizer also holds, "" for none
	branches []*branch
	needs    map[int]int // year -> how many places of the plan might be asked for
}

func (c *committee) organizer() register.OfficeID { return c.officers[2] }

// branch is a branch with its members as they are now.
type branch struct {
	org       *register.Org
	above     *committee
	secretary register.OfficeID
	second    register.OfficeID // the commissioner for organization
	members   []*register.Person
}

// voters is how many members have a vote, people aside.
func (b *branch) voters(aside ...register.PersonID) int64 {
	n := int64(0)
	for _, p := range b.members {
		if p.HasVote() && !slices.Contains(aside, p.ID) {
			n++
		}
	}
	return n
}

// fit are the full members under no sanction, people aside.
func (b *branch) fit(aside ...register.PersonID) []register.PersonID {
	var out []register.PersonID
	for _, p := range b.members {
		if p.Standing == register.Full && p.Sanction == register.NoSanction && !slices.Contains(aside, p.ID) {
			out = append(out, p.ID)
		}
	}
	return out
}

// sanctioned is a member under a sanction, "" where there is none.
func (b *branch) sanctioned() register.PersonID {
	for _, p := range b.members {
		if p.Sanction != register.NoSanction {
			return p.ID
		}
	}
	return ""
}

// seconds is how many organizers of committees also hold an office at the
// county: they must not review a case at both levels.
const seconds = 4

func newCounty(cfg Config, from calendar.Date) (*county, error) {
	r := rand.New(rand.NewPCG(cfg.Seed, 1<<33))
	c := &county{officers: map[register.Duty]register.OfficeID{}, peers: map[register.OfficeID][]register.OfficeID{},
		holder: map[register.OfficeID]*register.Person{}, byOrg: map[register.OrgID]*branch{}, madeUp: &madeUp{county: cfg.County, keys: cfg.Keys}}
	byID := map[register.OrgID]*committee{}
	for _, o := range cfg.Orgs {
		o := *o
		c.orgs = append(c.orgs, &o)
		switch {
		case o.Kind == register.County:
			c.staffCounty(r, &o, from)
		case o.Kind == register.Department:
			c.officers[o.Duty] = c.appoint(r, &o, register.DepartmentOfficer, "officer", from)
		case o.Kind == register.Committee && o.Approves:
			byID[o.ID] = c.staffCommittee(r, &o, from)
		case o.Kind == register.Branch && byID[o.Parent] != nil && !o.Temporary:
			c.staffBranch(r, &o, byID[o.Parent], from)
		}
	}
	if len(c.branches) == 0 || len(c.officers) != len(register.Duties) || len(c.heads) == 0 {
		return nil, errors.New("a county with its four departments, a committee and a branch is needed")
	}
	for i, p := range c.people {
		sealed, err := c.madeUp.sealed(p, i)
		if err != nil {
			return nil, err
		}
		*p = *sealed
	}
	return c, nil
}

// appoint makes an officer who belongs to the organization.
func (c *county) appoint(r *rand.Rand, o *register.Org, post register.Post, short string, from calendar.Date) register.OfficeID {
	p := c.madeUp.member(r, o.ID, from)
	c.people = append(c.people, p)
	return c.hold(p, o, post, short, from)
}

// hold gives somebody an office.
func (c *county) hold(p *register.Person, o *register.Org, post register.Post, short string, from calendar.Date) register.OfficeID {
	id := register.OfficeID(string(o.ID) + "-" + short)
	c.offices = append(c.offices, &register.Office{ID: id, Person: p.ID, Post: post, Org: o.ID, From: from.AddYears(-1)})
	c.holder[id] = p
	return id
}

// colleagues can act for each other.
func (c *county) colleagues(offices ...register.OfficeID) []register.OfficeID {
	for _, o := range offices {
		c.peers[o] = offices
	}
	return offices
}

// another is a colleague of an officer, the officer where there is none.
func (c *county) another(than register.OfficeID, r *rand.Rand) register.OfficeID {
	others := slices.DeleteFunc(slices.Clone(c.peers[than]), func(o register.OfficeID) bool { return o == than })
	if len(others) == 0 {
		return than
	}
	return one(r, others)
}

func (c *county) staffCounty(r *rand.Rand, o *register.Org, from calendar.Date) {
	c.reviewers = c.colleagues(c.appoint(r, o, register.CountyReviewer, "reviewer-1", from), c.appoint(r, o, register.CountyReviewer, "reviewer-2", from))
	c.heads = c.colleagues(c.appoint(r, o, register.CountyHead, "head", from))
	c.inspectors = c.colleagues(c.appoint(r, o, register.Inspector, "inspector-1", from), c.appoint(r, o, register.Inspector, "inspector-2", from),
		c.appoint(r, o, register.Inspector, "inspector-3", from), c.appoint(r, o, register.Inspector, "inspector-4", from))
	c.auditor = c.appoint(r, o, register.Auditor, "auditor", from)
	c.admin = c.appoint(r, o, register.Administrator, "admin", from)
}

func (c *county) staffCommittee(r *rand.Rand, o *register.Org, from calendar.Date) *committee {
	m := &committee{org: o, needs: map[int]int{}}
	m.officers = c.colleagues(c.appoint(r, o, register.CommitteeReviewer, "reviewer", from),
		c.appoint(r, o, register.CommitteeSecretary, "secretary", from))
	m.officers = append(m.officers, c.appoint(r, o, register.Organizer, "organizer", from))
	c.peers[m.organizer()] = m.officers[:2] // who may do all an organizer may, and approve
	if len(c.committees) < seconds {
		m.seconded = c.hold(c.holder[m.organizer()], c.orgs[0], register.CountyReviewer, "seconded-"+string(o.ID), from)
		c.peers[m.seconded] = append([]register.OfficeID{m.seconded}, c.reviewers...)
	}
	c.committees = append(c.committees, m)
	return m
}

func (c *county) staffBranch(r *rand.Rand, o *register.Org, above *committee, from calendar.Date) {
	b := &branch{org: o, above: above}
	size := 6 + r.IntN(7)
	if r.IntN(10) == 0 { // too small to have a branch committee
		size, o.Committee = 5, false
	}
	for i := range size {
		p := c.madeUp.member(r, o.ID, from)
		if i > 3 && r.IntN(25) == 0 {
			p.Sanction = one(r, register.Sanctions[1:])
		}
		b.members = append(b.members, p)
	}
	if r.IntN(3) == 0 {
		c.kin = append(c.kin, register.NewKin(b.members[0].ID, b.members[2].ID, one(r, register.Degrees)))
	}
	b.secretary = c.hold(b.members[0], o, register.BranchSecretary, "secretary", from)
	b.second = c.hold(b.members[1], o, register.OrgCommissioner, "commissioner", from)
	c.colleagues(b.secretary, b.second)
	c.people = append(c.people, b.members...)
	above.branches = append(above.branches, b)
	c.branches, c.byOrg[o.ID] = append(c.branches, b), b
}
