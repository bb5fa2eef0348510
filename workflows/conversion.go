package workflows

import (
	"fmt"

	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
)

// Conditions of probation and conversion.
var (
	OathTaken = Cond("oath-taken", "已进行入党宣誓", "the oath was taken").Cite("细则 29", "2014细则 30").
			Reading(OathPlace).After(RecordOath).Holds(func(s *Situation) bool { return s.Case.Last(RecordOath.Key) != nil })

	FiledWithCounty = Cond("filed-with-county", "已报上级组织部门备案", "filed with the organization department").Cite("细则 25", "2014细则 26").
			After(FileWithCounty).Holds(func(s *Situation) bool { return s.Case.Last(FileWithCounty.Key) != nil })

	PostponementOver = Cond("postponement-over", "推迟讨论的期限已过", "the postponement is over").Cite("2014细则 36").
				Reading(PostponedMonths, ProbationTo).Test(func(s *Situation) []Words {
		n, postponed := PostponedMonths.Held(s.Case)
		if !postponed {
			return nil
		}
		d, _ := ProbationTo.Held(s.Case)
		return notBefore(s, d.AddMonths(int(n)))
	})

	AllSidesHeard = Cond("all-sides-heard", "已征求党小组、党员和群众意见", "group, members and masses were heard").Cite("细则 32", "2014细则 33").
			Reading(Heard).OnInput().Test(func(s *Situation) []Words { v, _ := Heard.Given(s); return lacking(Heard.Field, v) })

	ConversionNoticeDue = Cond("conversion-notice-due", "本县要求转正前公示", "the county wants a notice before conversion").Cite("公示").
				Holds(func(s *Situation) bool { return ConversionNoticeOn.On(s) })

	VoteConverts = Is(Resolution, "convert").Cite("细则 31", "2014细则 32")
	VoteExtends  = Is(Resolution, "extend").Cite("细则 31", "2014细则 32")
	VoteCancels  = Is(Resolution, "cancel").Cite("细则 31", "2014细则 32")

	NotExtendedBefore = Cond("not-extended-before", "预备期尚未延长过", "probation was not extended before").Cite("细则 31", "2014细则 32").
				After(ApproveExtension).Holds(func(s *Situation) bool { return s.Case.Last(ApproveExtension.Key) == nil })

	ExtensionLength = Cond("extension-length", "延长六个月至一年", "an extension of 6 to 12 months").Cite("细则 31", "2014细则 32").
			Reading(ExtendMonths).Test(func(s *Situation) []Words {
		n, given := ExtendMonths.Given(s)
		if given && int(n) >= ExtensionMin.At(s) && int(n) <= ExtensionMax.At(s) {
			return nil
		}
		return Missing(fmt.Sprintf("须为 %d 至 %d 个月,现为 %d", ExtensionMin.At(s), ExtensionMax.At(s), n), fmt.Sprintf("%d to %d months, not %d", ExtensionMin.At(s), ExtensionMax.At(s), n))
	})

	PersonHeard = Cond("person-heard", "已听取本人申辩", "the person was heard").Cite("党章 43").
			Reading(HearingRecord).After(RecordHearing).Holds(func(s *Situation) bool { _, ok := HearingRecord.Held(s.Case); return ok })

	WithinConversionTime = Cond("within-conversion-time", "自支部大会通过之日起三个月内审批", "within three months of the meeting").Cite("细则 33", "2014细则 34").
				After(RecordMeeting).Test(func(s *Situation) []Words {
		limit := adoptedOn(s.Case).AddMonths(ConversionMonths.At(s))
		if !s.On.After(limit) || s.Reason != "" {
			return nil
		}
		return Missing("期限至 "+limit.String()+",逾期须说明理由", "the limit was "+limit.String()+"; a late approval needs its reason")
	})

	TransferredIn = Cond("transferred-in", "预备党员是转入的", "the probationary member was transferred in").Cite("2014细则 36").
			After(TransferProbationary).Holds(func(s *Situation) bool { return s.Case.Last(TransferProbationary.Key) != nil })

	PostponeOnce = Cond("postpone-once", "只推迟一次,不超过六个月", "postponed once, by six months at most").Cite("2014细则 36").
			Reading(PostponedMonths).After(PostponeDiscussion).Test(func(s *Situation) []Words {
		n, _ := PostponedMonths.Given(s)
		if s.Case.Last(PostponeDiscussion.Key) != nil {
			return Missing("已推迟过一次", "postponed once already")
		}
		if n < 1 || int(n) > PostponeMonths.At(s) {
			return Missing(fmt.Sprintf("须为 1 至 %d 个月", PostponeMonths.At(s)), fmt.Sprintf("1 to %d months", PostponeMonths.At(s)))
		}
		return nil
	})

	// HeardBeforeCancelling asks for the hearing where cancellation is voted on.
	HeardBeforeCancelling = Cond("heard-before-cancelling", "表决取消资格前已听取本人申辩", "heard before a vote on cancellation").Cite("党章 43").
				Reading(Resolution, HearingRecord).After(RecordHearing).Holds(func(s *Situation) bool {
		v, _ := Resolution.Given(s)
		_, heard := HearingRecord.Held(s.Case)
		return v != "cancel" || heard
	})

	ProbationOver = Cond("probation-over", "预备期已满", "probation is over").Cite("细则 31", "2014细则 32").
			Reading(ProbationTo).Test(func(s *Situation) []Words {
		d, _ := ProbationTo.Held(s.Case)
		return notBefore(s, d)
	})

	ReceiverExamines = Cond("receiver-examines", "由同时管辖转入支部的党委或县(市)委组织部审查", "a committee over the receiving branch too, or the county, examines").Cite("2014细则 35").
				Reading(NewBranch).OnInput().Holds(func(s *Situation) bool {
		id, _ := NewBranch.Given(s)
		o, ok := s.View.Org(id)
		return ok && s.Org.Over(o)
	})

	ReceivedByBranch = Cond("received-by-branch", "转入的是同一县内的党支部", "the receiving organization is a branch of the county").Cite("2014细则 36").
				Reading(NewBranch).OnInput().Holds(func(s *Situation) bool {
		id, _ := NewBranch.Given(s)
		o, ok := s.View.Org(id)
		return ok && o.Kind == register.Branch && !o.Temporary && id != s.Case.Org && o.Live(s.On)
	})

	DossierWasExamined = Cond("dossier-examined", "已审查入党材料", "the dossier was examined").Cite("2014细则 35").Reading(DossierExamined).OnInput().
				Holds(func(s *Situation) bool { v, _ := DossierExamined.Given(s); return v })

	DiscussedInTime = Cond("late-discussion", "届满后及时讨论转正", "the conversion was discussed promptly after expiry").Cite("细则 31", "2014细则 32").
			Reading(ProbationTo).Holds(func(s *Situation) bool {
		d, _ := ProbationTo.Held(s.Case)
		return !s.On.After(d.AddDays(ConversionLagDays.At(s)))
	})
)

