package workflows

import (
	"fmt"

	. "jinchu/engine"
	"jinchu/register"
)

// SuspensionKey is the workflow of a lost member 停止党籍.
const SuspensionKey = "suspension"

// The numbers of a suspension. The regulation names six months and two years;
// how a search is documented and how long each step takes it does not say.
var (
	LostMonths          = param("suspension.lost_months", "失去联系满几个月方可停止党籍", "months lost before suspension", 6, AtLeast, 6, "教育管理条例 24")
	UnreachableMonths   = param("suspension.removal_months", "停止党籍后仍无法联系满几个月予以除名", "months of suspension before removal", 24, Fixed, 0, "教育管理条例 24")
	SearchAttempts      = confirm(param("suspension.search_attempts", "查找记录最少次数", "attempts to find the member at least", 3, AtLeast, 1, "教育管理条例 24"))
	SearchWays          = confirm(param("suspension.search_ways", "查找方式最少种数", "ways of searching at least", 2, AtLeast, 1, "教育管理条例 24"))
	SearchMonths        = confirm(param("suspension.search_months", "登记失联后完成查找期限(月)", "time to finish the search (months)", 3, Free, 0, "教育管理条例 24"))
	SuspensionVoteDays  = confirm(param("suspension.meeting_days", "提请后召开支部大会期限(日)", "time for the general meeting (days)", 30, Free, 0, "教育管理条例 24"))
	SuspensionSLAMonths = confirm(param("suspension.approval_months", "支部大会决议后审批期限(月)", "time to approve the resolution (months)", 3, Free, 0, "教育管理条例 24"))
	SuspensionFileDays  = confirm(param("suspension.record_days", "批准后报组织部备案期限(日)", "time to record with the county (days)", 30, Free, 0, "教育管理条例 24"))
	RemovalRetryMonths  = confirm(param("suspension.retry_months", "除名未获通过或批准后再次提请提醒(月)", "reminder to propose a removal again that was not adopted or approved (months)", 6, Free, 0, "教育管理条例 24"))
	RestorationMonths   = confirm(param("suspension.restoration_months", "恢复联系后申请恢复党籍提醒(月)", "reminder to apply for restoring after contact (months)", 6, Free, 0, "教育管理条例 24"))
)

// The stages of a suspension, in order.
var (
	MemberLost         = NewStage("lost", "失去联系查找中", "lost, being searched for")
	MemberSearched     = NewStage("searched", "查找未果已提请", "searched for in vain")
	SuspensionAdopted  = NewStage("suspension-adopted", "支部大会同意停止党籍", "meeting votes to suspend")
	SuspensionApproved = NewStage("suspension-approved", "已批准停止党籍待备案", "suspension approved, to be recorded")
	MemberSuspended    = NewStage("suspended", "停止党籍", "suspended")
	ContactRegained    = NewStage("contact-regained", "已恢复联系", "contact regained")
	RestorationApplied = NewStage("restoration-applied", "已申请恢复党籍", "restoring applied for")
	RestorationAdopted = NewStage("restoration-adopted", "支部大会同意恢复党籍", "meeting votes to restore")
	UnreachableRemoval = NewStage("removal-proposed", "提请除名", "removal proposed")
	UnreachableVoted   = NewStage("removal-adopted", "支部大会同意除名", "meeting votes to remove")
	MemberFound        = EndStage("found", "停止党籍前已取得联系", "found before the suspension")
	MemberRestored     = EndStage("restored", "已恢复党籍", "restored")
	MemberRemoved      = EndStage("removed", "已除名", "removed")
)

