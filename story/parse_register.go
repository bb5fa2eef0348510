package story

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jinchu/calendar"
	"jinchu/register"
)

// registerVerbs are the words that begin a line about the register.
var registerVerbs = []string{"org", "person", "member", "probationary", "members", "staff", "office-ends",
	"sanction", "kin", "plan", "pool"}

// change makes the entities of a register line when the story runs.
type change func(r *runner, on calendar.Date) ([]register.Entity, error)

// registerLine is the reader of a register line.
func registerLine(verb string) func(*parser) (change, error) {
	switch verb {
	case "org":
		return (*parser).orgLine
	case "person":
		return (*parser).personLine
	case "member":
		return func(p *parser) (change, error) { return p.memberLine(register.Full) }
	case "probationary":
		return func(p *parser) (change, error) { return p.memberLine(register.Probationary) }
	case "members":
		return (*parser).membersLine
	case "staff":
		return (*parser).staffLine
	case "office-ends":
		return (*parser).officeEndsLine
	case "sanction":
		return (*parser).sanctionLine
	case "kin":
		return (*parser).kinLine
	case "plan":
		return (*parser).planLine
	case "pool":
		return (*parser).poolLine
	}
	return nil
}

func (p *parser) register(read func(*parser) (change, error)) (statement, error) {
	make, err := read(p)
	if err != nil {
		return nil, err
	}
	wrong, err := p.wrong()
	return changesRegister{make: make, wrong: wrong}, err
}

// madeUp is how people of stories are named: a surname and 示例.
var madeUp = regexp.MustCompile(`^\p{Han}{1,2}示例[\p{Han}0-9]{0,4}$`)

// title takes a person's Chinese name, if the next word is one.
func (p *parser) title() (string, error) {
	if len(p.rest) == 0 || p.rest[0].text == "" || p.rest[0].text[0] < 0x80 {
		return "", nil
	}
	t, _ := p.next("a name")
	if !madeUp.MatchString(t.text) {
		return "", &Error{t.pos, fmt.Sprintf("%q: people of stories are made up: a surname and 示例, as 林示例", t.text)}
	}
	return t.text, nil
}

func (p *parser) personLine() (change, error) {
	name, err := p.declare(aPerson)
	if err != nil {
		return nil, err
	}
	n := &newPerson{name: name, person: register.Person{Standing: register.Outside, Sex: "1"}}
	if n.person.Name, err = p.title(); err != nil {
		return nil, err
	}
	if n.person.Birth, err = p.date("the date of birth, as 1999-03-02"); err != nil {
		return nil, err
	}
	if p.take("in") {
		if n.org, err = p.refer(anOrg); err != nil {
			return nil, err
		}
	}
	return n.make, p.traits(n)
}

func (p *parser) memberLine(standing register.Standing) (change, error) {
	name, err := p.declare(aPerson)
	if err != nil {
		return nil, err
	}
	n := &newPerson{name: name, person: register.Person{Standing: standing, Sex: "1", Birth: calendar.On(1975, 6, 1)}}
	if n.person.Name, err = p.title(); err != nil {
		return nil, err
	}
	if p.isDate() {
		n.person.Birth, _ = p.date("")
	}
	if len(p.rest) > 1 && p.rest[1].text == "of" {
		if n.post, err = p.post(); err != nil {
			return nil, err
		}
		p.take("of")
		if n.org, err = p.refer(anOrg); err != nil {
			return nil, err
		}
		n.office = n.org
		p.posts[name]++
	}
	if p.take("in") {
		if n.org, err = p.refer(anOrg); err != nil {
			return nil, err
		}
	}
	if n.org == "" {
		return nil, p.errorf(`a member belongs to an organization: add "in" and its name`)
	}
	return n.make, p.traits(n)
}

// traits reads the flags and KEY=VALUE of a person.
func (p *parser) traits(n *newPerson) error {
	for len(p.rest) > 0 && !p.marker() {
		t, _ := p.next("a trait")
		if err := n.trait(t); err != nil {
			return &Error{t.pos, err.Error()}
		}
	}
	return nil
}

func (p *parser) membersLine() (change, error) {
	n, err := p.number("how many members", 1, 5000)
	if err != nil {
		return nil, err
	}
	if !p.take("in") {
		return nil, p.errorf(`expected "in" and the name of an organization`)
	}
	org, err := p.refer(anOrg)
	return func(r *runner, _ calendar.Date) ([]register.Entity, error) {
		return r.names.addAnonymous(org, n), nil
	}, err
}

func (p *parser) number(what string, least, most int) (int, error) {
	t, err := p.next(what)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(t.text)
	if err != nil || n < least || n > most {
		return 0, &Error{t.pos, fmt.Sprintf("%q is not a number from %d to %d (%s)", t.text, least, most, what)}
	}
	return n, nil
}

// departmentPosts are short names of the posts in the four departments.
var departmentPosts = map[string]string{
	"discipline-officer": "jijian", "health-officer": "weijian", "police-officer": "gongan", "petitions-officer": "xinfang",
}

// post takes the name of a post.
func (p *parser) post() (register.Post, error) {
	t, err := p.next("a post")
	if err != nil {
		return "", err
	}
	if departmentPosts[t.text] != "" {
		return register.Post(t.text), nil
	}
	if !slices.Contains(register.Posts, register.Post(t.text)) {
		return "", &Error{t.pos, fmt.Sprintf("%q is not a post: %s", t.text, joined(register.Posts))}
	}
	return register.Post(t.text), nil
}