// probationFrom and probationTo: probation counts from the day of the general
// meeting; conversion is possible from the same day twelve months later.
var (
	recordProbationFrom = Computing(ProbationFrom, func(s *Situation) (calendar.Date, bool) { return adoptedOn(s.Case), true })
	recordProbationTo   = Computing(ProbationTo, func(s *Situation) (calendar.Date, bool) {
		return adoptedOn(s.Case).AddMonths(ProbationMonths.At(s)), true
	})
	recordExtendedTo = Computing(ProbationTo, func(s *Situation) (calendar.Date, bool) {
		d, _ := ProbationTo.Held(s.Case)
		n, _ := ExtendMonths.Held(s.Case)
		return d.AddMonths(int(n)), true
	})
	recordPartyAge = Computing(PartyAgeFrom, func(s *Situation) (calendar.Date, bool) { return ProbationTo.Held(s.Case) })
)

// beforeScreening are the stages in which what probation still lacks can be
// made up for: the screening asks for it.
var beforeScreening = []Stage{Probationary, ConversionApplied, OpinionsCollected, ConversionNotice, ConversionNoticed}

// conversionMeeting is the general meeting that decides on a conversion.
func conversionMeeting(to Stage) Rule {
	return Art("细则 32", Branch.May(RecordMeeting).In(ConversionFiled).To(to)).
		Giving(Present, Yes, Resolution).Taking(tallyTaken...).Taking(ExtendMonths, CancelReason).
		If(meetingConditions...).If(ProbationOver, PostponementOver, HeardBeforeCancelling).
		Noting(DiscussedInTime).Recording(recordEligible, recordBallot).Making(HoldFiling).With(paper("支部大会决议", "resolution"))
}

