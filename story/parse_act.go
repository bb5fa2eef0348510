package story

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"jinchu/calendar"
)

// deed is one act as a line writes it.
type deed struct {
	who    officeName
	action string
	at     Pos // of the action
	name   string
	gives  []token // FIELD=VALUE
	on     calendar.Date
	reason string
	seen   int64
	latest bool // seen=last
	key    string

	open    string // workflow, where the deed opens a case
	person  string
	org     string // "" is the person's own
	partOf  string
	newCase bool
}

// outcome is what a line expects of its deed: that it is accepted, refused on
// grounds, or bad input.
type outcome struct {
	stage    string
	stageAt  Pos
	refusals []refusal
	code     string // of bad input
	words    string // that bad input says
}

// refusal is one ground that a refusal must hold.
type refusal struct {
	article string // "" for any
	words   string // "" for any
}

func (p *parser) act() (statement, error) {
	d, err := p.deed()
	if err != nil {
		return nil, err
	}
	o, err := p.outcome()
	return acts{deed: d, want: o}, err
}

// deed reads who does what.
func (p *parser) deed() (*deed, error) {
	if p.take("open") {
		return p.opening()
	}
	d := &deed{}
	var err error
	if d.who, err = p.referOffice(); err != nil {
		return nil, err
	}
	t, err := p.next("an action")
	if err != nil {
		return nil, err
	}
	d.action, d.at = t.text, t.pos
	if d.name, err = p.refer(aCase); err != nil {
		return nil, err
	}
	return d, p.gives(d)
}

// opening reads: WORKFLOW CASE [for PERSON] [in ORG] by WHO [via ACTION] [part-of CASE].
func (p *parser) opening() (*deed, error) {
	t, err := p.next("a workflow, as admission")
	if err != nil {
		return nil, err
	}
	d := &deed{open: t.text, at: t.pos, newCase: true}
	if d.name, err = p.declare(aCase); err != nil {
		return nil, err
	}
	if !p.peek("in") { // a case about an organization has no person
		if !p.take("for") {
			return nil, p.errorf(`expected "for" and the name of a person, or "in" and an organization`)
		}
		if d.person, err = p.refer(aPerson); err != nil {
			return nil, err
		}
	}
	if p.take("in") {
		if d.org, err = p.refer(anOrg); err != nil {
			return nil, err
		}
	}
	if !p.take("by") {
		return nil, p.errorf(`expected "by" and who opens the case`)
	}
	if d.who, err = p.referOffice(); err != nil {
		return nil, err
	}
	if p.take("via") {
		t, err := p.next("an action")
		if err != nil {
			return nil, err
		}
		d.action, d.at = t.text, t.pos
	}
	if p.take("part-of") {
		if d.partOf, err = p.refer(aCase); err != nil {
			return nil, err
		}
	}
	return d, p.gives(d)
}

// gives reads what the deed gives, up to its outcome.
func (p *parser) gives(d *deed) error {
	for len(p.rest) > 0 && !p.marker() {
		t, _ := p.next("a value")
		var err error
		switch {
		case t.text == "on" && t.bare:
			d.on, err = p.date("the day it happened")
		case t.text == "because" && t.bare:
			t, err = p.next("a reason in quotes")
			d.reason = t.text
		case t.key == "seen" && t.value == "last" && !d.newCase:
			d.latest = true
		case t.key == "seen":
			if d.seen, err = strconv.ParseInt(t.value, 10, 64); err != nil {
				err = &Error{t.pos, "seen= takes the number of the last event looked at, or last"}
			}
		case t.key == "key":
			d.key = t.value
		case t.key != "":
			d.gives = append(d.gives, t)
		default:
			err = &Error{t.pos, fmt.Sprintf(`%q is not expected here: write FIELD=VALUE, on DATE, because "...", -> STAGE, !! ARTICLE or ?? CODE`, t.text)}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) outcome() (outcome, error) {
	var o outcome
	switch {
	case p.take("->"):
		t, err := p.next("a stage")
		o.stage, o.stageAt = t.text, t.pos
		return o, err
	case p.peek("??"):
		p.rest = p.rest[1:]
		o.code, o.words = cut(p.tail())
		if o.code == "" {
			return o, p.errorf("?? needs the code of the bad input, as future-date")
		}
	}
	for p.take("!!") {
		text := p.tail()
		if text == "" {
			return o, p.errorf("!! needs an article, as 细则 20")
		}
		article, words := cut(text)
		o.refusals = append(o.refusals, refusal{article, words})
	}
	return o, nil
}

var colon = regexp.MustCompile(`[::]`)

// cut parts "article: words" at the first colon, Chinese or not.
func cut(s string) (before, after string) {
	parts := colon.Split(s, 2)
	if len(parts) == 2 {
		after = strings.TrimSpace(parts[1])
	}
	return strings.TrimSpace(parts[0]), after
}

// both reads two deeds done at once: { deed | deed } -> one|both|same.
func (p *parser) both() (statement, error) {
	if !p.take("{") {
		return nil, p.errorf(`expected "{": both { DEED | DEED } -> one`)
	}
	first, err := p.deed()
	if err != nil {
		return nil, err
	}
	if !p.take("|") {
		return nil, p.errorf(`expected "|" and the second deed`)
	}
	second, err := p.deed()
	if err != nil {
		return nil, err
	}
	if !p.take("}") || !p.take("->") {
		return nil, p.errorf(`expected "} ->" and one, both or same`)
	}
	t, err := p.next("one, both or same")
	if err == nil && t.text != "one" && t.text != "both" && t.text != "same" {
		err = &Error{t.pos, fmt.Sprintf("%q is not one, both or same", t.text)}
	}
	return together{[2]*deed{first, second}, t.text}, err
}

// forward reads: fast-forward CASE to STAGE [by DATE | on DATE].
func (p *parser) forward() (statement, error) {
	name, err := p.refer(aCase)
	if err != nil {
		return nil, err
	}
	if !p.take("to") {
		return nil, p.errorf(`expected "to" and a stage`)
	}
	t, err := p.next("a stage")
	if err != nil {
		return nil, err
	}
	f := fastForward{name: name, stage: t.text, at: t.pos}
	switch {
	case p.take("by"):
		f.by, err = p.date("the latest day")
	case p.take("on"):
		f.on, err = p.date("the day of the last act")
	}
	return f, err
}
