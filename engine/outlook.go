package engine

import (
	"slices"

	"jinchu/calendar"
)

// Outlook is a case as one person sees it: what they can do now, what stands
// in the way of the rest, who may move the case on, and what falls due.
type Outlook struct {
	Stage   Words     `json:"stage"`
	Can     []Offer   `json:"can"`
	Blocked []Blocked `json:"blocked"`
	Waiting []Role    `json:"waiting"` // who may move the case on, the actor included
	Due     []DueView `json:"due"`     // earliest first
}

// Offer is an action that nothing forbids but what the form is to say.
type Offer struct {
	Action   Action   `json:"action"`
	Rules    []*Rule  `json:"-"`     // the ways the action can go from here
	IDs      []string `json:"rules"` // of the rules
	Article  Article  `json:"article"`
	Required []*Field `json:"required"`               // whichever way it goes
	Optional []*Field `json:"optional"`               // on some way, required there or not
	To       []Stage  `json:"to"`                     // where it may lead
	Late     bool     `json:"late,omitempty"`         // its deadline has passed
	Reason   bool     `json:"needs_reason,omitempty"` // being late, it must say why
}

// Blocked is an action that is refused now whatever the form says. The
// grounds are those of every way the action can go; where the ways have none
// in common, those of all of them.
type Blocked struct {
	Action  Action   `json:"action"`
	Grounds []Ground `json:"grounds"`
	Mine    bool     `json:"mine"` // the actor's to do, once the grounds are gone
}

// DueView is a deadline of the case with its words.
type DueView struct {
	Action  Action        `json:"action"`
	On      calendar.Date `json:"on"` // the last day in time
	Article Article       `json:"article,omitempty"`
	Who     []Role        `json:"who"` // who can meet it in this stage
	Overdue bool          `json:"overdue"`
	// Left counts the working days after today up to the deadline, negative
	// when overdue; nil where the calendar of those days is not published.
	Left *int `json:"left,omitempty"`
}

// Look tells what the actor of a situation can do with its case on that day.
// It is pure, and it agrees with [Decide]: what Decide accepts is offered, and
// what is blocked Decide refuses. A condition that depends on what the move
// gives does not block, nor does one that could not be decided. Where the
// view failed ([Situation.Err]) the outlook means nothing.
func Look(s *Situation) *Outlook {
	t := *s
	t.Given, t.Reason, t.err = map[string]any{}, "", nil
	w := t.Workflow
	stage, _ := w.Stage(t.Case.Stage)
	o := &Outlook{Stage: stage.Words, Can: []Offer{}, Blocked: []Blocked{}, Due: t.dueViews()}
	var moving []*Rule
	for _, a := range w.actions {
		if w.Veil != nil && a.Key == w.Veil.Look.Key {
			continue // it was done before anybody sees the outlook
		}
		t.Action = a.Key
		staged := t.staged(w.byAction[a.Key])
		advancing := t.advancing(staged)
		moving = append(moving, advancing...)
		mine := t.mine(staged)
		switch {
		case len(mine) > 0:
			t.weigh(o, a, mine)
		case len(advancing) > 0:
			o.Blocked = append(o.Blocked, Blocked{Action: a, Grounds: []Ground{roleGround(staged)}})
		}
	}
	o.Waiting = append([]Role{}, rolesOf(moving)...)
	return o
}

// advancing are the rules that lead out of the stage.
func (s *Situation) advancing(rules []*Rule) []*Rule {
	var out []*Rule
	for _, r := range rules {
		if r.target(s.Case.Stage) != s.Case.Stage {
			out = append(out, r)
		}
	}
	return out
}

// weigh offers the action under the rules the actor may use, or says what
// stands in its way.
func (s *Situation) weigh(o *Outlook, a Action, mine []*Rule) {
	ways := s.selectable(mine)
	if len(ways) == 0 {
		o.Blocked = append(o.Blocked, Blocked{Action: a, Grounds: []Ground{s.selectGround(mine)}, Mine: true})
		return
	}
	var open []*Rule
	var closed [][]Ground
	for _, r := range ways {
		if grounds := s.certain(r); len(grounds) > 0 {
			closed = append(closed, grounds)
			continue
		}
		open = append(open, r)
	}
	if len(open) == 0 {
		o.Blocked = append(o.Blocked, Blocked{Action: a, Grounds: shared(closed), Mine: true})
		return
	}
	o.Can = append(o.Can, s.offer(a, open))
}

// selectable are the rules that some input selects. A rule that is selected
// whatever is given hides those after it, as in [Situation.choose].
func (s *Situation) selectable(mine []*Rule) []*Rule {
	var ways []*Rule
	for _, r := range mine {
		open, always := true, true
		for i := range r.Selects {
			c := &r.Selects[i]
			// What selects may look at any field of the action: which rule
			// takes it is known only once one is selected.
			if slices.ContainsFunc(s.Workflow.byAction[r.Action.Key], func(q *Rule) bool { return q.awaits(c) }) {
				always = false
				continue
			}
			missing, known := s.try(c)
			open, always = open && (missing == nil || !known), always && known
		}
		if open {
			ways = append(ways, r)
			if always {
				return ways
			}
		}
	}
	return ways
}

