package workflows

import (
	"slices"

	. "jinchu/engine"
	"jinchu/register"
)

var (
	isExtended = Cond("approval-extended", "审批期限已延长", "the time for approval was extended").After(ExtendApproval).
			Holds(func(s *Situation) bool { return s.Case.LastIn(ExtendApproval.Key) != nil })

	aDepartmentOwes = Cond("opinion-awaited", "有部门尚未回复", "a department has not answered").Reading(Departments, OpinionsDone).
			Holds(func(s *Situation) bool {
			return slices.ContainsFunc(register.Duties, func(d register.Duty) bool { return owes(s.Case, d) })
		})
)

// dues are the deadlines of the procedure. Where the rules give none, a step
// is reminded of after the months the county says.
func dues() []DueRule {
	step := func(a Action, stages ...Stage) DueRule {
		return Due(a).Within(MonthsOf(StepMonths)).Of(Entry).In(stages...).Cite("全程纪实")
	}
	discussing := []Stage{ConversionApplied, OpinionsCollected, ConversionNotice, ConversionNoticed, ConversionScreened, ConversionFiled, ConversionNotAdopted}
	return []DueRule{
		Due(RecordTalk).Within(MonthsOf(TalkMonths)).Of(ReceivedOn).In(Applied).Cite("细则 7").LateNeedsReason(),
		step(Recommend, Talked),
		step(DecideActivist, ActivistProposed),
		Due(FileActivist).Within(MonthsOf(ActivistFileMonths)).Of(Entry).In(ActivistDecided).Cite("细则 8"),
		Due(AssignContacts).Within(WorkdaysOf(ContactDays)).Of(Entry).In(Activist).Cite("细则 9"),
		Due(HalfYearReview).Within(MonthsOf(ReviewMonths)).Of(Latest(Done(FileActivist), Done(HalfYearReview))).In(Cultivating).Cite("细则 11"),
		Due(ProposeTarget).Within(MonthsOf(StepMonths)).Of(Latest(Entry, Done(HalfYearReview))).In(Cultivating).Cite("全程纪实"),
		Due(FileTarget).Within(MonthsOf(ConsentMonths)).Of(Entry).In(TargetProposed).Cite("2014细则 13").UntilParam(Rules2026),
		Due(ConsentTarget).Within(MonthsOf(ConsentMonths)).Of(Entry).In(TargetProposed).Cite("细则 13").SinceParam(Rules2026),
		step(PostNotice, TargetConsented),
		Due(CloseNotice).Within(MonthsOf(ConsentMonths)).Of(NoticeEnds).In(NoticeRunning).Cite("细则 13"),
		step(Screen, DevelopmentTarget),
		Due(AnswerOpinion).Within(WorkdaysOf(OpinionDays)).Of(Done(AskOpinion)).In(Screened).Cite("三级预审").While(aDepartmentOwes),
		Due(PassReview).Within(MonthsOf(ReviewSLAMonths)).Of(Entry).In(Screened).Cite("预审办法"),
		Due(Qualify).Within(WorkdaysOf(CountySLADays)).Of(Entry).In(Reviewed).Cite("预审办法"),
		Due(Rectify).Within(DaysOf(RectifyDays)).Of(Entry).In(Returned).Cite("三级预审"),
		Due(RecordMeeting).Within(MonthsOf(MeetingMonths)).Of(Latest(Done(Qualify), Done(Reconfirm))).In(Qualified, Filed).Cite("细则 19").While(QualifiedUnder2026),
		step(RecordMeeting, Filed),
		Due(LapseFiling).Within(Days(0)).Of(RecordBy).In(filedStages...).Cite("备案监督"),
		Due(ResolveObjection).Within(DaysOf(ObjectionDays)).Of(Done(ReceiveObjection)).In(objecting...).Cite("公示").While(AnObjectionIsOpen),
		step(FileMeeting, Qualified),
		step(Resubmit, NotAdopted, Lapsed),
		step(SubmitDossier, Adopted),
		Due(Approve).Within(MonthsOf(ApprovalMonths)).Of(Done(RecordMeeting)).In(Adopted, Submitted).Cite("细则 25").While(Not(isExtended)),
		Due(Approve).Within(MonthsOf(ApprovalMaxMonths)).Of(Done(RecordMeeting)).In(Adopted, Submitted).Cite("细则 25").While(isExtended),
		Due(LapseApproval).Within(MonthsOf(ApprovalMaxMonths)).Of(Done(RecordMeeting)).In(Adopted, Submitted).Cite("细则 25"),
		Due(FileWithCounty).Within(MonthsOf(CountyRecordMonths)).Of(Done(Approve)).In(beforeScreening...).Cite("细则 25"),
		Due(RecordOath).Within(MonthsOf(OathMonths)).Of(Done(Approve)).In(beforeScreening...).Cite("细则 29"),
		Due(AssignGroup).Within(MonthsOf(CountyRecordMonths)).Of(Done(Approve)).In(beforeScreening...).Cite("细则 28"),
		Due(ProbationReview).Within(MonthsOf(ProbationReviewMon)).Of(Latest(Done(Approve), Done(ProbationReview))).In(Probationary).Cite("细则 31"),
		Due(ApplyConversion).Within(DaysOf(ConversionLagDays)).Of(ProbationTo).In(Probationary).Cite("细则 32"),
		Due(RecordMeeting).Within(DaysOf(ConversionLagDays)).Of(Latest(ProbationTo, Done(RecordMeeting))).In(discussing...).Cite("细则 31"),
		step(CollectOpinions, ConversionApplied), step(ScreenConversion, OpinionsCollected, ConversionNoticed),
		step(CloseConversionNotice, ConversionNotice), step(FileMeeting, ConversionScreened, ConversionNotAdopted, CancellationProposed), step(RecordMeeting, CancellationFiled),
		Due(ApproveConversion).Within(MonthsOf(ConversionMonths)).Of(Done(RecordMeeting)).In(VotedConvert).Cite("细则 33"),
		Due(ApproveExtension).Within(MonthsOf(ConversionMonths)).Of(Done(RecordMeeting)).In(VotedExtend).Cite("细则 33"),
		Due(ApproveCancellation).Within(MonthsOf(ConversionMonths)).Of(Done(RecordMeeting)).In(VotedCancel).Cite("细则 33"),
		Due(RectifyConversion).Within(DaysOf(RectifyDays)).Of(Entry).In(ConversionReturned).Cite("三级预审"),
		Due(Archive).Within(MonthsOf(ArchiveMonths)).Of(Entry).In(FullMember).Cite("细则 36"),
	}
}

