package story

import (
	"fmt"
	"slices"

	"jinchu/calendar"
	"jinchu/register"
)

// consulted is one of the departments that every story has.
type consulted struct {
	name, title string
	duty        register.Duty
}

var departments = []consulted{
	{"jijian", "纪委监委机关", register.Discipline}, {"weijian", "卫生健康局", register.Health},
	{"gongan", "公安局", register.Police}, {"xinfang", "信访局", register.Petitions},
}

func isDepartment(name string) bool {
	return slices.ContainsFunc(departments, func(d consulted) bool { return d.name == name })
}

var orgKinds = map[string]register.OrgKind{
	"department": register.Department, "committee": register.Committee, "general-branch": register.GeneralBranch,
	"leading-group": register.LeadingGroup, "branch": register.Branch,
}

func (p *parser) orgLine() (change, error) {
	t, err := p.next("the kind of the organization")
	if err != nil {
		return nil, err
	}
	kind, ok := orgKinds[t.text]
	if !ok {
		return nil, &Error{t.pos, fmt.Sprintf("%q is not a kind of organization: department, committee, general-branch, leading-group, branch", t.text)}
	}
	name, err := p.declare(anOrg)
	if err != nil {
		return nil, err
	}
	o := register.Org{Kind: kind, Approves: kind == register.Committee, Committee: kind == register.Branch}
	if kind == register.Department {
		t, err := p.next("the duty: discipline, health, police or petitions")
		if err != nil {
			return nil, err
		}
		o.Duty = register.Duty(t.text)
		if !slices.Contains(register.Duties, o.Duty) {
			return nil, &Error{t.pos, fmt.Sprintf("%q is not a duty: discipline, health, police, petitions", t.text)}
		}
	}
	title, err := p.next("the title of the organization")
	if err != nil {
		return nil, err
	}
	o.Name = title.text
	parent := "county"
	if p.take("in") {
		if parent, err = p.refer(anOrg); err != nil {
			return nil, err
		}
	} else if kind == register.Branch {
		return nil, p.errorf(`a branch stands in an organization: add "in" and its name`)
	}
	return func(r *runner, _ calendar.Date) ([]register.Entity, error) {
		return r.names.addOrg(name, parent, o)
	}, p.orgFlags(&o)
}

func (p *parser) orgFlags(o *register.Org) error {
	for len(p.rest) > 0 && !p.marker() {
		t, _ := p.next("a flag")
		switch {
		case t.text == "village":
			o.Village, o.Approves = true, false
		case t.text == "temporary":
			o.Temporary, o.Approves = true, false
		case t.text == "no-approval" && o.Kind == register.Committee:
			o.Approves = false
		case t.text == "approves":
			o.Approves = true
		case t.text == "no-committee" && o.Kind == register.Branch:
			o.Committee = false
		default:
			return &Error{t.pos, fmt.Sprintf("%q is not a flag of a %s: village, temporary, no-approval, approves, no-committee", t.text, o.Kind)}
		}
	}
	return nil
}
