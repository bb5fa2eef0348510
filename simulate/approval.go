package simulate

import (
	"jinchu/calendar"
	"jinchu/engine"
	. "jinchu/workflows"
)

// isAdmitted is the way from cultivation to probation.
func (l *life) isAdmitted() bool {
	for ok := l.isQualified(); ok; ok = l.isTakenUpAgain() {
		if l.underNewRules() && l.slips(qualifiedStale) {
			l.wait(35, 60)
		}
		if !l.goesOn() || l.isRejectedLate() || !l.meets(meeting{passes: !l.slips(notAdopted)}) {
			return false
		}
		if l.stage == NotAdopted.Key {
			l.failed = l.since
			continue
		}
		l.adopted = l.since
		if l.isApproved() {
			return true
		}
		if l.stage != Lapsed.Key {
			return false
		}
	}
	return false
}

// isRejectedLate is what the county finds after it has qualified somebody.
func (l *life) isRejectedLate() bool {
	if !l.slips(rejectedLate) {
		return false
	}
	l.isRejected(one(l.rand, l.play.county.reviewers), one(l.rand, []string{"unfit", "procedure"}), "预审合格后发现不具备条件")
	return true
}

// isTakenUpAgain is what follows on a ballot that failed, or on an approval
// that lapsed.
func (l *life) isTakenUpAgain() bool {
	l.wait(20, 60)
	if l.gone || l.ended {
		return false
	}
	switch l.rand.IntN(5) {
	case 0:
		return l.stops("支部大会未通过或审批失效")
	case 1:
		return l.isCultivatedAgain("转回继续培养") && l.isQualified()
	}
	again := step{who: l.branch.secretary, action: Resubmit.Key, fields: merged(give(is(DecidedBy, l.body())), nil)}
	if o := l.try(again); o != done {
		l.waitUntil(l.failed.AddMonths(l.param(FailedVoteMonths)))
		if o == over || !l.must(again) {
			return false
		}
	}
	return l.isReviewed()
}

// isApproved is the way from the resolution to probation. Where the approval
// lapses, life goes on in another way.
func (l *life) isApproved() bool {
	l.wait(1, 10)
	if !l.must(step{who: l.branch.second, action: SubmitDossier.Key}) {
		return false
	}
	if l.slips(formSpoiled) {
		l.wait(1, 4)
		if !l.do(l.play.county.reviewers[1], ReplaceForm, give(is(FormSpoiled, "填写错误,收回作废"))) {
			return false
		}
	}
	if l.slips(objected) && !l.objection(nil, upheld) {
		return false
	}
	if l.slips(leftLying) {
		return l.lapses()
	}
	l.wait(4, 25)
	if l.slips(untalked) {
		if o := l.try(l.approval()); o != refused {
			return o == done
		}
		l.wait(1, 5)
	}
	return l.do(l.officer(organizes), CommitteeTalk, give(is(TalkOpinion, "经谈话了解,同意提交党委会审议"))) && l.isVotedOn()
}

func (l *life) approval() step {
	return step{who: l.officer(signs), action: Approve.Key, fields: merged(l.seats(), nil)}
}

// isVotedOn is what the committee makes of the resolution, and when.
func (l *life) isVotedOn() bool {
	limit := l.adopted.AddMonths(l.param(ApprovalMonths))
	switch {
	case l.slips(refusedAbove):
		return l.isNotApproved(is(RefuseReason, "党委会审议未同意"))
	case l.slips(refusedFraud):
		if l.isNotApproved(is(RefuseReason, "申请材料弄虚作假"), is(RejectGround, "fraud")); l.ended {
			l.appliesTooSoon()
		}
		return false
	case l.slips(expired):
		return l.expires(limit)
	case l.on.AddDays(28).After(limit), l.slips(extended):
		if l.waitUntil(calendar.Min(l.on.AddDays(5+l.rand.IntN(25)), limit.AddDays(-4))); l.on.After(limit) {
			return l.expires(limit)
		}
		if !l.do(l.officer(signs), ExtendApproval, give(is(ExtendReason, "党委换届,延期审议"))) {
			return false
		}
		l.waitUntil(limit.AddDays(5 + l.rand.IntN(55)))
	default:
		l.wait(2, 20)
	}
	if l.slips(outvoted) {
		s := l.approval()
		s.fields[CommitteeYes.Key] = int64(4)
		if o := l.try(s); o != refused {
			return o == done
		}
		l.wait(1, 5)
	}
	if l.must(l.approval(), "claim-plan-slot", "within-approval-time") {
		return true
	}
	if l.refusedFor("no-open-check") {
		return l.isNotApproved(is(RefuseReason, "抽查不合格"))
	}
	// Of the year's plan no place is left, or no time.
	return !l.gone && l.refusal != nil && l.lapses()
}

// isNotApproved ends the way.
func (l *life) isNotApproved(why ...value) bool {
	l.wait(2, 20)
	l.do(l.officer(signs), RefuseApproval, why)
	return false
}

// seats is a committee that agrees.
func (l *life) seats() []value {
	return give(is(CommitteeSeat, int64(9)), is(CommitteeYes, 7+l.rand.Int64N(3)), is(ReplyNumber, l.number("批")))
}

// expires comes to the approval too late, for an extension also.
func (l *life) expires(limit calendar.Date) bool {
	l.waitUntil(limit.AddDays(3 + l.rand.IntN(30)))
	if o := l.try(l.approval()); o != refused {
		return o == done
	}
	if l.try(step{who: l.officer(signs), action: ExtendApproval.Key, fields: merged(give(is(ExtendReason, "补办延期")), nil)}) == over {
		return false
	}
	return l.lapses()
}

// lapses lets the calendar end the approval that nobody gave. The branch may
// take the person up again: it is never admission.
func (l *life) lapses() bool {
	l.on = calendar.Max(l.on, l.adopted.AddMonths(l.param(ApprovalMaxMonths)).AddDays(1))
	if l.must(step{who: engine.ClockOffice, action: LapseApproval.Key}) {
		l.traceLapse()
	}
	return false
}
