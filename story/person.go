package story

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"jinchu/calendar"
	"jinchu/register"
)

// newPerson is a line that makes a person, an office, or both.
type newPerson struct {
	name   string
	known  bool // the person exists; only the office is new
	person register.Person
	org    string
	id     string // ID number, "" for none
	post   register.Post
	office string // organization of the post
	from   calendar.Date
}

// partyMemberSince is when members of stories joined, unless they say.
var partyMemberSince = calendar.On(2000, 7, 1)

// trait reads one flag or KEY=VALUE of the person.
func (n *newPerson) trait(t token) error {
	p := &n.person
	var err error
	switch t.key {
	case "":
		switch t.text {
		case "migrant":
			p.Migrant = true
		case "female":
			p.Sex = "2"
		default:
			return fmt.Errorf("%q is not known of a person: migrant, female or KEY=VALUE", t.text)
		}
	case "leaving":
		p.Leaving, err = calendar.Parse(t.value)
	case "since":
		p.Since, err = calendar.Parse(t.value)
	case "party-age":
		p.PartyAge, err = calendar.Parse(t.value)
	case "standing":
		p.Standing = register.Standing(t.value)
		err = knownStanding(p.Standing)
	case "sanction":
		s, ok := sanctions[t.value]
		if !ok {
			return fmt.Errorf("%q is not a sanction: party-probation, ordered-correction, none", t.value)
		}
		p.Sanction = s
	case "education":
		p.Education = t.value
	case "ethnicity":
		p.Ethnicity = t.value
	case "work":
		p.Work = t.value
	case "id":
		n.id = t.value
	case "bar":
		err = n.bar(t.value)
	default:
		return fmt.Errorf("%q is not known of a person: leaving, since, party-age, standing, sanction, education, ethnicity, work, id, bar", t.key)
	}
	return err
}

func knownStanding(s register.Standing) error {
	switch s {
	case register.Outside, register.Applicant, register.Activist, register.DevelopmentTarget, register.Probationary,
		register.Full, register.Suspended, register.Removed, register.Withdrawn:
		return nil
	}
	return fmt.Errorf("%q is not a standing: outside, applicant, activist, development-target, probationary, full, suspended, removed, withdrawn", s)
}

// bar reads WHY:FROM:UNTIL.
func (n *newPerson) bar(text string) error {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return fmt.Errorf("%q is not a bar: write bar=WHY:FROM:UNTIL, as bar=fraud:2026-01-10:2028-01-10", text)
	}
	from, err := calendar.Parse(parts[1])
	if err != nil {
		return err
	}
	until, err := calendar.Parse(parts[2])
	n.person.Bars = append(n.person.Bars, register.Bar{Why: parts[0], From: from, Until: until})
	return err
}

// make gives the entities of the line.
func (n *newPerson) make(r *runner, _ calendar.Date) ([]register.Entity, error) {
	var out []register.Entity
	if !n.known {
		p, err := n.build(r.names)
		if err != nil {
			return nil, err
		}
		r.names.people[n.name] = p
		out = append(out, p)
	}
	if n.post != "" {
		out = append(out, n.appoint(r.names))
	}
	return out, nil
}

func (n *newPerson) build(names *names) (*register.Person, error) {
	p := n.person
	p.ID = register.PersonID(names.id("p", n.name))
	if p.Name == "" {
		p.Name = surnameOf(n.name) + "示例"
	}
	if o := names.orgs[n.org]; o != nil {
		p.Org = o.ID
	}
	if p.Member() && p.Since.IsZero() {
		p.Since = partyMemberSince
	}
	if p.Standing == register.Full && p.PartyAge.IsZero() {
		p.PartyAge = p.Since
	}
	if n.id != "" {
		return n.withID(names, &p)
	}
	return &p, p.Valid()
}

// withID checks the ID number and seals it as any other, with a key of the
// story's own.
func (n *newPerson) withID(names *names, p *register.Person) (*register.Person, error) {
	number, err := register.ParseID(n.id, p.Birth, true)
	if err != nil {
		return nil, err
	}
	master := sha256.Sum256([]byte("story/" + names.mark))
	keys, err := register.NewKeys(master[:])
	if err != nil {
		return nil, err
	}
	p.Sex = number.Sex()
	nonce := sha256.Sum256([]byte(names.mark + "/" + n.name)) // one number per name and key
	return p.WithID(keys, names.county, number, nonce[:register.NonceLen])
}

// appoint gives the person the office of the line.
func (n *newPerson) appoint(names *names) *register.Office {
	made := *n.appointTo(names, names.orgs[n.office].ID)
	return &made
}

func (n *newPerson) appointTo(names *names, org register.OrgID) *register.Office {
	from := n.from
	if from.IsZero() {
		from = calendar.On(2000, 1, 1)
	}
	held := names.offices[n.name]
	o := &register.Office{
		ID:     register.OfficeID(names.id("f", fmt.Sprintf("%s-%s-%d", n.name, n.post, len(held)+1))),
		Person: names.people[n.name].ID, Post: n.post, Org: org, From: from,
	}
	names.offices[n.name] = append(held, o)
	return o
}