// The actions of a suspension.
var (
	ReportLost         = NewAction("report-lost", "登记失联党员", "report a lost member")
	RecordAttempt      = NewAction("record-attempt", "登记查找情况", "record an attempt to find the member")
	FinishSearch       = NewAction("finish-search", "查找未果提请停止党籍", "conclude the search and propose suspension")
	RegainContact      = NewAction("regain-contact", "登记取得联系", "record that contact was regained")
	ApproveSuspension  = NewAction("approve-suspension", "审批停止党籍", "approve the suspension")
	RefuseSuspension   = NewAction("refuse-suspension", "不同意停止党籍", "refuse the suspension")
	RecordSuspension   = NewAction("record-suspension", "停止党籍报县备案", "record the suspension with the county")
	LoseAgain          = NewAction("lose-again", "登记再次失联", "record that the member is lost again")
	ApplyRestoration   = NewAction("apply-restoration", "本人申请恢复党籍", "apply to be restored")
	ApproveRestoration = NewAction("approve-restoration", "审批恢复党籍", "approve the restoring")
	RefuseRestoration  = NewAction("refuse-restoration", "不同意恢复党籍", "refuse the restoring")
	ProposeRemoval     = NewAction("propose-removal", "提请除名", "propose the removal")
	ApproveRemoval     = NewAction("approve-removal", "审批除名", "approve the removal")
	RefuseRemoval      = NewAction("refuse-removal", "不同意除名", "refuse the removal")
)

// What the acts of a suspension give. The log of the search is kept whole:
// every attempt is an act with its day.
var (
	LastContact = DateField("last_contact", "最后一次取得联系日期", "day of the last contact")
	AttemptWay  = ChoiceField("attempt_way", "查找方式", "way of searching",
		option("phone", "电话、网络联系", "telephone or network"), option("visit", "上门走访", "visit"), option("letter", "信函", "letter"),
		option("kin", "通过亲属、同事了解", "asking kin or colleagues"), option("unit", "通过工作单位、户籍地、居住地党组织了解", "asking the organizations of work, registration or residence"),
		option("police", "请公安机关协助", "help of the police")).Many()
	AttemptNote     = TextField("attempt_note", "查找经过", "what was tried").Many()
	SearchReport    = TextField("search_report", "查找情况报告", "report on the search").EachRound()
	ContactOn       = DateField("contact_on", "取得联系日期", "day of the contact")
	ContactNote     = TextField("contact_note", "联系情况", "note on the contact").Many()
	RestorationText = TextField("application", "恢复党籍申请", "application to be restored").EachRound()
	LostExamination = TextField("examination", "失联期间表现审查情况", "what was found about the time of absence").EachRound()
)

// Conditions of a suspension.
var (
	IsFullMember = Cond("is-full-member", "是正式党员(失联的预备党员取消预备党员资格)", "a full member (a lost probationary member's probation is cancelled)").Cite(lostMembers).
			Holds(func(s *Situation) bool { return s.Subject().Standing == register.Full })

	LostLongEnough = Cond("lost-long-enough", "失去联系已满规定月数", "lost for the months required").Cite(lostMembers).Reading(LastContact).
			Test(func(s *Situation) []Words {
			last, _ := LastContact.Of(s)
			return notBefore(s, last.AddMonths(LostMonths.At(s)))
		})

	SearchDocumented = Cond("search-documented", "查找记录达到规定次数和种数", "the attempts to find the member are on record, as many and in as many ways as required").Cite(lostMembers).
				Reading(AttemptWay, AttemptNote).After(RecordAttempt, ApproveSuspension, RegainContact, LoseAgain).Test(searchLacks)

	ContactIsNews = Cond("contact-is-news", "取得联系晚于最后一次联系", "the contact is later than the last one on record").Cite(lostMembers).
			Reading(ContactOn, LastContact).OnInput().Holds(func(s *Situation) bool {
		day, _ := ContactOn.Given(s)
		last, _ := LastContact.Held(s.Case)
		return day.After(last)
	})

	LostSinceContact = Cond("lost-since-contact", "再次失联从恢复联系以后算起", "lost again since contact was regained").Cite(lostMembers).
				Reading(LastContact, ContactOn).OnInput().Holds(func(s *Situation) bool {
		last, _ := LastContact.Given(s)
		regained, _ := ContactOn.Held(s.Case)
		return !last.Before(regained)
	})

	UnreachableLongEnough = Cond("unreachable-long-enough", "停止党籍已满规定月数仍无法取得联系", "suspended for the months required and still unreachable").Cite(lostMembers).
				After(ApproveSuspension, LoseAgain).Test(func(s *Situation) []Words {
		return notBefore(s, latest(s.Case, ApproveSuspension, LoseAgain).AddMonths(UnreachableMonths.At(s)))
	})
)

