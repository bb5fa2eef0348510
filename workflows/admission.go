package workflows

import (
	"strconv"
	"strings"

	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
)

// Admission is the procedure from the application to the archive: admission
// and conversion of one person, the editions of 2014 and 2026 side by side.
func Admission() *Workflow {
	w := &Workflow{
		Key: "admission", Words: Words{Zh: "发展党员", En: "admission"},
		Params: Params, Statute: admissionStatute(), Edition: Rules2026, Consults: consulted,
		Dues: dues(), Invariants: invariants, Waivers: waivers, Older: in2014,
	}
	w.Rules = append(w.Rules, applicationRules()...)
	w.Rules = append(w.Rules, listingRules()...)
	w.Rules = append(w.Rules, preReviewRules()...)
	w.Rules = append(w.Rules, meetingRules()...)
	w.Rules = append(w.Rules, conversionRules()...)
	withFilings(w.Rules)
	return w
}

func paper(zh, en string) Words { return Words{Zh: zh, En: en} }

// consulted reports whether a department was asked about a case.
func consulted(c *Case, o *register.Org) bool { return asked(c, o.Duty) > 0 }

// becomes changes the person's standing with the act.
func becomes(standing register.Standing) Effect {
	return Effect{Key: "standing-" + string(standing), Words: Words{Zh: "身份变更:" + standingZh[standing], En: "standing: " + string(standing)},
		Make: func(s *Situation) []register.Entity {
			p := s.Subject().With(standing, s.On)
			p.Org = s.Case.Org
			switch standing {
			case register.Probationary:
				p.Since = adoptedOn(s.Case)
			case register.Full:
				p.PartyAge, _ = ProbationTo.Held(s.Case)
				p.Since = p.PartyAge
			case register.Outside:
				p.Org = s.Subject().Org
			}
			return []register.Entity{p}
		}}
}

var standingZh = map[register.Standing]string{register.Outside: "群众", register.Applicant: "入党申请人", register.Activist: "入党积极分子",
	register.DevelopmentTarget: "发展对象", register.Probationary: "预备党员", register.Full: "正式党员"}

// barForFraud forbids a new application for the years the county says.
var barForFraud = Effect{Key: "bar-fraud", Words: Words{Zh: "弄虚作假,限期内不得再申请", En: "barred from applying after fraud"},
	Make: func(s *Situation) []register.Entity {
		p := s.Subject().With(register.Outside, s.On)
		p.Bars = append(p.Bars[:len(p.Bars):len(p.Bars)], register.Bar{Why: fraud, From: s.On, Until: s.On.AddYears(FraudBanYears.At(s))})
		return []register.Entity{p}
	}}

// movePerson makes the receiving branch keep the person.
var movePerson = Effect{Key: "move-person", Words: Words{Zh: "组织关系转入新支部", En: "the receiving branch keeps the person"},
	Make: func(s *Situation) []register.Entity {
		p := *s.Subject()
		p.Org, _ = NewBranch.Given(s)
		return []register.Entity{&p}
	}}

// in2014 is the number an article of the rules had in the edition of 2014:
// one more from the article on pre-review on, as every number that could be
// compared confirms. Articles that edition did not have keep their name.
func in2014(a Article) Article {
	n, err := strconv.Atoi(strings.TrimPrefix(string(a), "细则 "))
	switch {
	case err != nil || !strings.HasPrefix(string(a), "细则 "):
		return ""
	case n >= 18:
		n++
	}
	return Article("2014细则 " + strconv.Itoa(n))
}

// closing ends what a case holds when it ends: the person may have another
// case; a place of the plan that was not used is free again; a form that was
// not used is void.
func closing(r Rule) Rule { return r.Claiming(LiveCase.Do(Release)) }

func failing(r Rule) Rule {
	return closing(r).Claiming(PlanSlot.Do(Release), FormSerial.Do(Void)).Making(becomes(register.Outside))
}