func joined[T ~string](list []T) string {
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(s))
	}
	return b.String()
}

// staffLine gives a person an office; the person may be known already.
func (p *parser) staffLine() (change, error) {
	n := &newPerson{person: register.Person{Standing: register.Full, Sex: "1", Birth: calendar.On(1975, 6, 1)}}
	var err error
	if len(p.rest) > 0 && p.names[p.rest[0].text] == aPerson {
		n.name, n.known, p.rest = p.rest[0].text, true, p.rest[1:]
	} else if n.name, err = p.declare(aPerson); err != nil {
		return nil, err
	} else if n.person.Name, err = p.title(); err != nil {
		return nil, err
	}
	if n.post, err = p.post(); err != nil {
		return nil, err
	}
	n.office = "county"
	if d := departmentPosts[string(n.post)]; d != "" {
		n.post, n.office = register.DepartmentOfficer, d
	}
	if p.take("of") {
		if n.office, err = p.refer(anOrg); err != nil {
			return nil, err
		}
	}
	if p.take("from") {
		if n.from, err = p.date("the first day in office"); err != nil {
			return nil, err
		}
	}
	p.posts[n.name]++
	return n.make, nil
}

func (p *parser) officeEndsLine() (change, error) {
	who, err := p.referOffice()
	if err != nil {
		return nil, err
	}
	until, err := p.date("the first day out of office")
	return func(r *runner, _ calendar.Date) ([]register.Entity, error) {
		o, err := r.names.office(who)
		if err != nil {
			return nil, err
		}
		ended := *o
		ended.Until = until
		*o = ended
		return []register.Entity{&ended}, nil
	}, err
}

var sanctions = map[string]register.Sanction{
	"none": register.NoSanction, "party-probation": register.PartyProbation, "ordered-correction": register.OrderedCorrection,
}

func (p *parser) sanctionLine() (change, error) {
	who, err := p.refer(aPerson)
	if err != nil {
		return nil, err
	}
	t, err := p.next("a sanction")
	if err != nil {
		return nil, err
	}
	sanction, ok := sanctions[t.text]
	if !ok {
		return nil, &Error{t.pos, fmt.Sprintf("%q is not a sanction: party-probation, ordered-correction, none", t.text)}
	}
	return func(r *runner, _ calendar.Date) ([]register.Entity, error) {
		return r.changePerson(who, func(q *register.Person) { q.Sanction = sanction })
	}, nil
}

func (p *parser) kinLine() (change, error) {
	a, err := p.refer(aPerson)
	if err != nil {
		return nil, err
	}
	b, err := p.refer(aPerson)
	if err != nil {
		return nil, err
	}
	t, err := p.next("how they are related")
	if err != nil {
		return nil, err
	}
	ended := p.take("ended")
	k := register.NewKin("a", "b", register.Degree(t.text))
	if k.Valid() != nil {
		return nil, &Error{t.pos, fmt.Sprintf("%q is not a degree: spouse, direct-blood, collateral-within-3, close-in-law, other", t.text)}
	}
	return func(r *runner, _ calendar.Date) ([]register.Entity, error) {
		k := register.NewKin(r.names.people[a].ID, r.names.people[b].ID, register.Degree(t.text))
		k.Ended = ended
		r.names.kin[[2]register.PersonID{k.A, k.B}] = k.Excludes()
		return []register.Entity{k}, nil
	}, nil
}

func (p *parser) planLine() (change, error) {
	org, err := p.refer(anOrg)
	if err != nil {
		return nil, err
	}
	plan := register.Plan{Targets: map[string]int{}}
	if plan.Year, err = p.number("the year", 1921, 9999); err != nil {
		return nil, err
	}
	if plan.Quota, err = p.number("the number planned", 0, 100000); err != nil {
		return nil, err
	}
	for len(p.rest) > 0 && !p.marker() {
		t, _ := p.next("a target")
		pct, err := strconv.Atoi(t.value)
		if t.key == "" || err != nil {
			return nil, &Error{t.pos, fmt.Sprintf("%q is not a target: write TARGET=PERCENT", t.text)}
		}
		plan.Targets[t.key] = pct
	}
	p.file.plans = true
	return func(r *runner, _ calendar.Date) ([]register.Entity, error) {
		made := plan
		made.Org = r.names.orgs[org].ID
		return []register.Entity{&made}, nil
	}, nil
}

var serialRange = regexp.MustCompile(`^([0-9]{1,12})-([0-9]{1,12})$`)

func (p *parser) poolLine() (change, error) {
	prefix, err := p.next("the prefix of the serials")
	if err != nil {
		return nil, err
	}
	t, err := p.next("the range, as 0001-0100")
	if err != nil {
		return nil, err
	}
	m := serialRange.FindStringSubmatch(t.text)
	if m == nil || len(m[1]) != len(m[2]) {
		return nil, &Error{t.pos, fmt.Sprintf("%q is not a range: write 0001-0100, both with the same number of digits", t.text)}
	}
	pool := register.Pool{Prefix: prefix.text, Digits: len(m[1])}
	pool.First, _ = strconv.Atoi(m[1])
	pool.Last, _ = strconv.Atoi(m[2])
	p.file.pools = true
	return func(r *runner, _ calendar.Date) ([]register.Entity, error) {
		made := pool
		made.ID = r.names.id("pool", prefix.text+"-"+m[1])
		return []register.Entity{&made}, nil
	}, nil
}
