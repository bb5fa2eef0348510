package simulate

import (
	"jinchu/calendar"
	"jinchu/engine"
	. "jinchu/workflows"
)

// isListed is the way from the proposal to the development target, in the
// edition that is in force when the committee comes to it.
func (l *life) isListed(activistSince calendar.Date) bool {
	if !l.isProposed(activistSince) {
		return false
	}
	l.wait(3, 22)
	if !l.goesOn() {
		return false
	}
	committee := one(l.rand, l.branch.above.officers)
	if !l.underNewRules() {
		return l.must(step{who: committee, action: FileTarget.Key, fields: merged(give(is(ReplyNumber, l.number("发"))), nil)})
	}
	if l.slips(oldEdition) {
		if l.try(step{who: committee, action: FileTarget.Key}) == over {
			return false
		}
	}
	if l.superior != "" {
		committee = l.superior
	}
	if !l.do(committee, ConsentTarget, give(is(ReplyNumber, l.number("发")))) {
		return false
	}
	l.wait(1, 6)
	return l.do(l.branch.secretary, PostNotice, give(is(NoticePlace, "村务公开栏"))) && l.noticeEnds(CloseNotice)
}

// isProposed proposes until it is allowed: reviews that are missing are made
// up for.
func (l *life) isProposed(activistSince calendar.Date) bool {
	if l.slips(unheard) {
		s := l.proposal()
		s.fields[OpinionsHeard.Key] = []string{"group", "members"}
		if o := l.try(s); o != refused {
			return o == done
		}
		l.wait(2, 10)
	}
	if l.slips(wrongBody) {
		s := l.proposal()
		s.fields[DecidedBy.Key] = map[string]string{"branch-committee": "general-meeting", "general-meeting": "branch-committee"}[l.body()]
		if o := l.try(s); o != refused {
			return o == done
		}
		l.wait(2, 10)
	}
	switch l.try(l.proposal()) {
	case done:
		return true
	case over:
		return false
	}
	if l.refusedFor("half-year-reviews") && !l.catchUp(activistSince) {
		return false
	}
	l.wait(3, 15)
	return l.must(l.proposal())
}

// catchUp makes a review for every half year since a day that may lack one.
func (l *life) catchUp(since calendar.Date) bool {
	l.wait(2, 8)
	every := l.param(ReviewMonths)
	for k := 1; !since.AddMonths(every * k).After(l.on); k++ {
		s := step{who: l.branch.second, action: HalfYearReview.Key, reason: "补做考察",
			fields: merged(give(is(ReviewOpinion, "补做考察,表现良好"), is(ReviewEnd, since.AddMonths(every*k))), nil)}
		if !l.must(s) {
			return false
		}
	}
	return true
}

// noticeEnds waits for the end of a notice that was posted today and closes
// it, objections permitting.
func (l *life) noticeEnds(closing engine.Action) bool {
	days := l.param(NoticeDays)
	end, err := l.play.engine.Calendar().NoticeEnd(l.on, days, l.param(CountPostingDay) != 0)
	if err != nil {
		end = l.on.AddDays(2 * days)
	}
	close := step{who: l.branch.secretary, action: closing.Key}
	if l.slips(noticeShort) {
		l.wait(1, 2)
		if o := l.try(close); o != refused {
			return o == done
		}
	}
	if l.slips(objected) {
		l.wait(1, 2)
		if !l.objection(&close, upheld) {
			return false
		}
	}
	l.waitUntil(end.AddDays(1))
	l.wait(1, 6)
	return l.must(close)
}

// objection is received and looked into. What is tried before it is resolved
// is refused. It reports whether life goes on.
func (l *life) objection(tried *step, holds *slip) bool {
	if !l.must(step{who: one(l.rand, l.play.county.inspectors), action: ReceiveObjection.Key,
		fields: merged(give(is(Objection, "反映其日常表现有关问题"), is(ObjectionWay, one(l.rand, []string{"written", "phone", "anonymous"}))), nil)}) {
		return false
	}
	if tried != nil {
		if l.try(*tried) == over {
			return false
		}
	}
	l.wait(5, 30)
	finding := "cleared"
	if l.slips(holds) {
		finding, l.isUpheld = "upheld", true
	}
	return l.must(step{who: one(l.rand, l.branch.above.officers), action: ResolveObjection.Key,
		fields: merged(give(is(ObjectionFinding, finding), is(Investigation, "经核查,形成核查报告")), nil)}) && !l.ended
}