// awaits reports whether the condition depends on what a move under the rule
// gives. A field the case holds already counts too: the move may give another
// value.
func (r *Rule) awaits(c *Condition) bool {
	return c.Waits || slices.ContainsFunc(c.Fields, func(f *Field) bool { return r.gives(f.Key) != nil })
}

// try tests a condition; known is false where it could not be decided.
func (s *Situation) try(c *Condition) (missing []Words, known bool) {
	missing = c.test(s)
	known = s.err == nil
	s.err = nil
	return missing, known
}

// certain are the grounds on which the rule refuses whatever is given.
func (s *Situation) certain(r *Rule) []Ground {
	var out []Ground
	for i := range r.Needs {
		c := &r.Needs[i]
		if r.awaits(c) {
			continue
		}
		if missing, known := s.try(c); known && missing != nil {
			out = append(out, s.ground(r, c, missing))
		}
	}
	return append(out, s.certainClaims(r)...)
}

// certainClaims are the grounds for want of something scarce that the move
// has no say in.
func (s *Situation) certainClaims(r *Rule) []Ground {
	_, missing := s.claim(r)
	if s.err != nil {
		s.err = nil
		return nil
	}
	return slices.DeleteFunc(missing, func(g Ground) bool {
		return slices.ContainsFunc(r.Claims, func(op ClaimOp) bool {
			return g.Code == claimCode(op.Claim) && slices.ContainsFunc(op.Claim.Fields, func(f *Field) bool { return r.gives(f.Key) != nil })
		})
	})
}

// shared are the grounds common to all ways, or else all there are.
func shared(ways [][]Ground) []Ground {
	var common, all []Ground
	has := func(list []Ground, code string) bool {
		return slices.ContainsFunc(list, func(g Ground) bool { return g.Code == code })
	}
	for _, way := range ways {
		for _, g := range way {
			if has(all, g.Code) {
				continue
			}
			all = append(all, g)
			if !slices.ContainsFunc(ways, func(other []Ground) bool { return !has(other, g.Code) }) {
				common = append(common, g)
			}
		}
	}
	if len(common) > 0 {
		return common
	}
	return all
}

// offer describes the action by the rules that are open.
func (s *Situation) offer(a Action, open []*Rule) Offer {
	o := Offer{Action: a, Rules: open, Article: open[0].Article, Required: []*Field{}, Optional: []*Field{}}
	_, o.Late = s.overdue(a.Key)
	for _, r := range open {
		o.IDs = append(o.IDs, r.ID)
		to, _ := s.Workflow.Stage(r.target(s.Case.Stage))
		if !slices.Contains(o.To, to) {
			o.To = append(o.To, to)
		}
		if _, late := s.lateGround(r); late {
			o.Reason = true
		}
		for _, f := range slices.Concat(r.Required, r.Optional) {
			if slices.Contains(o.Required, f) || slices.Contains(o.Optional, f) {
				continue
			}
			if slices.ContainsFunc(open, func(q *Rule) bool { return !slices.Contains(q.Required, f) }) {
				o.Optional = append(o.Optional, f)
			} else {
				o.Required = append(o.Required, f)
			}
		}
	}
	return o
}

// dueViews puts words to the open deadlines.
func (s *Situation) dueViews() []DueView {
	out := make([]DueView, 0, len(s.Case.Due))
	for _, d := range s.Case.Due {
		a, ok := s.Workflow.Action(d.Action)
		if !ok {
			a = Action{Key: d.Action, Words: Words{d.Action, d.Action}}
		}
		v := DueView{Action: a, On: d.On, Overdue: d.Overdue(s.Today), Article: s.dueArticle(d),
			Who: append([]Role{}, rolesOf(s.staged(s.Workflow.byAction[d.Action]))...)}
		if left, err := s.Cal.Workdays(s.Today, d.On); err == nil {
			v.Left = &left
		}
		out = append(out, v)
	}
	return out
}

// dueArticle is the article of the sentence that gave the deadline its day,
// or of the first sentence about it where the day was reckoned differently
// when it was stored.
func (s *Situation) dueArticle(d Deadline) Article {
	var first Article
	for i := range s.Workflow.Dues {
		due := &s.Workflow.Dues[i]
		if due.Action.Key != d.Action || !due.in(s.Case.Stage) || !due.inForce(s.On) {
			continue
		}
		if first == "" {
			first = due.Article
		}
		if day, _, ok := due.Anchor.anchor(s.Case); ok {
			if on, err := due.Span.From(s, day); err == nil && on == d.On {
				return due.Article
			}
		}
	}
	return first
}