// removalFailed tells that a removal was proposed since the two years began,
// and is not proposed any more.
var removalFailed = Cond("removal-failed", "除名曾经提请,未获通过或批准", "a removal was proposed and not adopted or approved").
	After(ProposeRemoval, ApproveSuspension, LoseAgain).Holds(func(s *Situation) bool {
	proposed := s.Case.Last(ProposeRemoval.Key)
	return proposed != nil && proposed.Seq > lastSeq(s.Case, ApproveSuspension, LoseAgain)
})

// lastSeq is the number of the last of some acts, 0 where there was none.
func lastSeq(c *Case, acts ...Action) int64 {
	seq := int64(0)
	for _, a := range acts {
		if t := c.Last(a.Key); t != nil {
			seq = max(seq, t.Seq)
		}
	}
	return seq
}

// searchLacks counts the attempts since the case last turned: since the member
// was suspended, was reached, or was lost again.
func searchLacks(s *Situation) []Words {
	since := lastSeq(s.Case, ApproveSuspension, RegainContact, LoseAgain)
	attempts, ways := 0, map[any]bool{}
	for _, f := range AttemptWay.All(s.Case) {
		if f.Seq > since {
			attempts++
			ways[f.Value] = true
		}
	}
	if attempts >= SearchAttempts.At(s) && len(ways) >= SearchWays.At(s) {
		return nil
	}
	return Missing(fmt.Sprintf("已记录 %d 次、%d 种方式,须 %d 次、%d 种", attempts, len(ways), SearchAttempts.At(s), SearchWays.At(s)),
		fmt.Sprintf("%d attempts in %d ways on record, %d in %d needed", attempts, len(ways), SearchAttempts.At(s), SearchWays.At(s)))
}

// Suspension is the procedure of a member with whom contact was lost: a search
// that is documented, the general meeting, the committee's approval and the
// county's record suspend the membership. Contact regained leads to restoring,
// on application and by the same bodies; two years without it lead to removal,
// which the calendar raises and the branch, the meeting and the committee
// decide. A suspended member stands in no eligible number.
func Suspension() *Workflow {
	w := &Workflow{Key: SuspensionKey, Words: Words{Zh: "停止党籍", En: "suspension"},
		Params: []*Param{LostMonths, UnreachableMonths, SearchAttempts, SearchWays, SearchMonths, SuspensionVoteDays, SuspensionSLAMonths,
			SuspensionFileDays, RemovalRetryMonths, RestorationMonths, RejoinBarYears},
		Statute: statuteOf("党章 7", "党章 8", "党章 9", "支部条例 11", "教育管理条例 24", "处置办法", "应到会", "票决办法", "近亲繁殖", "三级预审"),
		Dues:    suspensionDues(), Invariants: suspensionInvariants}
	w.Rules = append(w.Rules, searchRules()...)
	w.Rules = append(w.Rules, suspendingRules()...)
	w.Rules = append(w.Rules, restoringRules()...)
	w.Rules = append(w.Rules, unreachableRules()...)
	return w
}

// Where contact is still sought, before and after the suspension.
var (
	beforeSuspension = []Stage{MemberLost, MemberSearched, SuspensionAdopted}
	sinceSuspension  = []Stage{SuspensionApproved, MemberSuspended, UnreachableRemoval, UnreachableVoted}
)

