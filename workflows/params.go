package workflows

import (
	. "jinchu/engine"
)

func param(key, zh, en string, def int, bound Bound, limit int, cite Article) *Param {
	return &Param{Key: key, Words: Words{Zh: zh, En: en}, Kind: NumberParam, Default: def, Bound: bound, Limit: limit, Cite: cite}
}

// confirm marks a parameter whose value was not seen in the text of a rule.
func confirm(p *Param) *Param { p.Unverified = true; return p }

// percent bounds a parameter at 100.
func percent(p *Param) *Param { p.Max = 100; return p }

// upTo bounds a parameter at the most that makes sense.
func upTo(most int, p *Param) *Param { p.Max = most; return p }

// yesNo makes a parameter yes or no.
func yesNo(p *Param) *Param { p.Kind = FlagParam; return p }

// Rules2026 is the first day of the 2026 edition of the rules.
var Rules2026 = confirm(&Param{Key: "edition.2026_from", Words: Words{Zh: "2026年版细则施行日", En: "first day of the 2026 rules"},
	Kind: DateParam, Default: 20260511, Bound: AtMost, Limit: 20260518, Cite: "细则 13"})

// The numbers of the regulation.
var (
	MinAge             = param("applicant.min_age_years", "申请人最低年龄(岁)", "minimum age of an applicant (years)", 18, Fixed, 0, "细则 5")
	RejoinBarYears     = param("rejoin.bar_years", "劝退、除名后不得重新入党的年数", "years barred after removal", 5, Fixed, 0, "处置办法")
	RejoinBarFrom      = confirm(&Param{Key: "rejoin.bar_from", Words: Words{Zh: "五年限制适用于此日起的处置", En: "the bar applies to removals from this day on"}, Kind: DateParam, Default: 20240616, Bound: AtMost, Limit: 20240616, Cite: "处置办法"})
	FraudBanYears      = confirm(param("fraud.ban_years", "弄虚作假后不得再申请的年数", "years barred after fraud", 2, AtLeast, 2, "预审办法"))
	TalkMonths         = param("talk.deadline_months", "谈话期限(月)", "time for the talk (months)", 1, AtMost, 1, "细则 7")
	ActivistWaitMonths = confirm(param("activist.min_wait_months", "申请满几个月方可推荐", "months from application to recommendation", 0, AtLeast, 0, "细则 8"))
	ActivistFileMonths = confirm(param("activist.file_months", "积极分子备案期限(月)", "time to record an activist (months)", 1, Free, 0, "细则 8"))
	ContactDays        = confirm(param("contacts.assign_workdays", "指定培养联系人期限(工作日)", "time to assign contacts (working days)", 10, Free, 0, "细则 9"))
	ContactsMin        = param("contacts.min", "培养联系人最少人数", "contacts at least", 1, Fixed, 0, "细则 9")
	ContactsMax        = param("contacts.max", "培养联系人最多人数", "contacts at most", 2, Fixed, 0, "细则 9")
	ReviewMonths       = param("review.every_months", "考察间隔(月)", "months between reviews", 6, AtMost, 6, "细则 11")
	CultivationMonths  = param("cultivation.min_months", "培养教育最短期限(月)", "shortest cultivation (months)", 12, AtLeast, 12, "细则 13")
	ConsentMonths      = confirm(param("target.consent_months", "党委答复期限(月)", "time for the committee's reply (months)", 1, Free, 0, "细则 13"))
	NoticeDays         = param("notice.min_working_days", "公示最少工作日", "working days of the notice at least", 5, AtLeast, 5, "细则 13")
	CountPostingDay    = confirm(yesNo(param("notice.count_posting_day", "公示计入张贴当日", "the posting day counts", 0, Free, 0, "公示")))
	IntroducerCount    = param("introducers.count", "入党介绍人人数", "number of introducers", 2, Fixed, 0, "细则 14")
	TrainingMinDays    = param("training.min_days", "培训最少天数", "training days at least", 3, AtLeast, 3, "细则 17")
	TrainingMinHours   = param("training.min_hours", "培训最少学时", "class hours at least", 24, AtLeast, 24, "细则 17")
	LeavingMonths      = param("leaving.block_months", "将调离者不办理的月数", "months before leaving in which nothing is processed", 3, AtLeast, 3, "2014细则 19")
	KinBan             = confirm(yesNo(param("kin.ban", "禁止近亲属任联系人、介绍人", "close kin may not be contact or introducer", 0, AtLeast, 0, "近亲繁殖")))
	ReviewSLAMonths    = confirm(param("prereview.committee_months", "党委复审期限(月)", "time for the committee re-review (months)", 1, Free, 0, "预审办法"))
	OpinionDays        = confirm(param("prereview.opinion_workdays", "部门回复期限(工作日)", "time for a department's answer (working days)", 7, Free, 0, "三级预审"))
	CountySLADays      = confirm(param("prereview.county_workdays", "县级审核期限(工作日)", "time for the county check (working days)", 7, Free, 0, "预审办法"))
	RectifyDays        = confirm(param("rectify.days", "整改期限(日)", "time to rectify (days)", 30, Free, 0, "三级预审"))
	ObjectionDays      = confirm(param("objection.days", "异议核查期限(日)", "time to investigate an objection (days)", 30, Free, 0, "公示"))
	PlanByApproval     = confirm(yesNo(param("plan.year_of_approval", "计划名额按审批年度使用", "the plan of the year of approval is used", 1, Free, 0, "控制总量")))
	MaxReturns         = confirm(param("prereview.max_returns", "最多退回轮次", "rounds of return at most", 5, AtLeast, 1, "三级预审"))
	MeetingMonths      = param("meeting.after_prereview_months", "预审合格后召开大会期限(月)", "time from qualification to the meeting (months)", 1, AtMost, 1, "细则 19")
	FilingLeadDays     = confirm(param("meeting.filing_lead_days", "会前备案提前天数", "days of lead of the filing", 7, AtLeast, 1, "备案监督"))
	LateFilings        = confirm(yesNo(param("meeting.late_filing", "逾期备案仍可受理,一律抽查", "late filings are taken, and always checked", 0, Free, 0, "备案监督")))
	RecuseFromEligible = confirm(yesNo(param("kin.recused_leave_eligible", "回避的近亲属不计入应到会", "recused kin leave the eligible number", 0, Free, 0, "近亲繁殖")))
	QuorumPercent      = percent(param("quorum.min_percent", "到会比例另须达到(%,0为仅须超过半数)", "attendance at least (percent, 0 for more than half only)", 0, AtLeast, 0, "细则 19"))
	FailedVoteMonths   = confirm(param("failed_vote.wait_months", "表决未通过后不得再提的月数", "months to wait after a failed vote", 0, AtLeast, 0, "票决办法"))
	ApprovalMonths     = param("approval.months", "审批期限(月)", "time for approval (months)", 3, Fixed, 0, "细则 25")
	ApprovalMaxMonths  = confirm(param("approval.max_months", "审批最长期限(月)", "longest time for approval (months)", 6, Fixed, 0, "细则 25"))
	CountyRecordMonths = confirm(param("county_record.months", "报组织部备案期限(月)", "time to file with the county (months)", 1, Free, 0, "细则 25"))
	OathMonths         = confirm(param("oath.months", "宣誓期限(月)", "time for the oath (months)", 1, Free, 0, "细则 29"))
	ProbationMonths    = param("probation.months", "预备期(月)", "probation (months)", 12, Fixed, 0, "细则 31")
	ExtensionMin       = param("extension.min_months", "延长最短(月)", "extension at least (months)", 6, Fixed, 0, "细则 31")
	ExtensionMax       = param("extension.max_months", "延长最长(月)", "extension at most (months)", 12, Fixed, 0, "细则 31")
	ProbationReviewMon = confirm(param("probation.review_months", "预备期考察间隔(月)", "months between reviews in probation", 6, Free, 0, "细则 31"))
	ConversionNoticeOn = confirm(yesNo(param("conversion.notice", "转正前公示", "notice before conversion", 0, AtLeast, 0, "公示")))
	ConversionLagDays  = confirm(param("conversion.lag_days", "届满后讨论转正的期限(日)", "time to discuss conversion after expiry (days)", 30, Free, 0, "细则 31"))
	ConversionMonths   = param("conversion.approval_months", "转正审批期限(月)", "time to approve the conversion (months)", 3, Fixed, 0, "细则 33")
	PostponeMonths     = confirm(param("postpone.max_months", "推迟讨论转正最长(月)", "longest postponement (months)", 6, AtMost, 6, "2014细则 36"))
	SpotCheckPercent   = percent(param("spotcheck.quarter_percent", "每季度抽查比例(%)", "spot checks per quarter (percent)", 30, AtLeast, 30, "抽查监督"))
	ArchiveMonths      = confirm(param("archive.months", "归档期限(月)", "time to archive (months)", 1, Free, 0, "细则 36"))
	StepMonths         = confirm(param("step.remind_months", "无规定期限的步骤提醒(月)", "reminder for steps without a limit (months)", 12, Free, 0, "全程纪实"))
)

