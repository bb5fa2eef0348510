package workflows

import (
	"fmt"
	"slices"

	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
)

// Conditions of filing and of the general meeting (rules, section 1.5).
var (
	LeadTime = Cond("lead-time", "会议时间比备案提前规定天数", "the filing leads the meeting by the days required").Cite("备案监督").
			Reading(MeetingAt).OnInput().Test(func(s *Situation) []Words {
		at, _ := MeetingAt.Given(s)
		recorded := calendar.Max(s.On, s.Today)
		if leadsEnough(s, at.Date()) || LateFilings.On(s) && at.Date().After(recorded) {
			return nil
		}
		earliest := recorded.AddDays(FilingLeadDays.At(s))
		return Missing("会议最早可定于 "+earliest.String(), "the meeting can be on "+earliest.String()+" at the earliest")
	})

	RosterIsFull = Cond("full-roster", "名单为支部全体党员", "the roster is the branch's full roster").Cite("备案监督").
			Reading(FullRoster).Test(rosterDifference)

	HeldAsFiled = Cond("held-as-filed", "大会按备案的时间召开", "the meeting is held when it was filed for").Cite("备案监督").
			Reading(MeetingAt).After(FileMeeting).Test(func(s *Situation) []Words {
		at, ok := MeetingAt.Held(s.Case)
		if ok && at.Date() == s.On {
			return nil
		}
		return Missing("备案时间为 "+string(at)+",变更须重新备案", "filed for "+string(at)+"; a changed plan is filed again")
	})

	RosterStillTrue = Cond("roster-as-filed", "与备案名单一致,不一致的已说明", "the roster is as filed, or the difference is explained").Cite("备案监督").
			Reading(FullRoster, RosterDifference).Test(func(s *Situation) []Words {
		if _, explained := RosterDifference.Given(s); explained {
			return nil
		}
		return changedSince(s)
	})

	WithinMonthOfQualification = Cond("fresh-qualification", "预审合格后一个月内召开,逾期须重新确认", "within a month of the qualification, or reconfirmed").Cite("细则 19", "预审办法").
					After(Qualify, Reconfirm).Test(func(s *Situation) []Words {
		limit := latest(s.Case, Qualify, Reconfirm).AddMonths(MeetingMonths.At(s))
		if !qualifiedUnder2026(s) || !s.On.After(limit) {
			return nil
		}
		return Missing("期限至 "+limit.String(), "the limit was "+limit.String())
	})

	// QualifiedUnder2026 tells that the one-month clock runs: it runs for a
	// pre-review passed under the edition of 2026.
	QualifiedUnder2026 = Cond("qualified-under-2026", "预审合格在2026年版细则施行以后", "qualified under the edition of 2026").Cite("细则 19").
				After(Qualify).Holds(qualifiedUnder2026)

	WaitedAfterFailure = Cond("waited-after-failure", "表决未通过后已满规定月数", "the months since the failed vote have passed").Cite("票决办法").
				After(RecordMeeting).Test(func(s *Situation) []Words {
		failed := failedOn(s.Case)
		if failed.IsZero() {
			return nil
		}
		return notBefore(s, failed.AddMonths(FailedVoteMonths.At(s)))
	})

	SecretBallot = Cond("secret-ballot", "采取无记名投票", "by secret ballot").Cite("细则 20", "2014细则 21").Reading(BallotWay).
			Holds(func(s *Situation) bool { v, given := BallotWay.Given(s); return !given || v == "secret" })

	NoProxies = Cond("no-proxies", "不得代投票", "no ballot is cast by proxy").Cite("票决办法").Reading(Proxies).
			Holds(func(s *Situation) bool { n, _ := Proxies.Given(s); return n == 0 })

	OneByOne = Cond("one-by-one", "两人以上逐个讨论和表决", "each person is discussed and voted on separately").Cite("细则 20", "2014细则 21").Reading(CasesInVote).
			Holds(func(s *Situation) bool { n, given := CasesInVote.Given(s); return !given || n == 1 })

	ExclusionsAllowed = Cond("exclusions-allowed", "不计入应到会的党员经上级同意并经大会通过", "those left out are agreed to above and adopted by the meeting").Cite("应到会").
				Reading(Excluded, ExclusionConsent, ExclusionAdopted).Test(badExclusions)

	EligibleAsDeclared = Cond("eligible-counted-right", "应到会有表决权人数计算正确", "the eligible number is counted right").Cite("党章 7").
				Reading(DeclaredEligible, FullRoster).Test(func(s *Situation) []Words {
		declared, given := DeclaredEligible.Given(s)
		if e := eligible(s); given && declared != e {
			return Missing(fmt.Sprintf("填报 %d 人,按名单应为 %d 人(预备党员、受留党察看处分的党员没有表决权)", declared, e), fmt.Sprintf("%d declared, %d by the roster (probationary members and members under probation within the Party have no vote)", declared, e))
		}
		return nil
	})

	AttendeesMayVote = Cond("attendees-may-vote", "到会计票人员均有表决权", "all who are counted as voting have a vote").Cite("党章 7").
				Reading(Attended, Present, FullRoster).Test(badAttendees)

	Quorum = Cond("quorum", "有表决权的到会人数超过应到会人数的半数", "those present with a vote exceed half of those who should attend").Cite("细则 19", "2014细则 20").
		Reading(Present, FullRoster, Excluded).OnInput().Test(func(s *Situation) []Words {
		p, _ := Present.Given(s)
		e := eligible(s)
		need := e/2 + 1
		if least := (e*int64(QuorumPercent.At(s)) + 99) / 100; least > need {
			need = least
		}
		if p >= need {
			return nil
		}
		return Missing(fmt.Sprintf("应到会 %d 人,实到 %d 人,至少须 %d 人(书面意见不计到会)", e, p, need), fmt.Sprintf("%d should attend, %d are present, %d are needed (a written opinion is no presence)", e, p, need))
	})

	BallotsAddUp = Cond("ballots-valid", "收回票数不多于发出票数且票数相符,否则重新投票", "ballots returned do not exceed those issued and add up, or the vote is repeated").Cite("票决办法").
			Reading(Present, Issued, BallotsBack, Yes, No, Abstain, InvalidBallots, Written).OnInput().Test(badBallots)

	Adopts = Cond("adopts", "赞成票超过应到会有表决权人数的半数", "the votes in favour exceed half of those who should attend").Cite("细则 20", "2014细则 21").
		Reading(Yes, Written, FullRoster, Excluded).Holds(func(s *Situation) bool {
		y, _ := Yes.Given(s)
		w, _ := Written.Given(s)
		return 2*(y+w) > eligible(s)
	})
)