// applicationRules: from the application to cultivation.
func applicationRules() []Rule {
	return []Rule{
		Art("细则 5", Branch.May(SubmitApplication).In(New).To(Applied)).Taking(ReceivedOn, Declaration).
			If(OfAge, KeptHere, NotMember, NotBarred, NotBanned, ReceivedBefore, LateReceiptExplained).Recording(receivedToday).Claiming(LiveCase.Do(Take)).Making(becomes(register.Applicant)).
			With(paper("入党申请书", "membership application")),
		Art("细则 7", Branch.May(RecordTalk).In(Applied).To(Talked)).Giving(Talker).Taking(TalkNotes).
			If(TalkerIsMember, TalkAfterReceipt).With(paper("谈话记录", "record of the talk")),
		Art("细则 8", Branch.May(Recommend).In(Talked).To(ActivistProposed)).Giving(RecommendedBy).If(WaitedAsApplicant).With(paper("推荐表", "recommendation")),
		Art("细则 8", Branch.May(DecideActivist).In(ActivistProposed).To(ActivistDecided)).Giving(DecidedBy).If(Collective).With(paper("支委会记录", "minutes"), paper("备案报告", "report for record")),
		Art("细则 8", Committee.May(FileActivist).In(ActivistDecided).To(Activist)).Taking(ReplyNumber).If(HasApprovalPower, NoKin).Making(becomes(register.Activist)).With(paper("备案批复", "reply")),
		Art("细则 9", Branch.May(AssignContacts).In(Activist).To(Cultivating)).Giving(Contacts).If(ContactCount, ContactsAreFull, ContactsUnsanctioned, ContactsNoKin).
			Noting(ContactsUnrelated).With(paper("培养联系人登记", "contacts")),
		Art("细则 9", Branch.May(AssignContacts).In(Cultivating).Stays()).Giving(Contacts).If(ContactCount, ContactsAreFull, ContactsUnsanctioned, ContactsNoKin).Noting(ContactsUnrelated),
		Art("细则 10", Branch.May(RecordEducation).In(Cultivating, DevelopmentTarget).Stays()).Giving(EducationRecord),
		Art("细则 11", Branch.May(HalfYearReview).In(Cultivating).Stays()).Taking(ReviewOpinion, ReviewEnd).If(ReviewPeriodSound).Recording(recordReviewEnd).With(paper("培养教育考察登记表", "observation form")),
		failing(Art("细则 6", Branch.May(WithdrawApplication).In(beforeApproval...).To(Withdrawn)).Taking(StopReason)),
		failing(Art("细则 13", Branch.May(StopCultivation).In(beforeScreened...).To(Terminated)).Giving(StopReason)),
	}
}

// Until the committee has decided, the applicant may withdraw; until the
// pre-review begins, or after it led nowhere, the branch may end the
// cultivation.
var (
	beforeApproval = []Stage{Applied, Talked, ActivistProposed, ActivistDecided, Activist, Cultivating, TargetProposed, TargetConsented,
		NoticeRunning, DevelopmentTarget, Screened, Reviewed, Returned, Qualified, Filed, NotAdopted, Lapsed, Adopted, Submitted}
	beforeScreened = []Stage{Applied, Talked, ActivistProposed, ActivistDecided, Activist, Cultivating, TargetProposed, TargetConsented,
		NoticeRunning, DevelopmentTarget, Returned, NotAdopted, Lapsed}
)

// receivedToday is the day of receipt where none is given.
var receivedToday = Computing(ReceivedOn, func(s *Situation) (calendar.Date, bool) {
	if d, given := ReceivedOn.Given(s); given {
		return d, true
	}
	return s.On, true
})

// listingRules: from the proposal to the listing as development target. The
// 2014 edition had the listing recorded above; that of 2026 has it consented
// to, and announced.
func listingRules() []Rule {
	propose := func(r Rule) Rule {
		return r.Giving(DecidedBy, OpinionsHeard).If(Collective, CultivatedLongEnough, EveryHalfYearReviewed, OpinionsAreHeard, WaitedAfterFailure, NoOpenObjection).
			With(paper("征求意见记录", "opinions"), paper("请示", "request"))
	}
	resolve := func(finding Condition, in []Stage, to ...Stage) Rule {
		sentence := Training.May(ResolveObjection).In(in...)
		r := sentence.Stays()
		if len(to) > 0 {
			r = sentence.To(to[0])
		}
		return Art("公示", r).Giving(ObjectionFinding, Investigation).When(finding.Cite("公示")).
			If(AnObjectionIsOpen, FreshReviewer, NoKin).With(paper("核查报告", "report"))
	}
	return []Rule{
		propose(Art("细则 13", Branch.May(ProposeTarget).In(Cultivating).To(TargetProposed))),
		Art("细则 13", Committee.May(ConsentTarget).In(TargetProposed).To(TargetConsented)).Taking(ReplyNumber).If(HasApprovalPower, FreshReviewer, NoKin, NoOpenObjection).
			SinceParam(Rules2026).With(paper("批复", "reply")),
		Art("细则 13", Committee.May(DeclineTarget).In(TargetProposed, TargetConsented).To(Cultivating)).Giving(StopReason).If(HasApprovalPower, NoKin).AnewRound(),
		Art("细则 13", Branch.May(PostNotice).In(TargetConsented).To(NoticeRunning)).Taking(NoticePlace).If(NoOpenObjection).Recording(recordNoticeEnds...).
			SinceParam(Rules2026).With(paper("公示", "public notice")),
		Art("细则 13", Branch.May(CloseNotice).In(NoticeRunning).To(DevelopmentTarget)).If(NoticeLongEnough, NoOpenObjection).
			SinceParam(Rules2026).Making(becomes(register.DevelopmentTarget)).With(paper("公示结果", "result of the notice")),
		Art("2014细则 13", Committee.May(FileTarget).In(TargetProposed).To(DevelopmentTarget)).Taking(ReplyNumber).If(HasApprovalPower, FreshReviewer, NoKin, NoOpenObjection).
			UntilParam(Rules2026).Making(becomes(register.DevelopmentTarget)).With(paper("备案表", "record")),
		Art("公示", AnyOrganization.May(ReceiveObjection).In(objecting...).Stays()).Giving(Objection).Taking(ObjectionWay).With(paper("举报登记", "register of reports")),
		resolve(Is(ObjectionFinding, "cleared"), objecting),
		failing(resolve(Is(ObjectionFinding, "upheld"), noticing, Terminated)),
		closing(resolve(Is(ObjectionFinding, "fraud"), noticing, Terminated)).Claiming(PlanSlot.Do(Release), FormSerial.Do(Void)).Making(barForFraud),
		resolve(Is(ObjectionFinding, "upheld"), converting),
		resolve(Is(ObjectionFinding, "fraud"), converting),
	}
}

