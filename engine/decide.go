package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"

	"jinchu/calendar"
	"jinchu/register"
)

// Decision is what an allowed act comes to: the event, and the changes of the
// register that go with it.
type Decision struct {
	Event   *Event
	Effects []register.Entity
	Rule    *Rule
}

// Decide judges a move in its situation. The outcome is a decision, a
// [Refused] with all its grounds, an [Invalid] for bad input, or the error
// that kept it from judging. It changes nothing.
func Decide(s *Situation) (*Decision, error) {
	w := s.Workflow
	rules := w.byAction[s.Action]
	if rules == nil {
		return nil, invalid("unknown-action", "action", "没有这个动作:"+s.Action,
			fmt.Sprintf("%q is not an action of %s; see the rulebook for its actions", s.Action, w.Key))
	}
	if err := s.checkFields(rules); err != nil {
		return nil, err
	}
	if err := s.checkDates(); err != nil {
		return nil, err
	}
	rule, refused := s.choose(rules)
	if s.Err() != nil {
		return nil, s.Err()
	}
	if refused != nil {
		return nil, refused
	}
	if err := s.checkTaken(rule); err != nil {
		return nil, err
	}
	grounds := s.grounds(rule)
	changes, missing := s.claim(rule)
	grounds = append(grounds, missing...)
	if s.Err() != nil {
		return nil, s.Err()
	}
	if len(grounds) > 0 {
		return nil, &Refused{Action: s.Action, Grounds: grounds}
	}
	return s.conclude(rule, changes)
}

// choose finds the one rule that judges the move. Where none does, the
// refusal says why: stage, date in force, role or selection.
func (s *Situation) choose(rules []*Rule) (*Rule, *Refused) {
	staged := s.staged(rules)
	if len(staged) == 0 {
		return nil, s.refuse(s.stageGround(rules))
	}
	mine := s.mine(staged)
	if len(mine) == 0 {
		return nil, s.refuse(roleGround(staged))
	}
	for _, r := range mine {
		if s.selected(r) {
			return r, nil
		}
	}
	return nil, s.refuse(s.selectGround(mine))
}

// staged are the rules in force on the day of the act that start from the
// stage of the case.
func (s *Situation) staged(rules []*Rule) []*Rule {
	staged := make([]*Rule, 0, 4)
	for _, r := range rules {
		if r.in(s.Case.Stage) && r.InForce(s.On) {
			staged = append(staged, r)
		}
	}
	return staged
}

// mine are the rules whose role the actor holds over the case.
func (s *Situation) mine(staged []*Rule) []*Rule {
	mine := make([]*Rule, 0, len(staged))
	for _, r := range staged {
		if s.may(r.Role) {
			mine = append(mine, r)
		}
	}
	return mine
}

func (s *Situation) refuse(g Ground) *Refused {
	return &Refused{Action: s.Action, Grounds: []Ground{g}}
}

func (s *Situation) selected(r *Rule) bool {
	for i := range r.Selects {
		if r.Selects[i].test(s) != nil {
			return false
		}
	}
	return true
}

func (s *Situation) stageGround(rules []*Rule) Ground {
	var zh, en string
	for _, r := range rules {
		if !r.InForce(s.On) {
			continue
		}
		for _, st := range r.From {
			zh, en = zh+"「"+st.Words.Zh+"」", en+" "+st.Words.En+","
		}
	}
	g := Ground{Code: "stage", Article: rules[0].Article}
	for _, r := range rules {
		if r.InForce(s.On) {
			g.Article = r.Article
			break
		}
	}
	stage, _ := s.Workflow.Stage(s.Case.Stage)
	if zh == "" {
		g.Words = Words{"该动作在当日无规则可依", "no rule in force on that day allows this"}
		return g
	}
	g.Words = Words{"须处于" + zh + ",现为「" + stage.Words.Zh + "」", "possible in:" + en + " the case is in: " + stage.Words.En}
	return g
}

// roleGround names everybody who may act under the rules.
func roleGround(rules []*Rule) Ground {
	article := rules[0].WhoCites
	if article == "" {
		article = rules[0].Article
	}
	roles := rolesOf(rules)
	zh, en := roles[0].Words.Zh, roles[0].Words.En
	for _, r := range roles[1:] {
		zh, en = zh+"或"+r.Words.Zh, en+" or "+r.Words.En
	}
	return Ground{Code: "role", Article: article, Words: Words{"只能由" + zh + "办理", "only " + en + " may do this"}}
}

