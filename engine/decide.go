package engine

import (
	"fmt"
	"slices"

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
		return nil, s.asOf(refused)
	}
	if err := s.checkTaken(rule); err != nil {
		return nil, err
	}
	if err := s.checkOrder(rule); err != nil {
		return nil, err
	}
	grounds := s.grounds(rule)
	changes, missing := s.claim(rule)
	grounds = append(grounds, missing...)
	if s.Err() != nil {
		return nil, s.Err()
	}
	if len(grounds) > 0 {
		return nil, s.asOf(&Refused{Action: s.Action, Grounds: grounds})
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
// the day of the act, where the condition names both.
func (s *Situation) cite(r *Rule, c *Condition) Article {
	switch {
	case len(c.Cites) == 0:
		return r.Article
	case len(c.Cites) > 1 && s.beforeEdition():
		return c.Cites[1]
	}
	return c.Cites[0]
}

func (s *Situation) beforeEdition() bool {
	return s.Workflow.Edition != nil && s.On.Before(s.Workflow.Edition.Date(s.Profile))
}

// asOf cites the articles of a refusal by the numbers they had on the day of
// the act.
func (s *Situation) asOf(r *Refused) *Refused {
	if s.Workflow.Older == nil || !s.beforeEdition() {
		return r
	}
	for i := range r.Grounds {
		if older := s.Workflow.Older(r.Grounds[i].Article); older != "" {
			r.Grounds[i].Article = older
		}
	}
	return r
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