// invariants are what the graph of the stages proves.
var invariants = []Invariant{
	{Key: "probationary-by-the-book", Words: Words{Zh: "未经初审、复审、终审、会前备案、支部大会票决和党委审批,不能成为预备党员", En: "nobody becomes a probationary member without three reviews, filing, ballot and approval"},
		Target: Probationary, Needs: []Action{Screen, PassReview, Qualify, FileMeeting, RecordMeeting, SubmitDossier, Approve}},
	{Key: "full-by-the-book", Words: Words{Zh: "未经本人申请、征求意见、支部审查、会前备案、支部大会票决和党委审批,不能转为正式党员", En: "nobody becomes a full member without application, opinions, screening, filing, ballot and approval"},
		Target: FullMember, Needs: []Action{Approve, ApplyConversion, CollectOpinions, ScreenConversion, FileMeeting, RecordMeeting, ApproveConversion}},
	{Key: "cultivated-first", Words: Words{Zh: "未经谈话、推荐、研究、备案、培养,不能列为发展对象", En: "nobody is listed without talk, recommendation, decision, record and cultivation"},
		Target: DevelopmentTarget, Needs: []Action{SubmitApplication, RecordTalk, Recommend, DecideActivist, FileActivist, AssignContacts, ProposeTarget}},
}

// waivers accept findings of the check, each with its reason.
var waivers = []Waiver{
	{Finding: "unreachable:target-consented", Reason: "the 2014 edition has no consent: 2014细则 13 records the listing"},
	{Finding: "loop:qualified+filed", Reason: "a meeting may be put off; each filing keeps the draw, and the qualification's month ends it"},
	{Finding: "loop:conversion-screened+conversion-filed", Reason: "a meeting may be put off; each filing keeps the draw, and an overdue conversion is raised"},
	{Finding: "loop:cancellation-proposed+cancellation-filed", Reason: "a meeting may be put off; each filing keeps the draw"},
	{Finding: "unreachable:notice-running", Reason: "the 2014 edition has no notice before listing"},
}
