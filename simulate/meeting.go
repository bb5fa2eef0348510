package simulate

import (
	"slices"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	. "jinchu/workflows"
)

// meeting is a general meeting that is filed and held until it counts.
type meeting struct {
	passes  bool
	more    []value // what is resolved, where there is a choice
	slips   []wrong
	early   bool          // is filed for the first day possible, least or not
	least   calendar.Date // may be held from this day on
	hearing bool          // the person has to be heard first
}

// mostMeetings bounds how often a meeting is called again.
const mostMeetings = 8

// meets files the meeting and holds it. It reports whether life goes on.
func (l *life) meets(m meeting) bool {
	for range mostMeetings {
		if !l.files(m) {
			return false
		}
		o := refused
		switch {
		case l.slips(notAsFiled):
			l.wait(1, 3)
			o = l.vote(l.ballot(m.passes), m.more)
		case l.slips(noQuorum):
			half := l.voters / 2
			o = l.vote(ballot{present: half, yes: half}, m.more)
		default:
			o = l.holds(&m)
		}
		if o != refused {
			return o == done
		}
		if l.refusedFor("fresh-qualification") && !l.isReconfirmed() {
			return false
		}
		m.early = false
		l.wait(2, 6)
	}
	return false
}

// files files the meeting for a day and comes to that day.
func (l *life) files(m meeting) bool {
	l.wait(1, 6)
	lead, least := l.param(FilingLeadDays), m.least
	if m.early {
		least = l.on
	}
	l.waitUntil(least.AddDays(-lead - 5))
	day := l.play.workday(calendar.Max(least, l.on.AddDays(lead+l.rand.IntN(8))))
	at := func(d calendar.Date) value { return is(MeetingAt, engine.Moment(d.String()+"T09:00")) }
	filing := func(changed ...value) step {
		return step{who: l.branch.second, action: FileMeeting.Key, fields: merged(give(at(day), is(Place, "党员活动室")), changed)}
	}
	if lead > 0 && l.slips(filedLate) {
		if o := l.try(filing(at(l.on.AddDays(lead - 1)))); o != refused {
			return o == done
		}
	}
	if l.slips(rosterShort) {
		if o := l.try(filing(is(FullRoster, l.branch.roster()[1:]))); o != refused {
			return o == done
		}
	}
	if !l.must(filing()) {
		return false
	}
	l.voters = l.eligible()
	l.on = calendar.Max(l.on, day)
	return true
}

// roster is the list of the branch's members.
func (b *branch) roster() engine.Roster {
	var r engine.Roster
	for _, p := range b.members {
		r = append(r, engine.Seat{Person: p.ID})
	}
	return r
}

// eligible is how many members with a vote should attend.
func (l *life) eligible() int64 {
	if l.relative != "" && l.param(RecuseFromEligible) != 0 {
		return l.branch.voters(l.relative)
	}
	return l.branch.voters()
}

// ballot is what is counted.
type ballot struct{ present, yes, no, abstain int64 }

// ballot is one that counts, by the members who should attend.
func (l *life) ballot(passes bool) ballot {
	e := l.voters
	quorum := max(e/2+1, (e*int64(l.param(QuorumPercent))+99)/100)
	b := ballot{present: e - l.rand.Int64N(min(3, e-quorum+1))}
	if passes {
		b.yes = b.present - l.rand.Int64N(min(2, b.present-e/2))
	} else {
		b.yes = e/2 - l.rand.Int64N(2)
	}
	b.no = (b.present - b.yes + 1) / 2
	b.abstain = b.present - b.yes - b.no
	return b
}

func (b ballot) values() []value {
	return give(is(Present, b.present), is(Yes, b.yes), is(No, b.no), is(Abstain, b.abstain), is(BallotWay, "secret"))
}

func (l *life) vote(b ballot, more ...[]value) outcome {
	return l.try(step{who: l.branch.secretary, action: RecordMeeting.Key, fields: merged(b.values(), slices.Concat(more...))})
}

// holds votes on the day filed, after votes that do not count.
func (l *life) holds(m *meeting) outcome {
	b := l.ballot(m.passes)
	for _, w := range append([]wrong{
		but(showOfHands, is(BallotWay, "show-of-hands")), but(proxy, is(Proxies, int64(1))), but(together, is(CasesInVote, int64(2))),
		but(miscounted, is(Yes, b.yes+1)), but(overcounted, is(DeclaredEligible, l.voters+2)),
	}, m.slips...) {
		if w.unless || !l.slips(w.slip) {
			continue
		}
		if o := l.vote(b, m.more, w.values); o != refused {
			return o
		}
	}
	if m.hearing {
		if l.slips(unheardPerson) {
			if o := l.vote(b, m.more); o != refused {
				return o
			}
		}
		if !l.must(step{who: l.branch.secretary, action: RecordHearing.Key, fields: merged(give(is(HearingRecord, "听取本人说明和申辩")), nil)}) {
			return over
		}
		m.hearing = false
	}
	o := l.vote(b, m.more)
	if o == refused && l.refusedFor("roster-as-filed") {
		l.voters = l.eligible()
		o = l.vote(l.ballot(m.passes), m.more, give(is(RosterDifference, "备案后本支部党员有变动,已核对名册")))
	}
	return o
}

