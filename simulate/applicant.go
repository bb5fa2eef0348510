package simulate

import (
	"fmt"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	. "jinchu/workflows"
)

// live is the whole way. Every part reports whether it goes on.
func (l *life) live() {
	if l.applies() && l.isRecommended() && l.isCultivated() && l.isAdmitted() && l.isConverted() {
		l.isArchived()
	}
}

// goesOn asks at some places of the way whether anybody still cares.
func (l *life) goesOn() bool {
	if l.slips(leftLying) {
		return false
	}
	if l.slips(withdraws) {
		l.must(step{who: l.branch.second, action: WithdrawApplication.Key, fields: merged(give(is(StopReason, "本人因故撤回申请")), nil)})
		return false
	}
	return true
}

func (l *life) applies() bool {
	l.caseID = caseID(l.rand)
	l.play.byCase[l.caseID] = l
	l.open = l.opensAt(l.branch)
	submit := step{who: l.branch.second, action: SubmitApplication.Key,
		fields: merged(give(is(Declaration, "本人自愿申请加入中国共产党")), nil)}
	first := l.on
	if l.slips(registeredLate) {
		received := l.on
		l.wait(2, 9)
		first = l.on
		submit.fields[ReceivedOn.Key] = received
		if l.try(submit) == over {
			return false
		}
		submit.reason = "收到申请书后未及时登记"
	}
	if l.try(submit) != done {
		switch {
		case l.refusedFor("of-age"):
			l.waitUntil(l.person.Birth.AddYears(l.param(MinAge)))
		case l.refusedFor("not-barred"), l.refusedFor("not-banned"):
			for _, bar := range l.person.Bars {
				l.waitUntil(bar.Until)
			}
		}
		delete(submit.fields, ReceivedOn.Key) // another application
		submit.reason = ""
		l.wait(1, 20)
		if !l.must(submit) {
			return false
		}
	}
	if l.on == first && l.slips(appliesTwice) {
		l.wait(2, 30)
		return l.elsewhere(one(l.rand, l.play.county.branches))
	}
	return true
}

// elsewhere applies at a branch while a case is live or a bar holds; that is
// refused always.
func (l *life) elsewhere(b *branch) bool {
	second := l.opensAt(b)
	second.id, second.wrong = caseID(l.rand), true
	return l.try(step{who: b.secretary, action: SubmitApplication.Key, other: second}) != over
}

// opensAt is the case that an application at a branch opens.
func (l *life) opensAt(b *branch) *opening {
	return &opening{workflow: l.play.workflow.Key, id: l.caseID, person: l.person.ID, org: b.org.ID}
}

func (l *life) isRecommended() bool {
	if !l.isTalkedTo() || !l.goesOn() {
		return false
	}
	l.wait(8, 40)
	l.waitUntil(l.since.AddMonths(l.param(ActivistWaitMonths)))
	if !l.do(l.branch.second, Recommend, give(is(RecommendedBy, one(l.rand, []string{"members", "members", "league", "union", "women"})))) {
		return false
	}
	l.wait(1, 10)
	if !l.decide(l.branch.secretary, DecideActivist) {
		return false
	}
	l.wait(3, 22)
	if !l.goesOn() || !l.do(l.anyOfficer(), FileActivist, give(is(ReplyNumber, l.number("备")))) {
		return false
	}
	l.watched = l.on
	return true
}

func (l *life) isTalkedTo() bool {
	right := give(is(Talker, one(l.rand, l.branch.fit())), is(TalkNotes, "了解入党动机、家庭情况和现实表现"))
	received := l.on
	switch {
	case l.slips(talkLate):
		l.waitUntil(received.AddMonths(l.param(TalkMonths)).AddDays(3 + l.rand.IntN(40)))
		s := step{who: l.branch.secretary, action: RecordTalk.Key, fields: merged(right, nil)}
		if l.try(s) == over {
			return false
		}
		s.reason = "支部换届,谈话延误"
		return l.stage == Talked.Key || l.must(s)
	case l.slips(talkBackdated):
		l.wait(6, 20)
		s := step{who: l.branch.secretary, action: RecordTalk.Key, fields: merged(right, nil), on: l.on, reason: "当时未及时录入,现予补录"}
		l.wait(3, 8)
		return l.must(s)
	}
	l.wait(3, 20)
	return l.do(l.branch.secretary, RecordTalk, right, but(talkOutsider, is(Talker, l.person.ID)))
}

