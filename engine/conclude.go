package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strconv"

	"jinchu/calendar"
	"jinchu/register"
)

// claim chooses what the rule takes and names what it uses, releases or voids.
func (s *Situation) claim(r *Rule) ([]ClaimChange, []Ground) {
	var changes []ClaimChange
	var grounds []Ground
	for i, op := range r.Claims {
		kind := op.Claim.Kind
		key, held := s.Case.Held[kind]
		if op.Op != Take && !held {
			continue
		}
		if op.Op == Take && held && !givesUp(r.Claims[:i], kind) {
			continue // it is kept: one person, one number
		}
		exchanged := op.Op == Use && op.Claim.Stale != nil && op.Claim.Stale(s, key)
		if exchanged {
			changes = append(changes, ClaimChange{Op: Release, Kind: kind, Key: key})
		}
		if op.Op == Take || exchanged {
			var missing []Words
			if key, missing = op.Claim.Pick(s); missing != nil {
				grounds = append(grounds, claimGround(r, op.Claim, missing))
				continue
			}
		}
		if exchanged {
			changes = append(changes, ClaimChange{Op: Take, Kind: kind, Key: key})
		}
		changes = append(changes, ClaimChange{Op: op.Op, Kind: kind, Key: key})
	}
	return changes, grounds
}

func claimGround(r *Rule, c *Claim, missing []Words) Ground {
	g := Ground{Code: claimCode(c), Article: c.Cite, Words: c.Words, Missing: missing}
	if g.Article == "" {
		g.Article = r.Article
	}
	return g
}

func claimCode(c *Claim) string { return "claim-" + c.Kind }

// givesUp reports whether earlier operations of the rule end a claim.
func givesUp(ops []ClaimOp, kind string) bool {
	return slices.ContainsFunc(ops, func(op ClaimOp) bool {
		return op.Claim.Kind == kind && op.Op != Take
	})
}

// conclude writes the event of an allowed act.
func (s *Situation) conclude(r *Rule, claims []ClaimChange) (*Decision, error) {
	to, err := s.Workflow.next(s.Case.Stage, r)
	if err != nil {
		return nil, err
	}
	s.derive(r)
	if s.Err() != nil {
		return nil, s.Err()
	}
	c := s.Case
	e := &Event{
		County: c.County, Case: c.ID, Seq: c.Seq + 1, At: s.Now, Rule: r.ID, Kind: kindOf(c, r),
		Action: r.Action.Key, From: c.Stage, To: to, On: s.On,
		By:     Signer{Office: s.Office.ID, Post: s.Office.Post, Org: s.Office.Org, Person: s.Office.Person},
		Claims: claims, Reason: s.Reason, NewRound: r.NewRound, Ends: r.To.End, values: s.Given,
	}
	if c.Seq == 0 {
		e.Workflow, e.Parent, e.Person, e.Org, e.Path = c.Workflow, c.Parent, c.Person, c.Org, c.Path
	}
	s.move(r, e)
	if e.Fields, err = encodeFields(s.Given); err != nil {
		return nil, err
	}
	e.Flags = s.flags(r)
	d := &Decision{Event: e, Rule: r}
	for _, effect := range r.Effects {
		for _, entity := range effect.Make(s) {
			d.Effects = append(d.Effects, entity)
			e.Register = append(e.Register, entity.Subject().Chain())
		}
	}
	if e.Due, err = s.deadlines(c.with(s.Workflow, e)); err != nil {
		return nil, err
	}
	return d, s.Err()
}

// derive adds what the rule computes to what the move gives.
func (s *Situation) derive(r *Rule) {
	for _, d := range r.Derived {
		if v, ok := d.Make(s); ok {
			s.Given[d.Field.Key] = v
		}
	}
}

// move names the organization that keeps the case from now on.
func (s *Situation) move(r *Rule, e *Event) {
	if r.Moves == nil {
		return
	}
	if id, ok := s.Given[r.Moves.Key].(register.OrgID); ok {
		if o, ok := s.View.Org(id); ok {
			e.Org, e.Path = o.ID, o.Path
		}
	}
}

// flags are what is worth knowing about an act that was allowed.
func (s *Situation) flags(r *Rule) []string {
	var out []string
	if s.On.Before(s.Today) {
		out = append(out, FlagBackDated)
	}
	if _, late := s.overdue(r.Action.Key); late {
		out = append(out, FlagLate)
	}
	for i := range r.Warns {
		if r.Warns[i].test(s) != nil {
			out = append(out, r.Warns[i].Key)
		}
	}
	return out
}

func kindOf(c *Case, r *Rule) string {
	switch {
	case r.Kind != "":
		return r.Kind
	case c.Seq == 0:
		return "case.open"
	case r.To.End:
		return "case.close"
	}
	return "case.step"
}

func encodeFields(given map[string]any) (map[string]json.RawMessage, error) {
	if len(given) == 0 {
		return nil, nil
	}
	out := make(map[string]json.RawMessage, len(given))
	for k, v := range given {
		var raw []byte
		var err error
		if roster, ok := v.(Roster); ok {
			raw = roster.appendJSON(nil)
		} else {
			raw, err = json.Marshal(v)
		}
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", k, err)
		}
		out[k] = raw
	}
	return out, nil
}

// appendJSON writes a roster as json.Marshal would, in a fraction of the time:
// it is the one long value. Identifiers and standings need no escaping, the
// register takes plain ones only.
func (r Roster) appendJSON(b []byte) []byte {
	b = append(b, '[')
	for i, seat := range r {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"person":"`...)
		b = append(b, seat.Person...)
		b = append(b, `","standing":"`...)
		b = append(b, seat.Standing...)
		b = append(b, `","vote":`...)
		b = append(strconv.AppendBool(b, seat.Vote), '}')
	}
	return append(b, ']')
}

// deadlines computes what is due in the case as it will be.
func (s *Situation) deadlines(next *Case) ([]Deadline, error) {
	if next.Ended {
		return nil, nil
	}
	before := s.Case
	s.Case = next
	defer func() { s.Case = before }()
	var out []Deadline
	for i := range s.Workflow.Dues {
		d := &s.Workflow.Dues[i]
		if !d.in(next.Stage) || !d.inForce(s.On) {
			continue
		}
		day, seq, ok := d.Anchor.anchor(next)
		if !ok {
			continue
		}
		if last := next.Last(d.Action.Key); last != nil && last.Seq > seq && !d.Standing {
			continue
		}
		if d.Open != nil && d.Open.test(s) != nil {
			continue
		}
		on, err := d.Span.From(s, day)
		if err != nil {
			return nil, err
		}
		out = addDeadline(out, Deadline{Action: d.Action.Key, On: on})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].On.Before(out[j].On) })
	return out, nil
}

// addDeadline keeps one deadline per action: the earliest.
func addDeadline(out []Deadline, d Deadline) []Deadline {
	for i := range out {
		if out[i].Action == d.Action {
			out[i].On = calendar.Min(out[i].On, d.On)
			return out
		}
	}
	return append(out, d)
}