// meetingConditions hold for every general meeting of the procedure.
var meetingConditions = []Condition{
	MayAccept, HeldAsFiled, RosterStillTrue, SecretBallot, NoProxies, OneByOne, ExclusionsAllowed,
	EligibleAsDeclared, AttendeesMayVote, Quorum, BallotsAddUp, NoOpenObjection,
}

// tally are the fields of a vote.
var tallyTaken = []AnyField{
	No, Abstain, InvalidBallots, Written, WrittenLate, Issued, BallotsBack, BallotWay, Proxies, Assisted, CasesInVote,
	Excluded, ExclusionConsent, ExclusionAdopted, Recused, DeclaredEligible, Attended, RosterDifference, Minutes,
}

// recordEligible keeps the number the vote was measured against.
var recordEligible = Computing(Eligible, func(s *Situation) (int64, bool) { return eligible(s), true })

// recordBallot keeps that the vote was secret where the record does not say.
var recordBallot = Computing(BallotWay, func(s *Situation) (string, bool) {
	if v, given := BallotWay.Given(s); given {
		return v, true
	}
	return "secret", true
})

// rosterNow fills in the roster where the filing leaves it to the register.
var rosterNow = Computing(FullRoster, func(s *Situation) (Roster, bool) {
	if r, given := FullRoster.Given(s); given {
		return r, true
	}
	return branchRoster(s), true
})