// Where an objection can be received and resolved.
var (
	noticing = []Stage{Cultivating, TargetProposed, TargetConsented, NoticeRunning, DevelopmentTarget, Screened, Reviewed, Returned,
		Qualified, Filed, NotAdopted, Lapsed, Adopted, Submitted}
	converting = []Stage{Probationary, ConversionApplied, OpinionsCollected, ConversionNotice, ConversionNoticed,
		ConversionScreened, ConversionFiled, ConversionNotAdopted, CancellationProposed, CancellationFiled, VotedConvert, VotedExtend, VotedCancel, ConversionReturned}
	objecting = append(append([]Stage{}, noticing...), converting...)
)

// preReviewRules: introducers, political review, training and the pre-review
// at three levels.
func preReviewRules() []Rule {
	reject := func(who Role, power []Condition, fraud bool, from ...Stage) Rule {
		r := closing(Art("预审办法", who.May(Reject).In(from...).To(Terminated)).Giving(RejectGround).Taking(StopReason).If(power...).If(FreshReviewer, NoKin)).
			Claiming(PlanSlot.Do(Release), FormSerial.Do(Void)).With(paper("预审结论", "conclusion of the pre-review"))
		if fraud {
			return r.When(FraudFound).Making(barForFraud)
		}
		return r.When(Not(FraudFound)).Making(becomes(register.Outside))
	}
	back := func(who Role, from Stage, power ...Condition) Rule {
		return Art("三级预审", who.May(Return).In(from).To(Returned)).Giving(Defects).If(power...).If(DefectsNamed, FreshReviewer, NoKin, ReturnsLeft).
			Recording(countReturns).AnewRound().With(paper("退回整改通知", "notice of return"))
	}
	return []Rule{
		Art("细则 14", Branch.May(AssignIntroducers).In(DevelopmentTarget).Stays()).Giving(Introducers, IntroducerConsent).
			If(IntroducersAreTwo, IntroducersAreFull, IntroducersUnsanctioned, IntroducersNoKin, IntroducersConsent).
			Noting(IntroducersUnrelated).With(paper("入党介绍人登记", "introducers")),
		Art("细则 16", AnyLevel.May(RecordPoliticalReview).In(DevelopmentTarget).Stays()).Giving(PoliticalConclusion).Taking(ReviewMethods, ReviewPlaces).
			If(BothPlacesAsked, NotFailedBefore, NoKin).With(paper("政治审查结论性材料", "conclusion of the political review")),
		Art("细则 17", Training.May(RecordTraining).In(DevelopmentTarget).Stays()).Giving(TrainingAssessed).Taking(TrainingDays, TrainingHours, Certificate).
			If(NoKin).With(paper("结业证书", "certificate")),
		Art("细则 17", Committee.May(WaiveTraining).In(DevelopmentTarget).Stays()).Giving(WaiverReason).If(HasApprovalPower, NoKin),
		Art("细则 18", Branch.May(Screen).In(DevelopmentTarget).To(Screened)).Giving(DecidedBy).
			If(Collective, HasIntroducers, IntroducersStillGood, PoliticalReviewPassed, Trained, NotLeavingSoon, WaitedAfterFailure, NoOpenObjection).
			With(paper("初审意见", "opinion of the screening"), paper("预审请示", "request")),
		Art("细则 16", Branch.May(RestartCultivation).In(DevelopmentTarget).To(Cultivating)).Taking(StopReason).Making(becomes(register.Activist)).AnewRound(),
		Art("三级预审", Committee.May(AskOpinion).In(Screened).Stays()).Giving(Departments).If(HasApprovalPower).With(paper("征求意见函", "letter")),
		Art("三级预审", ConsultedDepartment.May(AnswerOpinion).In(Screened).Stays()).Giving(OpinionResult).Taking(OpinionText).
			If(DepartmentWasAsked, NoKin).Recording(recordDepartment).With(paper("征求意见回函", "answer")),
		Art("三级预审", Committee.May(RecordVisit).In(Screened).Stays()).Giving(VisitNotes).Taking(VisitOn).If(HasApprovalPower, VisitDaySound, NoKin).With(paper("走访记录", "record of the visit")),
		Art("细则 18", Committee.May(PassReview).In(Screened).To(Reviewed)).Taking(TalkNotes).
			If(HasApprovalPower, FreshReviewer, NoKin, AllOpinionsReceived, NoAdverseOpinion, VisitRecorded, NoOpenObjection).With(paper("预审表", "pre-review form")),
		Art("三级预审", CountyDepartment.May(Qualify).In(Reviewed).To(Qualified)).Taking(NoticeNumber).
			If(FreshReviewer, NoKin, NoOpenObjection).Noting(StructureOnTarget).
			Claiming(PlanSlot.Do(Take), FormSerial.Do(Take), NoticeSerial.Do(Use), NoticeSerial.Do(Take)).
			With(paper("预审合格通知书", "qualification notice"), paper("入党志愿书", "admission form")),
		back(Committee, Screened, HasApprovalPower), back(CountyDepartment, Reviewed),
		Art("三级预审", Branch.May(Rectify).In(Returned).To(DevelopmentTarget)).Giving(Rectified).If(AllDefectsFixed, NoOpenObjection),
		reject(Committee, []Condition{HasApprovalPower}, false, Screened), reject(Committee, []Condition{HasApprovalPower}, true, Screened),
		reject(CountyDepartment, nil, false, Reviewed, Qualified, Filed), reject(CountyDepartment, nil, true, Reviewed, Qualified, Filed),
		Art("志愿书编号", CountyDepartment.May(ReplaceForm).In(Qualified, Filed, Adopted, Submitted).Stays()).Giving(FormSpoiled).
			Claiming(FormSerial.Do(Void), FormSerial.Do(Take)).With(paper("作废登记", "void list")),
		Art("细则 19", CountyDepartment.May(Reconfirm).In(Qualified, Filed).Stays()).Taking(StopReason).If(FreshReviewer, NoKin, NoOpenObjection),
	}
}

