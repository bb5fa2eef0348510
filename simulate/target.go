package simulate

import (
	"slices"

	"jinchu/calendar"
	"jinchu/engine"
	. "jinchu/workflows"
)

// isListed is the way from the proposal to the development target, in the
// edition that is in force when the committee comes to it, over and over where
// the committee declines.
func (l *life) isListed() bool {
	for l.isProposed() {
		l.wait(3, 22)
		if !l.goesOn() {
			return false
		}
		if !l.slips(declined) {
			return l.isAgreedTo()
		}
		if !l.do(l.anyOfficer(), DeclineTarget, give(is(StopReason, "现实表现还需进一步考察"))) {
			return false
		}
		l.wait(60, 150)
	}
	return false
}

// isAgreedTo is what the committee agrees to, recorded or announced.
func (l *life) isAgreedTo() bool {
	committee := one(l.rand, l.branch.above.officers)
	if l.superior != "" {
		committee = l.superior // and has to stand back
	}
	if !l.underNewRules() {
		s := step{who: committee, action: FileTarget.Key, fields: merged(give(is(ReplyNumber, l.number("发"))), nil)}
		if l.must(s, "stage") {
			return true
		}
		if !l.underNewRules() || !l.refusedFor("stage") {
			return false
		}
	}
	if l.slips(oldEdition) {
		if l.try(step{who: committee, action: FileTarget.Key}) == over {
			return false
		}
	}
	if !l.do(committee, ConsentTarget, give(is(ReplyNumber, l.number("发")))) {
		return false
	}
	l.wait(1, 6)
	return l.do(l.branch.secretary, PostNotice, give(is(NoticePlace, "村务公开栏"))) && l.noticeEnds(CloseNotice)
}

// isCultivatedAgain goes back to cultivation and on to a new listing.
func (l *life) isCultivatedAgain(why string) bool {
	if !l.do(l.branch.secretary, RestartCultivation, give(is(StopReason, why))) {
		return false
	}
	l.watched = l.on
	l.wait(90, 150)
	return l.isListed()
}

// isProposed proposes until it is allowed: the time after a failed vote is
// waited for, and reviews that are missing are made up for.
func (l *life) isProposed() bool {
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
	for range mostTries {
		if l.must(l.proposal(), "waited-after-failure", "half-year-reviews") {
			return true
		}
		switch {
		case l.refusedFor("waited-after-failure"):
			l.waitUntil(l.failed.AddMonths(l.param(FailedVoteMonths)))
		case !l.refusedFor("half-year-reviews"), !l.catchUp():
			return false
		}
		l.wait(3, 15)
	}
	l.play.tally.givenUp++
	return false
}

// catchUp makes a review for every half year that lacks one.
func (l *life) catchUp() bool {
	l.wait(2, 8)
	every := l.param(ReviewMonths)
	for k := 1; !l.watched.AddMonths(every * k).After(l.on); k++ {
		from, to := l.watched.AddMonths(every*(k-1)), l.watched.AddMonths(every*k)
		if slices.ContainsFunc(l.observed, func(d calendar.Date) bool { return d.After(from) && !d.After(to) }) {
			continue
		}
		s := step{who: l.branch.second, action: HalfYearReview.Key,
			fields: merged(give(is(ReviewOpinion, "补做考察,表现良好"), is(ReviewEnd, to)), nil)}
		if l.slips(madeUpSilently) {
			switch l.try(s) {
			case over:
				return false
			case done: // it was due today
				l.observed = append(l.observed, to)
				continue
			}
		}
		s.reason = "当时漏做,现补做考察"
		if !l.must(s) {
			return false
		}
		l.observed = append(l.observed, to)
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
	} else if l.slips(objectionFraud) {
		finding, l.isUpheld, l.isFraud = "fraud", true, true
	}
	if !l.do(l.anyOfficer(), ResolveObjection, give(is(ObjectionFinding, finding), is(Investigation, "经核查,形成核查报告")),
		but(resolvedBelow).by(l.branch.secretary)) {
		return false
	}
	if l.ended && l.isFraud {
		l.appliesTooSoon()
	}
	return !l.ended
}

// appliesTooSoon is the next application of somebody who is barred.
func (l *life) appliesTooSoon() {
	l.wait(60, 200)
	l.elsewhere(l.branch)
}
