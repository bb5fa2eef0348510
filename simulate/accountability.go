package simulate

import (
	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	. "jinchu/workflows"
)

// tracing is the course of a case of accountability, from a finding to what
// became of those responsible.
type tracing struct {
	course
	trigger, facts string
	responsible    []register.PersonID
}

// traceLapse traces back why an approval lapsed, which now and then happens:
// the committee that did not decide is responsible.
func (l *life) traceLapse() {
	if l.ended || !l.slips(traced) {
		return
	}
	p, by := l.play, l.branch.above
	t := &tracing{course: p.affair("tracing "+l.key+"/"+l.on.String(), l.on.AddDays(3)), trigger: "approval-limit", facts: "党委审批超过最长期限,决议失效",
		responsible: p.people(by.officers[signs], by.organizer())}
	t.begins(l.caseID)
}

// traceCheck traces back what a check found and nobody can put right: the
// branch is responsible.
func (p *play) traceCheck(c *engine.Case, b *branch, today calendar.Date) {
	t := &tracing{course: p.affair("tracing "+string(c.ID), today.AddDays(3)), trigger: "check-failed", facts: "抽查不合格且无法整改",
		responsible: p.people(b.secretary)}
	t.begins(c.ID)
}

// people hold some offices.
func (p *play) people(offices ...register.OfficeID) []register.PersonID {
	out := make([]register.PersonID, len(offices))
	for i, o := range offices {
		out[i] = p.county.holder[o].ID
	}
	return out
}

func (t *tracing) begins(about engine.CaseID) {
	p := t.play
	t.open = &opening{workflow: AccountabilityKey, id: t.caseID, parent: about, org: register.OrgID(p.config.County)}
	p.begins(&t.course, t.live)
}

func (t *tracing) live() {
	reviewer, head := t.play.county.reviewers[0], t.play.county.heads[0]
	t.wait(0, 10)
	if !t.do(reviewer, OpenAccountability, give(is(Trigger, t.trigger), is(FoundFacts, t.facts))) {
		return
	}
	t.wait(5, 20)
	if t.slips(unfounded) {
		t.do(head, DropFinding, give(is(StopReason, "经核实,线索不成立")))
		return
	}
	if !t.do(reviewer, IdentifyPersons, give(is(Responsible, t.responsible))) {
		return
	}
	for _, person := range t.responsible {
		t.wait(2, 8)
		if !t.do(reviewer, TalkWithPerson, give(is(TalkedTo, person), is(Statement, "承认把关不严,愿意改正"))) {
			return
		}
	}
	t.wait(4, 15)
	if t.isDecided(head) {
		t.wait(1, 5)
		t.do(reviewer, CloseAccountability, give(is(CarriedOut, "已宣布并执行"), is(SelfCriticism, t.on)), but(uncriticised, none(SelfCriticism)))
	}
}

func (t *tracing) isDecided(head register.OfficeID) bool {
	decisions := []engine.Item{}
	for i, person := range t.responsible {
		measure := []string{"criticise", "circular"}[i%2]
		decisions = append(decisions, engine.Item{Key: string(person), Text: measure + " 履行审核把关责任不到位"})
	}
	return t.do(head, DecideAccountability, give(is(Decisions, decisions)),
		but(decidedPartly, is(Decisions, decisions[1:])))
}