// decide does an act that the branch decides collectively.
func (l *life) decide(who register.OfficeID, a engine.Action, more ...value) bool {
	right, wrong := "branch-committee", "general-meeting"
	if !l.branch.org.Committee {
		right, wrong = wrong, right
	}
	return l.do(who, a, append(more, is(DecidedBy, right)), but(wrongBody, is(DecidedBy, wrong)))
}

// number is a made-up document number.
func (l *life) number(kind string) string {
	return fmt.Sprintf("示例%s〔%d〕%d号", kind, l.on.Year(), 1+l.n)
}

func (l *life) isCultivated() bool {
	l.wait(2, 9)
	if !l.hasContacts() {
		return false
	}
	start := l.watched
	least := start.AddMonths(l.param(CultivationMonths))
	end := least.AddDays(2 + l.rand.IntN(30))
	if l.rand.IntN(7) == 0 { // watched for longer
		end = end.AddMonths(3 + l.rand.IntN(8))
	}
	return l.isWatched(start, least, end) && l.isListed()
}

func (l *life) hasContacts() bool {
	fit := l.branch.fit(l.relative)
	i := l.rand.IntN(len(fit) - 2)
	return l.do(l.branch.secretary, AssignContacts, give(is(Contacts, fit[i:i+1+l.rand.IntN(2)])),
		but(threeContacts, is(Contacts, fit[i:i+3])),
		but(kinContact, is(Contacts, []register.PersonID{l.relative})).only(l.relative != ""),
		but(freshContact, is(Contacts, []register.PersonID{l.person.ID})))
}

// isWatched is cultivation up to the day of the proposal.
func (l *life) isWatched(start, least, end calendar.Date) bool {
	missed := 0
	if l.slips(reviewMissed) {
		missed = 1 + l.rand.IntN(2)
	}
	every := l.param(ReviewMonths)
	for k := 1; start.AddMonths(every * k).Before(end); k++ {
		due := start.AddMonths(every * k)
		l.waitUntil(due.AddDays(-100 + l.rand.IntN(30)))
		if !l.do(l.branch.second, RecordEducation, give(is(EducationRecord, "参加党课学习和主题党日"))) || !l.goesOn() {
			return false
		}
		if l.slips(movesAway) {
			if !l.isTransferred(TransferActivist) {
				return false
			}
			l.wait(2, 9)
			if !l.hasContacts() {
				return false
			}
		}
		if k == missed {
			continue
		}
		l.waitUntil(due.AddDays(-40 + l.rand.IntN(28)))
		if !l.do(l.branch.second, HalfYearReview, give(is(ReviewOpinion, "表现良好,继续培养"))) {
			return false
		}
		l.observed = append(l.observed, l.on)
		if l.slips(stopped) {
			return l.stops("本人表现不符合要求")
		}
	}
	if l.slips(proposedEarly) && l.on.AddDays(3).Before(least) {
		l.wait(1, 3)
		if l.try(l.proposal()) == over {
			return false
		}
	}
	l.waitUntil(end)
	return true
}

// stops ends the cultivation, and with it the way.
func (l *life) stops(why string) bool {
	l.wait(1, 10)
	l.must(step{who: l.branch.secretary, action: StopCultivation.Key, fields: merged(give(is(StopReason, why)), nil)})
	return false
}

func (l *life) body() string {
	if l.branch.org.Committee {
		return "branch-committee"
	}
	return "general-meeting"
}

func (l *life) proposal() step {
	return step{who: l.branch.secretary, action: ProposeTarget.Key,
		fields: merged(give(is(DecidedBy, l.body()), is(OpinionsHeard, []string{"group", "contacts", "members", "masses"})), nil)}
}
