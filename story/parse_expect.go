package story

import (
	"fmt"

	"jinchu/register"
)

// expect reads what can be seen from outside.
func (p *parser) expect() (statement, error) {
	if p.take("verify") {
		if !p.take("ok") {
			return nil, p.errorf(`expected "ok"`)
		}
		return expectVerify{}, nil
	}
	t, err := p.next("a case, a person or verify")
	if err != nil {
		return nil, err
	}
	switch {
	case p.take("of"):
		return p.expectCases(t)
	case p.names[t.text] == aCase:
		return p.expectCase(t.text)
	case p.names[t.text] == aPerson || anonymous.MatchString(t.text):
		return p.expectPerson(t.text)
	}
	return nil, &Error{t.pos, fmt.Sprintf("no case or person is named %q so far", t.text)}
}

func (p *parser) expectCase(name string) (statement, error) {
	t, err := p.next("what is expected of the case")
	if err != nil {
		return nil, err
	}
	e := expectCase{name: name, at: t.pos, what: t.text}
	switch t.text {
	case "stage", "flag", "serial", "events", "round", "ended":
		e.value, err = p.next("a value")
		if err == nil && t.text == "serial" && e.value.text == "differs" {
			e.other, err = p.refer(aCase)
		}
	case "overdue":
		if e.value, err = p.yesNo(); err == nil && len(p.rest) > 0 {
			e.key, err = p.key()
		}
	case "due", "fact", "holds":
		if e.key, err = p.key(); err == nil {
			e.value, err = p.next("a value")
		}
	case "offers":
		if e.key, err = p.key(); err == nil {
			e.who, err = p.toWhom()
		}
	case "blocks":
		if e.key, err = p.key(); err != nil {
			return nil, err
		}
		if e.who, err = p.toWhom(); err == nil {
			e.ground.article, e.ground.words = cut(p.tail())
		}
	default:
		err = &Error{t.pos, fmt.Sprintf("%q cannot be expected of a case: stage, overdue, due, serial, holds, flag, fact, events, round, ended, offers, blocks", t.text)}
	}
	return e, err
}

// key takes the key of an action, a field or a kind of claim.
func (p *parser) key() (string, error) {
	t, err := p.next("the key of an action, a field or a kind of claim")
	return t.text, err
}

func (p *parser) yesNo() (token, error) {
	t, err := p.next("yes or no")
	if err == nil && t.text != "yes" && t.text != "no" {
		err = &Error{t.pos, fmt.Sprintf("%q is not yes or no", t.text)}
	}
	return t, err
}

// toWhom reads "to WHO".
func (p *parser) toWhom() (officeName, error) {
	if !p.take("to") {
		return officeName{}, p.errorf(`expected "to" and the name of who looks`)
	}
	return p.referOffice()
}

func (p *parser) expectPerson(name string) (statement, error) {
	t, err := p.next("what is expected of the person")
	if err != nil {
		return nil, err
	}
	e := expectPerson{name: name, what: t.text}
	switch t.text {
	case "standing":
		if e.value, err = p.next("a standing"); err == nil {
			if known := knownStanding(register.Standing(e.value.text)); known != nil {
				err = &Error{e.value.pos, known.Error()}
			}
		}
	case "since", "party-age", "barred-until":
		if e.value, err = p.next("a date or none"); err == nil && e.value.text != "none" {
			_, err = dateOf(e.value)
		}
	case "in":
		e.value.text, err = p.refer(anOrg)
	default:
		err = &Error{t.pos, fmt.Sprintf("%q cannot be expected of a person: standing, since, party-age, barred-until, in", t.text)}
	}
	return e, err
}