// rolesOf are the roles of the rules, each once, in the order of the rules.
func rolesOf(rules []*Rule) []Role {
	var roles []Role
	for _, r := range rules {
		if !slices.ContainsFunc(roles, func(q Role) bool { return q.Key == r.Role.Key }) {
			roles = append(roles, r.Role)
		}
	}
	return roles
}

func (s *Situation) selectGround(rules []*Rule) Ground {
	g := Ground{Code: "choice", Article: rules[0].Article, Words: Words{"所给内容不符合任何一条规则", "what is given fits none of the rules"}}
	for _, r := range rules {
		for i := range r.Selects {
			g.Missing = append(g.Missing, r.Selects[i].Words)
		}
	}
	return g
}

// may reports whether the actor's office holds the role over the case.
func (s *Situation) may(r Role) bool {
	if s.Office == nil || s.Org == nil || !r.holds(s.Office.Post) {
		return false
	}
	switch r.Scope {
	case OwnCase:
		return s.Office.Org == s.Case.Org
	case Above:
		return s.Org.Over(s.Branch())
	default: // WholeCounty, Consulted: the door has settled the reach
		return true
	}
}

// grounds evaluates everything the rule demands, and gives every ground on
// which it is not met.
func (s *Situation) grounds(r *Rule) []Ground {
	var out []Ground
	for _, f := range r.Required {
		if _, ok := s.Given[f.Key]; !ok {
			out = append(out, fieldGround(r, f))
		}
	}
	for i := range r.Needs {
		c := &r.Needs[i]
		if c.Waits && !s.answered(c) {
			continue
		}
		if missing := c.test(s); missing != nil {
			out = append(out, s.ground(r, c, missing))
		}
	}
	if g, late := s.lateGround(r); late {
		out = append(out, g)
	}
	return out
}

func fieldGround(r *Rule, f *Field) Ground {
	return Ground{Code: "missing-" + f.Key, Article: r.Article,
		Words: Words{"缺少:" + f.Words.Zh, "missing: " + f.Words.En}}
}

// answered reports whether the move gives what a waiting condition looks at;
// a field that is missing is its own ground.
func (s *Situation) answered(c *Condition) bool {
	for _, f := range c.Fields {
		if _, ok := s.Given[f.Key]; ok {
			return true
		}
	}
	return false
}

func (s *Situation) ground(r *Rule, c *Condition, missing []Words) Ground {
	return Ground{Code: c.Key, Article: s.cite(r, c), Words: c.Words, Missing: missing}
}

// cite is the article of a condition in the edition of the rules in force on
// the day of the act.
func (s *Situation) cite(r *Rule, c *Condition) Article {
	switch {
	case len(c.Cites) == 0:
		return r.Article
	case len(c.Cites) > 1 && s.Workflow.Edition != nil && s.On.Before(s.Workflow.Edition.Date(s.Profile)):
		return c.Cites[1]
	}
	return c.Cites[0]
}

// lateGround demands a reason of an act that comes after its deadline, where
// the deadline says so.
func (s *Situation) lateGround(r *Rule) (Ground, bool) {
	d, late := s.overdue(r.Action.Key)
	if !late || s.Reason != "" {
		return Ground{}, false
	}
	for i := range s.Workflow.Dues {
		due := &s.Workflow.Dues[i]
		if due.Action.Key == r.Action.Key && due.NeedsReason && due.in(s.Case.Stage) && due.inForce(s.On) {
			return Ground{Code: "late", Article: due.Article,
				Words: Words{"已超过期限 " + d.On.String() + ",须说明理由", "the deadline " + d.On.String() + " has passed: a reason is needed"}}, true
		}
	}
	return Ground{}, false
}

// claim chooses what the rule takes and names what it uses, releases or voids.
func (s *Situation) claim(r *Rule) ([]ClaimChange, []Ground) {
	var changes []ClaimChange
	var grounds []Ground
	for i, op := range r.Claims {
		key, held := s.Case.Held[op.Claim.Kind]
		if op.Op == Take {
			if held && !givesUp(r.Claims[:i], op.Claim.Kind) {
				continue // it is kept: one person, one number
			}
			var missing []Words
			if key, missing = op.Claim.Pick(s); missing != nil {
				grounds = append(grounds, Ground{Code: claimCode(op.Claim), Article: r.Article,
					Words: op.Claim.Words, Missing: missing})
				continue
			}
		} else if !held {
			continue
		}
		changes = append(changes, ClaimChange{Op: op.Op, Kind: op.Claim.Kind, Key: key})
	}
	return changes, grounds
}

func claimCode(c *Claim) string { return "claim-" + c.Kind }