// recordDepartment keeps which department answered.
var recordDepartment = Computing(OpinionsDone, func(s *Situation) (string, bool) { return string(s.Org.Duty), s.Org.Duty != "" })

// A committee decides collectively: who should attend and how many were in
// favour is part of every decision.
var (
	approvalGiven = []AnyField{CommitteeSeat, CommitteeYes}
	approvalTaken = []AnyField{CasesInVote, ReplyNumber}
)

// approvalConditions hold for everything a committee approves.
var approvalConditions = []Condition{HasApprovalPower, DeliberatedWhereNeeded, DecidedOneByOne, CommitteeMajority, FreshReviewer, NoKin, NoOpenObjection, PointPassed, NoOpenCheck}

// deliberates reports whether an organization without power to approve, a
// general branch or a village's committee, stands between the branch and the
// committee that approves.
func deliberates(o *register.Org) bool {
	return o.Kind == register.GeneralBranch || o.Kind == register.Committee && !o.Approves
}

func underDeliberatingBody(s *Situation) bool {
	o, ok := register.Above(s.View, s.Case.Org, func(o *register.Org) bool { return deliberates(o) || o.Approves })
	return ok && deliberates(o)
}

// filing is the report of time, place and full roster before any general
// meeting; filing again replaces what was filed before.
func filing(r Rule) Rule {
	return Art("备案监督", r).Giving(MeetingAt, Place).Taking(FullRoster).If(LeadTime, QuarterIsOpen, RosterIsFull, MayAccept, NoOpenObjection).
		Recording(rosterNow, recordBy).Making(NumberFiling).Logged("filing").With(paper("会前备案表", "filing"))
}