// branchRoster is the full roster of the branch as the register knows it.
func branchRoster(s *Situation) Roster {
	var r Roster
	for _, p := range s.View.Members(s.Case.Org) {
		if p.Member() {
			r = append(r, Seat{Person: p.ID, Standing: p.Standing, Vote: p.HasVote()})
		}
	}
	return r
}

func rosterDifference(s *Situation) []Words {
	given, ok := FullRoster.Given(s)
	if !ok {
		return nil
	}
	var out []Words
	now := branchRoster(s)
	for _, seat := range now {
		if _, listed := seatOf(given, seat.Person); !listed {
			out = append(out, Words{Zh: "缺:" + nameOf(s, seat.Person), En: "missing: " + string(seat.Person)})
		}
	}
	for _, seat := range given {
		if _, member := seatOf(now, seat.Person); !member {
			out = append(out, Words{Zh: "不是本支部党员:" + nameOf(s, seat.Person), En: "not a member of the branch: " + string(seat.Person)})
		}
	}
	return out
}

func seatOf(r Roster, id register.PersonID) (Seat, bool) {
	for _, seat := range r {
		if seat.Person == id {
			return seat, true
		}
	}
	return Seat{}, false
}

// voters is the roster the meeting counts by: the filed one, or the present
// one where the difference was explained or nothing was filed.
func voters(s *Situation) Roster {
	if _, explained := RosterDifference.Given(s); explained {
		return branchRoster(s)
	}
	if filed, ok := FullRoster.Held(s.Case); ok {
		return filed
	}
	return branchRoster(s) // of a meeting that is not filed beforehand
}

// eligible is E: the members with a vote who should attend, less those left
// out on a basis, and less recused kin where the county's rule says so.
func eligible(s *Situation) int64 {
	excluded, _ := Excluded.Given(s)
	recused := recusedNow(s)
	e := int64(0)
	for _, seat := range voters(s) {
		if seat.Vote && !isExcluded(excluded, seat.Person) && !slices.Contains(recused, seat.Person) {
			e++
		}
	}
	return e
}

// qualifiedUnder2026 reports whether the last qualification was made under the
// edition of 2026.
func qualifiedUnder2026(s *Situation) bool {
	t := s.Case.Last(Qualify.Key)
	return t != nil && !t.On.Before(Rules2026.Date(s.Profile))
}

// failedOn is the day of the last vote on admission that failed, the zero day
// for none.
func failedOn(c *Case) calendar.Date {
	failed := c.Stage == NotAdopted.Key
	for t := c.Trail(); t != nil; t = t.Prev {
		if failed && t.Action == RecordMeeting.Key {
			return t.On
		}
		failed = failed || t.From == NotAdopted.Key
	}
	return calendar.Date{}
}

// changedSince names who has joined, left, gained or lost the vote since the
// filing.
func changedSince(s *Situation) []Words {
	filed, _ := FullRoster.Held(s.Case)
	now := branchRoster(s)
	if slices.Equal(filed, now) { // both in the order of the register
		return nil
	}
	var out []Words
	for _, seat := range filed {
		if is, member := seatOf(now, seat.Person); !member || is.Vote != seat.Vote {
			out = append(out, Words{Zh: "备案后有变化:" + nameOf(s, seat.Person), En: "changed since the filing: " + string(seat.Person)})
		}
	}
	for _, seat := range now {
		if _, listed := seatOf(filed, seat.Person); !listed {
			out = append(out, Words{Zh: "备案后新增:" + nameOf(s, seat.Person), En: "joined since the filing: " + string(seat.Person)})
		}
	}
	return out
}

func isExcluded(xs []Exclusion, id register.PersonID) bool {
	for _, x := range xs {
		if x.Person == id {
			return true
		}
	}
	return false
}