// searchRules: the report, the log of the search, and contact regained.
func searchRules() []Rule {
	regained := func(from []Stage, to Stage) Rule {
		return Art(lostMembers, AnyLevel.May(RegainContact).In(from...).To(to)).Giving(ContactOn, ContactNote).If(byNow(ContactOn), ContactIsNews, NoKin).
			With(paper("联系登记", "record of the contact"))
	}
	return []Rule{
		Art(lostMembers, Branch.May(ReportLost).In(New).To(MemberLost)).Giving(LastContact).
			If(IsFullMember, OnTheRoster, NoAdmissionOpen, sinceJoining(LastContact), byNow(LastContact), NoKin).
			Claiming(MemberCase.Do(Take)).With(paper("失联党员登记", "register of lost members")),
		Art(lostMembers, AnyLevel.May(RecordAttempt).In(MemberLost, SuspensionApproved, MemberSuspended, ContactRegained).Stays()).
			Giving(AttemptWay, AttemptNote).If(NoKin).With(paper("查找记录", "record of the search")),
		Art(lostMembers, Branch.May(FinishSearch).In(MemberLost).To(MemberSearched)).Giving(SearchReport).
			If(LostLongEnough, SearchDocumented, NoKin).With(paper("查找情况报告", "report on the search")),
		regained(beforeSuspension, MemberFound).Claiming(MemberCase.Do(Release)),
		regained(sinceSuspension, ContactRegained).AnewRound(),
	}
}

// suspendingRules: meeting, approval and the county's record.
func suspendingRules() []Rule {
	meeting := func(to Stage) Rule {
		return generalMeeting(lostMembers, Branch.May(MemberMeeting).In(MemberSearched).To(to)).If(IsFullMember, OnTheRoster, NoKin)
	}
	adopts := Adopts.Cite(branchRules)
	return []Rule{
		meeting(SuspensionAdopted).When(adopts),
		meeting(MemberLost).When(Not(adopts)).AnewRound(),
		approvalAbove(lostMembers, ApproveSuspension, SuspensionAdopted, SuspensionApproved).AnewRound().
			Making(placed(register.Suspended, "停止党籍", "suspended")).With(paper("停止党籍决定", "decision to suspend")),
		refusalAbove(lostMembers, RefuseSuspension, SuspensionAdopted, MemberLost),
		Art(lostMembers, CountyDepartment.May(RecordSuspension).In(SuspensionApproved).To(MemberSuspended)).Taking(RecordNumber).If(NoKin).
			With(paper("停止党籍备案表", "record of the suspension")),
	}
}

// restoringRules: from regained contact to full membership, or lost again.
// The two years count anew from there.
func restoringRules() []Rule {
	meeting := func(to Stage) Rule {
		return generalMeeting(lostMembers, Branch.May(MemberMeeting).In(RestorationApplied).To(to)).If(NoKin)
	}
	adopts := Adopts.Cite(branchRules)
	return []Rule{
		Art(lostMembers, Branch.May(LoseAgain).In(ContactRegained).To(SuspensionApproved)).Giving(LastContact).
			If(byNow(LastContact), LostSinceContact, LostLongEnough, SearchDocumented, NoKin).AnewRound().With(paper("失联党员登记", "register of lost members")),
		Art(lostMembers, Branch.May(ApplyRestoration).In(ContactRegained).To(RestorationApplied)).Giving(RestorationText, LostExamination).If(NoKin).
			With(paper("恢复党籍申请书", "application to be restored")),
		meeting(RestorationAdopted).When(adopts),
		meeting(ContactRegained).When(Not(adopts)).AnewRound(),
		approvalAbove(lostMembers, ApproveRestoration, RestorationAdopted, MemberRestored).Claiming(MemberCase.Do(Release)).
			Making(placed(register.Full, "恢复党籍", "restored to full membership")).With(paper("恢复党籍批复", "reply on the restoring")),
		refusalAbove(lostMembers, RefuseRestoration, RestorationAdopted, ContactRegained),
	}
}

