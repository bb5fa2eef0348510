package workflows

import (
	. "jinchu/engine"
	"jinchu/register"
)

// WithdrawalKey is the workflow of a voluntary withdrawal 退党.
const WithdrawalKey = "withdrawal"

// The times of a withdrawal. The Constitution names none.
var (
	WithdrawalMeetingDays = confirm(param("withdrawal.meeting_days", "收到退党申请后召开支部大会期限(日)", "time from the request to the general meeting (days)", 30, Free, 0, "党章 9"))
	WithdrawalReportDays  = confirm(param("withdrawal.report_days", "宣布除名后报上级备案期限(日)", "time to report the announced removal (days)", 10, Free, 0, "党章 9"))
	WithdrawalRecordDays  = confirm(param("withdrawal.record_days", "上级登记备案期限(日)", "time to keep the report on record (days)", 10, Free, 0, "党章 9"))
	InquiryMonths         = confirm(param("withdrawal.inquiry_months", "纪律审查告知结果期限(月)", "time to say how the inquiry ended (months)", 3, Free, 0, "党章 9"))
)

// The stages of a withdrawal, in order.
var (
	WithdrawalRequested = NewStage("requested", "已申请退党", "withdrawal requested")
	WithdrawalAnnounced = NewStage("announced", "支部大会已宣布除名", "removal announced by the general meeting")
	WithdrawalReported  = NewStage("reported", "已报上级备案", "reported for the record")
	WithdrawalRecorded  = EndStage("recorded", "已登记备案", "on record")
	RequestRetracted    = EndStage("retracted", "本人收回退党申请", "request taken back")
	LeftToDiscipline    = EndStage("left-to-discipline", "转由纪律处分程序处理", "left to the disciplinary procedure")
)

// The actions of a withdrawal. The meeting discusses and announces; it has no
// vote to carry.
var (
	RequestWithdrawal  = NewAction("request-withdrawal", "受理退党申请", "take in the request to withdraw")
	RetractRequest     = NewAction("retract-request", "本人收回退党申请", "take the request back")
	ReportInquiry      = NewAction("report-inquiry", "告知正在审查应否开除党籍", "report that expulsion is being examined")
	LiftInquiry        = NewAction("lift-inquiry", "告知审查结束,不予开除党籍", "report that the inquiry ended without expulsion")
	LeaveToDiscipline  = NewAction("leave-to-discipline", "转由纪律处分程序处理", "leave the matter to the disciplinary procedure")
	AnnounceWithdrawal = NewAction("announce-withdrawal", "支部大会讨论并宣布除名", "discuss and announce the removal").As(AsHandled)
	ReportWithdrawal   = NewAction("report-withdrawal", "报上级党组织备案", "report the removal for the record")
	RecordWithdrawal   = NewAction("record-withdrawal", "登记备案", "keep the removal on record")
)

// What the acts of a withdrawal give.
var (
	RequestedOn     = DateField("requested", "提出退党日期", "day of the request")
	RequestWay      = ChoiceField("request_way", "提出方式", "way of the request", option("written", "本人书面", "in writing"), option("oral", "口头", "by word of mouth"))
	RequestText     = TextField("statement", "退党申请", "request to withdraw")
	InquiryDeclared = ChoiceField("inquiry", "纪律审查情况", "disciplinary inquiry", option("none", "未在审查应否开除党籍", "expulsion is not being examined"), option("open", "正在审查应否开除党籍", "expulsion is being examined"))
	InquiryNote     = TextField("inquiry_note", "审查情况说明", "note on the inquiry").Many()
)

// Conditions of a withdrawal.
var (
	RequestIsWritten = Cond("request-written", "退党申请由本人书面提出", "the member asks in writing").Cite("党章 9").Reading(RequestWay).OnInput().
				Holds(func(s *Situation) bool { v, _ := RequestWay.Given(s); return v == "written" })

	NotUnderInquiry = Cond("not-under-inquiry", "未在审查应否开除党籍;应当开除党籍的按党纪处理,不作退党", "expulsion is not being examined; who is to be expelled does not withdraw").Cite("党章 9").
			Reading(InquiryDeclared).OnInput().Holds(func(s *Situation) bool { v, _ := InquiryDeclared.Given(s); return v == "none" })

	InquiryIsOpen = Cond("inquiry-open", "已告知正在审查应否开除党籍,尚未告知结果", "an inquiry into expulsion was reported and has not ended").Cite("党章 9").
			After(ReportInquiry, LiftInquiry).Holds(func(s *Situation) bool { return inquiryOpen(s.Case) })
)

// inquiryOpen reports whether the last thing heard of an inquiry is that it
// runs.
func inquiryOpen(c *Case) bool {
	reported, lifted := c.Last(ReportInquiry.Key), c.Last(LiftInquiry.Key)
	return reported != nil && (lifted == nil || lifted.Seq < reported.Seq)
}