// cancellationMeeting is the general meeting on a cancellation that the branch
// proposed during probation.
func cancellationMeeting(to Stage) Rule {
	return Art("细则 31", Branch.May(RecordMeeting).In(CancellationFiled).To(to)).Giving(Present, Yes).Taking(tallyTaken...).
		If(meetingConditions...).If(PersonHeard).Recording(recordEligible, recordBallot).Making(HoldFiling).With(paper("支部大会决议", "resolution"))
}

// decided is the committee's decision on a resolution about a probationary
// member.
func decided(a Action, article Article, from, to Stage) Rule {
	return Art(article, ApprovalBody.May(a).In(from).To(to)).Giving(approvalGiven...).Taking(approvalTaken...).
		If(approvalConditions...).If(WithinConversionTime).ByLaw("2014细则 23")
}

// screenConversion is the branch's screening of a conversion.
func screenConversion(from Stage) Rule {
	return Art("细则 32", Branch.May(ScreenConversion).In(from).To(ConversionScreened)).Giving(DecidedBy).
		If(Collective, OathTaken, FiledWithCounty, NoOpenObjection)
}

// conversionRules are the sentences from probation to the archive.
func conversionRules() []Rule {
	return []Rule{
		Art("细则 25", CountyDepartment.May(FileWithCounty).In(beforeScreening...).Stays()).Taking(RecordNumber).With(paper("备案表", "record")),
		Art("细则 28", Branch.May(AssignGroup).In(beforeScreening...).Stays()).Taking(Group),
		Art("细则 29", AnyLevel.May(RecordOath).In(beforeScreening...).Stays()).Taking(OathPlace).With(paper("宣誓记录", "record of the oath")),
		Art("细则 31", Branch.May(ProbationReview).In(Probationary).Stays()).Giving(ReviewOpinion).With(paper("预备党员考察表", "observation form")),
		transfer(Art("2014细则 35", Training.May(TransferProbationary).In(beforeScreening...).Stays())),
		closing(Art("2014细则 35", CountyDepartment.May(RefuseRecognition).In(beforeScreening...).To(NotRecognised)).Giving(RefuseReason).
			If(TransferredIn, FreshReviewer, NoKin).Making(becomes(register.Outside))),
		Art("2014细则 36", Branch.May(PostponeDiscussion).In(beforeScreening...).Stays()).Giving(PostponedMonths).If(TransferredIn, PostponeOnce),
		Art("细则 32", Branch.May(ApplyConversion).In(Probationary).To(ConversionApplied)).Giving(ConversionText).If(NoOpenObjection).With(paper("转正申请书", "conversion application")),
		Art("细则 31", Branch.May(ProposeCancellation).In(Probationary).To(CancellationProposed)).Giving(CancelReason, DecidedBy).If(Collective, NoOpenObjection),
		Art("细则 32", Branch.May(CollectOpinions).In(ConversionApplied).To(OpinionsCollected)).Giving(Heard).If(AllSidesHeard, NoOpenObjection),
		Art("公示", Branch.May(PostConversionNotice).In(OpinionsCollected).To(ConversionNotice)).Taking(NoticePlace).If(NoOpenObjection).Recording(recordNoticeEnds...),
		Art("公示", Branch.May(CloseConversionNotice).In(ConversionNotice).To(ConversionNoticed)).If(NoticeLongEnough, NoOpenObjection),
		screenConversion(OpinionsCollected).If(Not(ConversionNoticeDue)), screenConversion(ConversionNoticed),
		filing(Branch.May(FileMeeting).In(ConversionScreened, ConversionNotAdopted).To(ConversionFiled)),
		filing(Branch.May(FileMeeting).In(CancellationProposed).To(CancellationFiled)),
		filing(Branch.May(FileMeeting).In(ConversionFiled, CancellationFiled).Stays()),
		unfiled(Branch, WithdrawFiling, ConversionFiled, ConversionScreened), unfiled(Clock, LapseFiling, ConversionFiled, ConversionScreened).If(FilingOverdue),
		unfiled(Branch, WithdrawFiling, CancellationFiled, CancellationProposed), unfiled(Clock, LapseFiling, CancellationFiled, CancellationProposed).If(FilingOverdue),
		Art("党章 43", AnyLevel.May(RecordHearing).In(ConversionScreened, ConversionFiled, ConversionNotAdopted, CancellationProposed, CancellationFiled, VotedCancel).Stays()).Giving(HearingRecord).If(NoKin),
		conversionMeeting(VotedConvert).When(VoteConverts, Adopts).If(NoUpheldObjection),
		conversionMeeting(VotedExtend).When(VoteExtends, Adopts).If(NotExtendedBefore, ExtensionLength),
		conversionMeeting(VotedCancel).When(VoteCancels, Adopts),
		conversionMeeting(ConversionNotAdopted).When(Not(Adopts)).AnewRound(),
		cancellationMeeting(VotedCancel).When(Adopts), cancellationMeeting(Probationary).When(Not(Adopts)).AnewRound(),
		Art("2014细则 23", DeliberatingBody.May(Deliberate).In(VotedConvert, VotedExtend, VotedCancel).Stays()).Giving(Deliberated).If(OnlyDeliberates, NoKin),
		Art("细则 33", Committee.May(ReturnConversion).In(VotedConvert).To(ConversionReturned)).Giving(Defects).
			If(HasApprovalPower, DefectsNamed, FreshReviewer, NoKin, ConversionReturnsLeft).Recording(countConversionReturns),
		Art("细则 33", Branch.May(RectifyConversion).In(ConversionReturned).To(VotedConvert)).Giving(Rectified).If(AllDefectsFixed, NoOpenObjection),
		decided(ApproveConversion, "细则 33", VotedConvert, FullMember).If(NoUpheldObjection).Recording(recordPartyAge).Making(becomes(register.Full)).
			With(paper("转正批复", "reply on conversion")),
		decided(ApproveExtension, "细则 31", VotedExtend, Probationary).Recording(recordExtendedTo).AnewRound().
			With(paper("延长预备期批复", "reply on the extension")),
		closing(decided(ApproveCancellation, "细则 31", VotedCancel, ProbationCancelled).If(PersonHeard).Making(becomes(register.Outside)).
			With(paper("取消预备党员资格批复", "reply on the cancellation"))),
		Art("细则 33", ApprovalBody.May(RefuseConversion).In(VotedConvert, VotedExtend).To(ConversionScreened)).Giving(RefuseReason).
			If(HasApprovalPower, FreshReviewer, NoKin).ByLaw("2014细则 23").AnewRound(),
		Art("细则 31", ApprovalBody.May(RefuseConversion).In(VotedCancel).To(Probationary)).Giving(RefuseReason).
			If(HasApprovalPower, FreshReviewer, NoKin).ByLaw("2014细则 23").AnewRound(),
		closing(Art("细则 36", Training.May(Archive).In(FullMember).To(Archived)).Giving(Papers, Keeper).If(AllPapers).With(paper("移交清单", "list of what is handed over"))),
	}
}