// unfiled gives up a filed meeting: it is put off, or nobody recorded it.
func unfiled(who Role, a Action, from, to Stage) Rule {
	r := Art("备案监督", who.May(a).In(from).To(to))
	if a.Key == WithdrawFiling.Key {
		r = r.Giving(StopReason)
	}
	return r
}

// meetingRules: filing, the general meeting and approval.
func meetingRules() []Rule {
	meeting := func(r Rule) Rule {
		return r.Giving(Present, Yes).Taking(tallyTaken...).If(meetingConditions...).If(WithinMonthOfQualification).
			Recording(recordEligible, recordBallot).Making(HoldFiling).With(paper("票决结果报告单", "result of the ballot"), paper("支部大会决议", "resolution"))
	}
	refuse := func(finding Condition) Rule {
		return closing(Art("细则 24", ApprovalBody.May(RefuseApproval).In(Submitted).To(Rejected)).Giving(RefuseReason).Taking(RejectGround).Taking(approvalTaken...).
			When(finding).If(HasApprovalPower, DecidedOneByOne, FreshReviewer, NoKin)).
			Claiming(PlanSlot.Do(Release), FormSerial.Do(Void)).ByLaw("2014细则 23").With(paper("不予批准通知", "notice of refusal"))
	}
	return []Rule{
		filing(Branch.May(FileMeeting).In(Qualified).To(Filed)),
		filing(Branch.May(FileMeeting).In(Filed).Stays()),
		unfiled(Branch, WithdrawFiling, Filed, Qualified), unfiled(Clock, LapseFiling, Filed, Qualified).If(FilingOverdue),
		meeting(Art("细则 20", Branch.May(RecordMeeting).In(Filed).To(Adopted))).When(Adopts),
		meeting(Art("细则 20", Branch.May(RecordMeeting).In(Filed).To(NotAdopted))).When(Not(Adopts)).AnewRound().Claiming(PlanSlot.Do(Release)),
		Art("票决办法", Branch.May(Resubmit).In(NotAdopted, Lapsed).To(DevelopmentTarget)).Giving(DecidedBy).If(Collective, WaitedAfterFailure, NoOpenObjection),
		Art("票决办法", Branch.May(RestartCultivation).In(NotAdopted, Lapsed).To(Cultivating)).Taking(StopReason).Making(becomes(register.Activist)),
		Art("2014细则 23", DeliberatingBody.May(Deliberate).In(Adopted, Submitted).Stays()).Giving(Deliberated).If(OnlyDeliberates, NoKin).With(paper("审议意见", "deliberation")),
		Art("细则 21", Branch.May(SubmitDossier).In(Adopted).To(Submitted)).If(DeliberatedWhereNeeded, NoOpenObjection).With(paper("全套材料", "dossier")),
		Art("细则 23", Committee.May(CommitteeTalk).In(Adopted, Submitted).Stays()).Giving(TalkOpinion).If(HasApprovalPower, NoKin).With(paper("谈话意见", "opinion of the talk")),
		Art("细则 25", Committee.May(ExtendApproval).In(Adopted, Submitted).Stays()).Giving(ExtendReason).
			If(HasApprovalPower, BeforeApprovalExpires, NotYetExtended, NoKin).With(paper("延长审批说明", "extension")),
		Art("细则 25", ApprovalBody.May(Approve).In(Submitted).To(Probationary)).Giving(approvalGiven...).Taking(approvalTaken...).
			If(approvalConditions...).If(CommitteeHasTalked, WithinApprovalTime, NotPastLongestTime).Recording(recordProbationFrom, recordProbationTo).
			Claiming(PlanSlot.Do(Use), FormSerial.Do(Use)).Making(becomes(register.Probationary)).ByLaw("2014细则 23").AnewRound().With(paper("批复", "reply")),
		refuse(Not(FraudFound)).Making(becomes(register.Outside)), refuse(FraudFound).Making(barForFraud),
		Art("细则 25", Clock.May(LapseApproval).In(Adopted, Submitted).To(Lapsed)).If(PastLongestTime).Recording(recordLapse).AnewRound().
			Claiming(PlanSlot.Do(Release)).With(paper("责任倒查线索", "lead for accountability")),
		transfer(Art("细则 12", Training.May(TransferActivist).In(Activist, Cultivating, DevelopmentTarget).Stays())),
	}
}

// transfer hands a case to another branch of the county, which examines the
// dossier; the time so far counts on.
func transfer(r Rule) Rule {
	return r.Giving(NewBranch, DossierExamined).If(ReceivedByBranch, ReceiverExamines, DossierWasExamined, NoKin).
		MovingTo(NewBranch).Making(movePerson).With(paper("转接材料", "transfer papers"))
}