// maxWeight bounds the weights of the methods by what the draw takes.
const maxWeight = 1_000_000

// The numbers of the spot checks (抽查监督). The frame is closed before the
// quarter has to be, fifteen working days after its end.
var (
	OnlinePercent    = confirm(percent(param("spotcheck.online_percent", "备案时即抽中的比例(%)", "drawn when filed (percent)", 30, Free, 0, "抽查监督")))
	AttendWeight     = confirm(upTo(maxWeight, param("spotcheck.attend_weight", "列席权重", "weight of attending", 5, Free, 0, "抽查监督")))
	VisitWeight      = confirm(upTo(maxWeight, param("spotcheck.visit_weight", "走访权重", "weight of visiting", 3, Free, 0, "抽查监督")))
	PhoneWeight      = confirm(upTo(maxWeight, param("spotcheck.phone_weight", "电话权重", "weight of telephoning", 2, AtLeast, 1, "抽查监督")))
	TopUpVisitWeight = confirm(upTo(maxWeight, param("spotcheck.topup_visit_weight", "补抽走访权重", "weight of visiting after the meeting", 6, Free, 0, "抽查监督")))
	TopUpPhoneWeight = confirm(upTo(maxWeight, param("spotcheck.topup_phone_weight", "补抽电话权重", "weight of telephoning after the meeting", 4, AtLeast, 1, "抽查监督")))
	StratumMin       = confirm(param("spotcheck.stratum_min", "备案少于几件的党委合并抽样", "committees with fewer filings are merged", 10, Free, 0, "抽查监督"))
	ClosingDays      = confirm(upTo(14, param("spotcheck.closing_days", "季末后封闭抽样框的天数", "days from the quarter's end to the closing of the frame", 7, AtLeast, 1, "抽查监督")))
	CloseDays        = confirm(param("spotcheck.close_workdays", "季末后公开关闭的期限(工作日)", "time to reveal and close after the quarter (working days)", 15, AtMost, 15, "抽查监督"))
	TellHours        = confirm(param("spotcheck.tell_hours", "会前告知督查专班的小时数", "hours before the meeting at which the inspectors are told", 48, AtMost, 48, "抽查监督"))
	ShareDays        = confirm(param("spotcheck.share_days", "密钥方应答期限(日)", "time for a party's share (days)", 1, AtMost, 3, "抽查监督"))
	CheckAssignDays  = confirm(param("spotcheck.assign_days", "指派督查人员期限(日)", "time to assign the inspectors (days)", 3, Free, 0, "抽查监督"))
	CheckDays        = confirm(param("spotcheck.check_days", "指派且大会召开后完成抽查的期限(日)", "time to check after assignment and meeting (days)", 15, Free, 0, "抽查监督"))
	RecheckDays      = confirm(param("spotcheck.recheck_days", "复查期限(日)", "time for the recheck (days)", 15, Free, 0, "抽查监督"))
	MaxRechecks      = confirm(param("spotcheck.max_rechecks", "复查可认定整改不到位的最多次数", "rechecks at most that find it not rectified yet", 3, AtLeast, 1, "抽查监督"))
)