// recusedNow are the close kin the record names as recused, where the county
// takes them out of those who should attend; elsewhere they stay in the count.
func recusedNow(s *Situation) []register.PersonID {
	if !RecuseFromEligible.On(s) {
		return nil
	}
	named, _ := Recused.Given(s)
	return slices.DeleteFunc(slices.Clone(named), func(id register.PersonID) bool {
		_, kin := register.CloseKin(s.View, id, s.Case.Person)
		return !kin
	})
}

func badExclusions(s *Situation) []Words {
	excluded, given := Excluded.Given(s)
	if !given || len(excluded) == 0 {
		return nil
	}
	var out []Words
	if _, ok := ExclusionConsent.Given(s); !ok {
		out = append(out, Words{Zh: "未经上级党组织同意", En: "no consent of the superior organization"})
	}
	if ok, _ := ExclusionAdopted.Given(s); !ok {
		out = append(out, Words{Zh: "未经支部党员大会通过", En: "not adopted by the general meeting"})
	}
	for i, x := range excluded {
		if seat, ok := seatOf(voters(s), x.Person); !ok || !seat.Vote || isExcluded(excluded[:i], x.Person) {
			out = append(out, Words{Zh: nameOf(s, x.Person) + "不在有表决权名单中或重复", En: string(x.Person) + " has no vote on the roster, or stands twice"})
		}
	}
	return out
}

func badAttendees(s *Situation) []Words {
	attended, given := Attended.Given(s)
	if !given {
		return nil
	}
	var out []Words
	excluded, _ := Excluded.Given(s)
	for _, id := range attended {
		if seat, ok := seatOf(voters(s), id); !ok || !seat.Vote {
			out = append(out, Words{Zh: nameOf(s, id) + "没有表决权", En: string(id) + " has no vote"})
		} else if recused, _ := Recused.Given(s); slices.Contains(recused, id) {
			out = append(out, Words{Zh: nameOf(s, id) + "已回避", En: string(id) + " is recused"})
		} else if isExcluded(excluded, id) {
			out = append(out, Words{Zh: nameOf(s, id) + "已列为不计入应到会", En: string(id) + " is left out of those who should attend"})
		}
	}
	if p, _ := Present.Given(s); int64(len(attended)) != p {
		out = append(out, Words{Zh: fmt.Sprintf("签到 %d 人,填报实到 %d 人", len(attended), p), En: fmt.Sprintf("%d signed in, %d declared present", len(attended), p)})
	}
	return out
}

// badBallots checks the count: present, issued, returned and the ballots
// themselves. Issued and returned may be left out where nothing was unusual.
func badBallots(s *Situation) []Words {
	n := func(f F[int64]) int64 { v, _ := f.Given(s); return v }
	counted := n(Yes) + n(No) + n(Abstain) + n(InvalidBallots)
	present, e := n(Present), eligible(s)
	issued, hasIssued := Issued.Given(s)
	if !hasIssued {
		issued = present
	}
	back, hasBack := BallotsBack.Given(s)
	if !hasBack {
		back = counted
	}
	var out []Words
	say := func(wrong bool, zh, en string, a, b int64) {
		if wrong {
			out = append(out, Words{Zh: fmt.Sprintf(zh, a, b), En: fmt.Sprintf(en, a, b)})
		}
	}
	say(present > e, "实到 %d 人多于应到会 %d 人", "%d present, more than the %d who should attend", present, e)
	say(issued > present, "发出 %d 票多于实到 %d 人", "%d ballots issued to %d present", issued, present)
	say(back > issued, "收回 %d 票多于发出 %d 票,投票无效", "%d ballots returned of %d issued: the ballot is void", back, issued)
	say(counted != back, "各项票数合计 %d,收回 %d 票", "the votes add up to %d of %d ballots returned", counted, back)
	say(n(Written) > e-present, "书面意见 %d 份多于未到会 %d 人", "%d written opinions of %d absent", n(Written), e-present)
	return out
}

// latest is the day of the later of two acts.
func latest(c *Case, a, b Action) calendar.Date {
	var d calendar.Date
	for _, action := range []Action{a, b} {
		if t := c.Last(action.Key); t != nil {
			d = calendar.Max(d, t.On)
		}
	}
	return d
}