// isReconfirmed has the county confirm a qualification that is too old.
func (l *life) isReconfirmed() bool {
	l.wait(1, 5)
	return l.must(step{who: l.play.county.reviewers[0], action: Reconfirm.Key, fields: merged(give(is(StopReason, "超过一个月,重新确认")), nil)})
}

// isAdmitted is the way from cultivation to probation.
func (l *life) isAdmitted() bool {
	ok := l.isQualified()
	for ok {
		if l.underNewRules() && l.slips(qualifiedStale) {
			l.wait(35, 60)
		}
		if !l.goesOn() || !l.meets(meeting{passes: !l.slips(notAdopted)}) {
			return false
		}
		if l.stage == Adopted.Key {
			l.adopted = l.since
			return l.isApproved()
		}
		ok = l.isTakenUpAgain()
	}
	return false
}

// isTakenUpAgain is what follows on a ballot that failed.
func (l *life) isTakenUpAgain() bool {
	l.wait(20, 60)
	switch l.rand.IntN(5) {
	case 0:
		return l.stops("支部大会未通过")
	case 1:
		if !l.must(step{who: l.branch.secretary, action: RestartCultivation.Key, fields: merged(give(is(StopReason, "转回继续培养")), nil)}) {
			return false
		}
		l.wait(90, 150)
		return l.catchUp(l.activist) && l.isListed(l.activist) && l.isQualified()
	}
	again := step{who: l.branch.secretary, action: Resubmit.Key, fields: merged(give(is(DecidedBy, l.body())), nil)}
	if o := l.try(again); o != done {
		l.waitUntil(l.since.AddMonths(l.param(FailedVoteMonths)))
		if o == over || !l.must(again) {
			return false
		}
	}
	return l.isReviewed()
}

// isApproved is the way from the resolution to probation.
func (l *life) isApproved() bool {
	adopted := l.adopted
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
		return l.lapses(adopted)
	}
	l.wait(4, 25)
	approve := step{who: l.branch.above.officers[1], action: Approve.Key, fields: merged(l.seats(), nil)}
	if l.slips(untalked) {
		if o := l.try(approve); o != refused {
			return o == done
		}
		l.wait(1, 5)
	}
	if !l.do(l.branch.above.organizer(), CommitteeTalk, give(is(TalkOpinion, "经谈话了解,同意提交党委会审议"))) {
		return false
	}
	switch {
	case l.slips(refusedAbove):
		l.wait(2, 20)
		l.must(step{who: approve.who, action: RefuseApproval.Key, fields: merged(give(is(RefuseReason, "党委会审议未同意")), nil)})
		return false
	case l.slips(extended):
		l.wait(5, 30)
		if !l.do(approve.who, ExtendApproval, give(is(ExtendReason, "党委换届,延期审议"))) {
			return false
		}
		l.waitUntil(adopted.AddMonths(l.param(ApprovalMonths)).AddDays(5 + l.rand.IntN(60)))
	case l.slips(expired):
		return l.expires(adopted, approve)
	}
	l.wait(2, 20)
	return l.do(approve.who, Approve, l.seats(), but(outvoted, is(CommitteeYes, int64(4))))
}

// seats is a committee that agrees.
func (l *life) seats() []value {
	return give(is(CommitteeSeat, int64(9)), is(CommitteeYes, 7+l.rand.Int64N(3)), is(ReplyNumber, l.number("批")))
}

// expires comes to the approval too late, for an extension also.
func (l *life) expires(adopted calendar.Date, approve step) bool {
	l.waitUntil(adopted.AddMonths(l.param(ApprovalMonths)).AddDays(3 + l.rand.IntN(30)))
	if o := l.try(approve); o != refused {
		return o == done
	}
	if l.try(step{who: approve.who, action: ExtendApproval.Key, fields: merged(give(is(ExtendReason, "补办延期")), nil)}) == over {
		return false
	}
	return l.lapses(adopted)
}

// lapses lets the calendar end what nobody approved.
func (l *life) lapses(adopted calendar.Date) bool {
	l.on = calendar.Max(l.on, adopted.AddMonths(l.param(ApprovalMaxMonths)).AddDays(1))
	l.must(step{who: engine.ClockOffice, action: LapseApproval.Key})
	return false
}

// anotherBranch is a branch to move to.
func (l *life) anotherBranch() *branch {
	for {
		if b := one(l.rand, l.play.county.branches); b.org.ID != l.branch.org.ID {
			return b
		}
	}
}

// joins counts the person among the members of the branch.
func (l *life) joins() {
	p := *l.person
	p.Standing, p.Org = register.Full, l.branch.org.ID
	l.branch.members = append(l.branch.members, &p)
}
