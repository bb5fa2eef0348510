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
	unheard *slip         // and is not
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
		case l.play.draws.keeper != nil && l.slips(neverRecorded):
			// The calendar lets the filing lapse when the quarter's frame is closed.
			l.waitUntil(register.QuarterOf(l.on).Last().AddDays(l.param(ClosingDays) + 3))
			continue
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
	l.play.tally.givenUp++
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
	l.play.filed(day)
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
	there := l.branch.voters(l.relative)
	b := ballot{present: there - l.rand.Int64N(min(3, there-quorum+1))}
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

// recusal names kin among the members, who take no part.
func (l *life) recusal() []value {
	if l.relative == "" {
		return nil
	}
	return give(is(Recused, []register.PersonID{l.relative}))
}

func (l *life) vote(b ballot, more ...[]value) outcome {
	return l.try(step{who: l.branch.secretary, action: RecordMeeting.Key, fields: merged(b.values(), slices.Concat(append(more, l.recusal())...))})
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
		if l.slips(m.unheard) {
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
