package workflows

import (
	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
)

// What the procedures share in which a member leaves the roster without a
// disposition: withdrawal and suspension. Their meetings are not filed
// beforehand, so that those who should attend are counted by the register.

const (
	branchRules   = Article("支部条例 11")
	ofTheParty    = Article("党章 9")
	lostMembers   = Article("教育管理条例 24")
	reviewerRules = Article("三级预审")
)

// MemberMeeting is the general meeting on a member's place: the same act as
// that of the admission, and none of its steps.
var MemberMeeting = NewAction(RecordMeeting.Key, "召开支部党员大会", "hold the general meeting")

// bodyConditions hold for every general meeting about a member, whether it
// votes or only discusses.
var bodyConditions = []Condition{ExclusionsAllowed, EligibleAsDeclared, AttendeesMayVote, Quorum.Cite(branchRules)}

// bodyTaken are the fields of a meeting beside its vote.
var bodyTaken = []AnyField{Excluded, ExclusionConsent, ExclusionAdopted, DeclaredEligible, Attended}

// voteConditions hold for a vote on a member's place besides.
var voteConditions = []Condition{NoProxies, OneByOne.Cite("票决办法"), BallotsAddUp}

// NoAdmissionOpen keeps a membership from being ended beside the procedure
// that is still about to make it.
var NoAdmissionOpen = Cond("no-admission-open", "本人的发展案件已办结(预备党员先办理取消预备党员资格,正式党员先归档)",
	"the person's case of admission is closed (probation is cancelled, or the dossier archived, first)").Cite("党章 8").
	Test(func(s *Situation) []Words {
		id, open := s.View.Holder(LiveCase.Kind, string(s.Case.Person))
		if !open {
			return nil
		}
		return Missing("发展案件 "+string(id)+" 尚未办结", "the admission "+string(id)+" is open")
	})

// byNow wants a day not to lie after the act that states it.
func byNow(f F[calendar.Date]) Condition {
	return Cond("by-now-"+f.Key, f.Words.Zh+"不晚于办理之日", f.Words.En+" is not after the act").Cite("党章 8").Reading(f).OnInput().
		Holds(func(s *Situation) bool { d, _ := f.Given(s); return !d.After(s.On) })
}

// placed gives the person another standing from the day of the act on. The
// branch keeps them: it answers for whoever was its member.
func placed(standing register.Standing, zh, en string, more ...func(*Situation, *register.Person)) Effect {
	return Effect{Key: "standing-" + string(standing), Words: Words{Zh: "身份变更:" + zh, En: "standing: " + en},
		Make: func(s *Situation) []register.Entity {
			p := s.Subject().With(standing, s.On)
			for _, change := range more {
				change(s, p)
			}
			return []register.Entity{p}
		}}
}

// barRejoining forbids a new application for the years after a removal.
func barRejoining(s *Situation, p *register.Person) {
	p.Bars = append(p.Bars[:len(p.Bars):len(p.Bars)],
		register.Bar{Why: string(register.Removed), From: s.On, Until: s.On.AddYears(RejoinBarYears.At(s))})
}

// generalMeeting is a general meeting that votes on a member's place.
func generalMeeting(article Article, r Rule) Rule {
	return Art(article, r).Giving(Present, Yes).Taking(bodyTaken...).
		Taking(No, Abstain, InvalidBallots, Written, WrittenLate, Issued, BallotsBack, Proxies, Assisted, CasesInVote, Recused, Minutes).
		If(bodyConditions...).If(voteConditions...).Recording(rosterNow, recordEligible).With(paper("支部党员大会决议", "resolution"))
}

// approvalAbove is the collective decision of the committee with power to
// approve, by people who handled the case at no other level.
func approvalAbove(article Article, a Action, from, to Stage) Rule {
	return Art(article, ApprovalBody.May(a).In(from).To(to)).Giving(CommitteeSeat, CommitteeYes).Taking(ReplyNumber, CasesInVote).
		If(HasApprovalPower.Cite(article), DecidedOneByOne.Cite("票决办法"), CommitteeMajority.Cite(article), FreshReviewer.Cite(reviewerRules), NoKin)
}

// refusalAbove is the committee's refusal of a resolution; the reason stands
// in the case.
func refusalAbove(article Article, a Action, from, to Stage) Rule {
	return Art(article, ApprovalBody.May(a).In(from).To(to)).Giving(RefuseReason).
		If(HasApprovalPower.Cite(article), FreshReviewer.Cite(reviewerRules), NoKin).AnewRound()
}