var (
	spotCheckParams = []*Param{CheckAssignDays, CheckDays, RectifyDays, RecheckDays, MaxRechecks}
	quarterParams   = []*Param{OnlinePercent, AttendWeight, VisitWeight, PhoneWeight, TopUpVisitWeight, TopUpPhoneWeight, StratumMin, ClosingDays, CloseDays, TellHours, ShareDays, FilingLeadDays, SpotCheckPercent}
)

// Params are the parameters of the admission, in the order of the rulebook.
var Params = []*Param{
	Rules2026, MinAge, RejoinBarYears, RejoinBarFrom, FraudBanYears, TalkMonths, ActivistWaitMonths, ActivistFileMonths,
	ContactDays, ContactsMin, ContactsMax, ReviewMonths, CultivationMonths, ConsentMonths, NoticeDays, CountPostingDay,
	IntroducerCount, TrainingMinDays, TrainingMinHours, LeavingMonths, KinBan, ReviewSLAMonths, OpinionDays, CountySLADays,
	RectifyDays, ObjectionDays, PlanByApproval, MaxReturns, MeetingMonths, FilingLeadDays, LateFilings, RecuseFromEligible, QuorumPercent, FailedVoteMonths,
	ApprovalMonths, ApprovalMaxMonths, CountyRecordMonths, OathMonths, ProbationMonths, ExtensionMin, ExtensionMax,
	ProbationReviewMon, ConversionNoticeOn, ConversionLagDays, ConversionMonths, PostponeMonths, SpotCheckPercent, ArchiveMonths, StepMonths,
}