// unreachableRules: removal after two years. The calendar only raises it.
func unreachableRules() []Rule {
	meeting := func(to Stage) Rule {
		return generalMeeting(ofTheParty, Branch.May(MemberMeeting).In(UnreachableRemoval).To(to)).If(UnreachableLongEnough, NoKin)
	}
	adopts := Adopts.Cite(branchRules)
	return []Rule{
		Art(lostMembers, Branch.May(ProposeRemoval).In(MemberSuspended).To(UnreachableRemoval)).Giving(SearchReport, DecidedBy).
			If(UnreachableLongEnough, SearchDocumented, Collective.Cite(branchRules), NoKin).With(paper("除名请示", "request to remove")),
		meeting(UnreachableVoted).When(adopts),
		meeting(MemberSuspended).When(Not(adopts)).AnewRound(),
		approvalAbove(ofTheParty, ApproveRemoval, UnreachableVoted, MemberRemoved).If(UnreachableLongEnough).Claiming(MemberCase.Do(Release)).
			Making(placed(register.Removed, "除名", "removed", barRejoining)).With(paper("除名批复", "reply on the removal"), paper("除名公告", "announcement")),
		refusalAbove(ofTheParty, RefuseRemoval, UnreachableVoted, MemberSuspended),
	}
}

func suspensionDues() []DueRule {
	vote := func(in Stage) DueRule {
		return Due(MemberMeeting).Within(DaysOf(SuspensionVoteDays)).Of(Entry).In(in).Cite(lostMembers)
	}
	approval := func(a Action, in Stage) DueRule {
		return Due(a).Within(MonthsOf(SuspensionSLAMonths)).Of(Entry).In(in).Cite(lostMembers)
	}
	return []DueRule{
		Due(FinishSearch).Within(MonthsOf(SearchMonths)).Of(Entry).In(MemberLost).Cite(lostMembers),
		vote(MemberSearched), vote(RestorationApplied), vote(UnreachableRemoval),
		approval(ApproveSuspension, SuspensionAdopted), approval(ApproveRestoration, RestorationAdopted), approval(ApproveRemoval, UnreachableVoted),
		Due(RecordSuspension).Within(DaysOf(SuspensionFileDays)).Of(Entry).In(SuspensionApproved).Cite(lostMembers),
		Due(ProposeRemoval).Within(MonthsOf(UnreachableMonths)).Of(Latest(Done(ApproveSuspension), Done(LoseAgain))).In(MemberSuspended).Cite(lostMembers),
		Due(ProposeRemoval).Within(MonthsOf(RemovalRetryMonths)).Of(Entry).In(MemberSuspended).Cite(lostMembers).While(removalFailed),
		Due(ApplyRestoration).Within(MonthsOf(RestorationMonths)).Of(Entry).In(ContactRegained).Cite(lostMembers),
	}
}

var suspensionInvariants = []Invariant{
	{Key: "suspended-by-the-book", Words: Words{Zh: "未经登记、查找、支部大会决议、党委审批和县备案,不得停止党籍", En: "nobody is suspended without report, search, meeting, approval and the county's record"},
		Target: MemberSuspended, Needs: []Action{ReportLost, FinishSearch, MemberMeeting, ApproveSuspension, RecordSuspension}},
	{Key: "restored-by-the-book", Words: Words{Zh: "未恢复联系、本人未申请、未经支部大会和党委审批,不得恢复党籍", En: "nobody is restored without contact, application, meeting and approval"},
		Target: MemberRestored, Needs: []Action{ApproveSuspension, RegainContact, ApplyRestoration, MemberMeeting, ApproveRestoration}},
	{Key: "removed-by-the-book", Words: Words{Zh: "未停止党籍、未再次提请、未经支部大会和党委审批,不得除名", En: "nobody is removed as unreachable without suspension, proposal, meeting and approval"},
		Target: MemberRemoved, Needs: []Action{FinishSearch, ApproveSuspension, RecordSuspension, ProposeRemoval, MemberMeeting, ApproveRemoval}},
}