// Withdrawal is a member's leaving by free will: a written request, the
// general meeting that discusses it and announces the removal, and a report to
// the committee for the record. Nobody approves it and no vote can stop it;
// only an inquiry into expulsion does, which the committee or the county
// reports. Until the announcement the member may take the request back.
func Withdrawal() *Workflow {
	w := &Workflow{Key: WithdrawalKey, Words: Words{Zh: "退党", En: "withdrawal"},
		Params:     []*Param{WithdrawalMeetingDays, WithdrawalReportDays, WithdrawalRecordDays, InquiryMonths},
		Statute:    statuteOf("党章 7", "党章 8", "党章 9", "支部条例 11", "处置办法", "应到会", "近亲繁殖"),
		Invariants: withdrawalInvariants, Dues: withdrawalDues()}
	w.Rules = []Rule{
		Branch.May(RequestWithdrawal).In(New).To(WithdrawalRequested).Giving(RequestedOn, RequestWay, RequestText, InquiryDeclared).
			If(IsMember, OnTheRoster, NoAdmissionOpen, sinceJoining(RequestedOn), byNow(RequestedOn), RequestIsWritten, NotUnderInquiry, NoKin).
			Claiming(MemberCase.Do(Take)).With(paper("退党申请书", "request to withdraw")),
		Branch.May(RetractRequest).In(WithdrawalRequested).To(RequestRetracted).Giving(StopReason).If(NoKin).Claiming(MemberCase.Do(Release)),
		Superior.May(ReportInquiry).In(WithdrawalRequested).Stays().Giving(InquiryNote).If(Not(InquiryIsOpen), NoKin),
		Superior.May(LiftInquiry).In(WithdrawalRequested).Stays().Giving(InquiryNote).If(InquiryIsOpen, NoKin),
		Superior.May(LeaveToDiscipline).In(WithdrawalRequested).To(LeftToDiscipline).Giving(InquiryNote).If(InquiryIsOpen, NoKin).
			Claiming(MemberCase.Do(Release)),
		Branch.May(AnnounceWithdrawal).In(WithdrawalRequested).To(WithdrawalAnnounced).Giving(Present, Minutes).Taking(bodyTaken...).
			If(IsMember, OnTheRoster, Not(InquiryIsOpen), NoKin).If(bodyConditions...).Recording(rosterNow, recordEligible).
			Making(placed(register.Withdrawn, "已退党", "withdrawn")).With(paper("支部党员大会记录", "minutes"), paper("除名公告", "announcement")),
		Branch.May(ReportWithdrawal).In(WithdrawalAnnounced).To(WithdrawalReported).If(NoKin).With(paper("退党备案报告", "report for the record")),
		Committee.May(RecordWithdrawal).In(WithdrawalReported).To(WithdrawalRecorded).Giving(RecordNumber).
			If(HasApprovalPower.Cite(ofTheParty), NoKin).Claiming(MemberCase.Do(Release)).With(paper("备案登记", "record")),
	}
	for i := range w.Rules {
		w.Rules[i].Article = ofTheParty
	}
	return w
}

func withdrawalDues() []DueRule {
	return []DueRule{
		Due(AnnounceWithdrawal).Within(DaysOf(WithdrawalMeetingDays)).Of(Latest(Entry, Done(LiftInquiry))).In(WithdrawalRequested).Cite("党章 9").While(Not(InquiryIsOpen)),
		Due(LiftInquiry).Within(MonthsOf(InquiryMonths)).Of(Done(ReportInquiry)).In(WithdrawalRequested).Cite("党章 9").While(InquiryIsOpen),
		Due(ReportWithdrawal).Within(DaysOf(WithdrawalReportDays)).Of(Entry).In(WithdrawalAnnounced).Cite("党章 9"),
		Due(RecordWithdrawal).Within(DaysOf(WithdrawalRecordDays)).Of(Entry).In(WithdrawalReported).Cite("党章 9"),
	}
}

var withdrawalInvariants = []Invariant{
	{Key: "withdrawn-by-the-book", Words: Words{Zh: "未经本人申请和支部大会讨论宣布,不得按退党除名;宣布后报上级备案", En: "nobody is removed as withdrawn without asking for it and the meeting's announcement, and it is reported"},
		Target: WithdrawalRecorded, Needs: []Action{RequestWithdrawal, AnnounceWithdrawal, ReportWithdrawal, RecordWithdrawal}},
	{Key: "announced-on-request", Words: Words{Zh: "未经本人申请,不得宣布退党除名", En: "no removal is announced that was not asked for"},
		Target: WithdrawalAnnounced, Needs: []Action{RequestWithdrawal, AnnounceWithdrawal}},
}