// givesUp reports whether earlier operations of the rule end a claim.
func givesUp(ops []ClaimOp, kind string) bool {
	return slices.ContainsFunc(ops, func(op ClaimOp) bool {
		return op.Claim.Kind == kind && (op.Op == Void || op.Op == Release)
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
		if entity := effect.Make(s); entity != nil {
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
	case c.Seq == 0:
		return "case.open"
	case r.To.End:
		return "case.close"
	case r.Kind != "":
		return r.Kind
	}
	return "case.step"
}

func encodeFields(given map[string]any) (map[string]json.RawMessage, error) {
	if len(given) == 0 {
		return nil, nil
	}
	out := make(map[string]json.RawMessage, len(given))
	for k, v := range given {
		raw, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", k, err)
		}
		out[k] = raw
	}
	return out, nil
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
		if last := next.Last(d.Action.Key); last != nil && last.Seq > seq {
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

// checkFields decodes what the move gives: unknown fields and wrong types are
// bad input, not a refusal.
func (s *Situation) checkFields(rules []*Rule) error {
	for key, raw := range s.Given {
		f := fieldOf(rules, key)
		if f == nil {
			return invalid("unknown-field", key, "没有这个栏目", fmt.Sprintf("%s takes no field of this name; it takes: %s", s.Action, fieldKeys(rules)))
		}
		v, err := f.decode(raw)
		if err != nil {
			return invalid("wrong-type", key, "「"+f.Words.Zh+"」填写有误", err.Error())
		}
		if err := s.resolve(key, v); err != nil {
			return err
		}
	}
	return nil
}

// checkTaken wants every field of the move to be one of the rule that judges
// it: the fields of the action's other rules are none of its business.
func (s *Situation) checkTaken(r *Rule) error {
	for key := range s.Given {
		if r.gives(key) == nil {
			return invalid("unknown-field", key, "此种情形没有这个栏目", fmt.Sprintf("%s takes no field of this name here; it takes: %s", s.Action, fieldKeys([]*Rule{r})))
		}
	}
	return nil
}

func fieldOf(rules []*Rule, key string) *Field {
	for _, r := range rules {
		if f := r.gives(key); f != nil {
			return f
		}
	}
	return nil
}

func fieldKeys(rules []*Rule) string {
	var keys []string
	for _, r := range rules {
		for _, f := range slices.Concat(r.Required, r.Optional) {
			if !slices.Contains(keys, f.Key) {
				keys = append(keys, f.Key)
			}
		}
	}
	return fmt.Sprint(keys)
}

// resolve looks up the people and organizations a value names and keeps the
// value as it is known now.
func (s *Situation) resolve(key string, v any) error {
	known := func(ids ...register.PersonID) error {
		for _, id := range ids {
			if _, ok := s.View.Person(id); !ok && s.View.Err() == nil {
				return invalid("unknown-person", key, "登记册中没有此人", fmt.Sprintf("person %q is not in the register of the county", id))
			}
		}
		return nil
	}
	var err error
	switch v := v.(type) {
	case register.PersonID:
		err = known(v)
	case []register.PersonID:
		err = known(v...)
	case register.OrgID:
		if _, ok := s.View.Org(v); !ok && s.View.Err() == nil {
			err = invalid("unknown-org", key, "登记册中没有此组织", fmt.Sprintf("organization %q is not in the register of the county", v))
		}
	case Roster:
		for i := range v {
			if err = known(v[i].Person); err != nil {
				break
			}
			if p, ok := s.View.Person(v[i].Person); ok {
				v[i].Standing, v[i].Vote = p.Standing, p.HasVote()
			}
		}
	case []Exclusion:
		for _, x := range v {
			if err = known(x.Person); err != nil {
				break
			}
		}
	}
	s.Given[key] = v
	return err
}

// checkDates refuses days that cannot be: in the future, before the last act,
// or in the past without a reason.
func (s *Situation) checkDates() error {
	switch {
	case s.On.After(s.Today):
		return invalid("future-date", "on", "不得填写将来的日期 "+s.On.String(),
			fmt.Sprintf("the act is dated %s, after today %s; record it when it has happened", s.On, s.Today))
	case s.On.Before(s.Case.LastOn) && s.On.Before(s.Case.StageOn):
		return invalid("before-stage", "on", "早于进入本阶段的日期 "+s.Case.StageOn.String(),
			fmt.Sprintf("the act is dated %s, before the case entered its stage on %s", s.On, s.Case.StageOn))
	case s.On.Before(s.Today) && s.Reason == "":
		return invalid("back-dated", "reason", "补录 "+s.On.String()+" 的事项须说明理由",
			fmt.Sprintf("the act is dated %s, before today %s; say why it is recorded late", s.On, s.Today))
	}
	return nil
}
