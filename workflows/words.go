package workflows

import (
	. "jinchu/engine"
	"jinchu/register"
)

// The roles of the procedure.
var (
	Branch = NewRole("branch", "党支部", "the branch", OwnCase,
		register.BranchSecretary, register.OrgCommissioner)
	DeliberatingBody = NewRole("deliberating-body", "党总支或无审批权限的党委(审议机构)", "the deliberating body", Above,
		register.GeneralBranchChief, register.CommitteeSecretary)
	Committee = NewRole("committee", "基层党委", "the grassroots committee", Above,
		register.CommitteeReviewer, register.CommitteeSecretary, register.Organizer)
	// ApprovalBody is whoever comes forward to approve; the conditions of the
	// rule tell those who have the power from those who may only deliberate.
	ApprovalBody = NewRole("approval-body", "有审批权限的党委", "the committee with power to approve", Above,
		register.CommitteeReviewer, register.CommitteeSecretary, register.GeneralBranchChief)
	ConsultedDepartment = NewRole("department", "被征求意见的部门", "the consulted department", Consulted,
		register.DepartmentOfficer)
	CountyDepartment = NewRole("county", "县(市)委组织部", "the county organization department", WholeCounty,
		register.CountyReviewer, register.CountyHead)
	Training = NewRole("training-body", "基层党委或县(市)委组织部", "the committee or the county organization department", Above,
		register.CommitteeReviewer, register.CommitteeSecretary, register.Organizer, register.CountyReviewer, register.CountyHead)
	// AnyLevel handles the case; AnyOrganization may also be an inspector, who
	// receives a report but never handles what he checks.
	AnyLevel = NewRole("any-level", "任一级党组织", "an organization at any level", Above,
		register.BranchSecretary, register.OrgCommissioner, register.GeneralBranchChief, register.CommitteeReviewer,
		register.CommitteeSecretary, register.Organizer, register.CountyReviewer, register.CountyHead)
	AnyOrganization = NewRole("any-organization", "任一级党组织(含督查专班)", "an organization at any level or the inspection team", Above,
		register.BranchSecretary, register.OrgCommissioner, register.GeneralBranchChief, register.CommitteeReviewer,
		register.CommitteeSecretary, register.Organizer, register.CountyReviewer, register.CountyHead, register.Inspector)
)

// The stages of an admission case, in order.
var (
	Applied           = NewStage("applied", "入党申请人", "applicant")
	Talked            = NewStage("talked", "已派人谈话", "talked to")
	ActivistProposed  = NewStage("activist-proposed", "已推荐", "recommended")
	ActivistDecided   = NewStage("activist-decided", "支部已研究确定", "decided by the branch")
	Activist          = NewStage("activist", "入党积极分子", "activist")
	Cultivating       = NewStage("cultivating", "培养教育考察", "cultivation and observation")
	TargetProposed    = NewStage("target-proposed", "拟列为发展对象", "proposed as development target")
	TargetConsented   = NewStage("target-consented", "上级党委已同意列为发展对象", "listing consented to")
	NoticeRunning     = NewStage("notice-running", "公示中", "public notice running")
	DevelopmentTarget = NewStage("development-target", "发展对象", "development target")
	Screened          = NewStage("screened", "支部初审合格", "screened by the branch")
	Reviewed          = NewStage("reviewed", "党委复审合格", "reviewed by the committee")
	Returned          = NewStage("returned", "退回整改", "returned for rectification")
	Qualified         = NewStage("qualified", "预审合格", "qualified in pre-review")
	Filed             = NewStage("filed", "已会前备案", "meeting filed")
	Adopted           = NewStage("adopted", "支部大会通过", "adopted by the general meeting")
	NotAdopted        = NewStage("not-adopted", "支部大会未通过", "not adopted")
	Lapsed            = NewStage("lapsed", "审批逾期失效", "approval lapsed")
	Submitted         = NewStage("submitted", "已报党委审批", "submitted for approval")
	Probationary      = NewStage("probationary", "预备党员", "probationary member")

	ConversionApplied    = NewStage("conversion-applied", "已申请转正", "conversion applied for")
	OpinionsCollected    = NewStage("opinions-collected", "已征求转正意见", "opinions on conversion collected")
	ConversionNotice     = NewStage("conversion-notice", "转正公示中", "conversion notice running")
	ConversionNoticed    = NewStage("conversion-noticed", "转正公示期满", "conversion notice over")
	ConversionScreened   = NewStage("conversion-screened", "支部已审查转正", "conversion screened by the branch")
	ConversionFiled      = NewStage("conversion-filed", "转正会前已备案", "conversion meeting filed")
	ConversionNotAdopted = NewStage("conversion-not-adopted", "转正决议未通过", "resolution on conversion not adopted")
	CancellationProposed = NewStage("cancellation-proposed", "拟取消预备党员资格", "cancellation proposed")
	CancellationFiled    = NewStage("cancellation-filed", "取消资格会前已备案", "cancellation meeting filed")
	VotedConvert         = NewStage("voted-convert", "支部大会同意转正", "meeting votes to convert")
	VotedExtend          = NewStage("voted-extend", "支部大会同意延长预备期", "meeting votes to extend probation")
	VotedCancel          = NewStage("voted-cancel", "支部大会同意取消预备党员资格", "meeting votes to cancel probation")
	ConversionReturned   = NewStage("conversion-returned", "转正材料退回整改", "conversion returned for rectification")
	FullMember           = NewStage("full-member", "正式党员", "full member")

	Archived           = EndStage("archived", "已归档", "archived")
	Withdrawn          = EndStage("withdrawn", "本人撤回申请", "application withdrawn")
	Terminated         = EndStage("terminated", "培养终止", "cultivation ended")
	Rejected           = EndStage("rejected", "不予批准", "not approved")
	NotRecognised      = EndStage("not-recognised", "预备党员身份不予承认", "probationary membership not recognised")
	ProbationCancelled = EndStage("probation-cancelled", "已取消预备党员资格", "probation cancelled")
)

// The actions, in the order of the procedure; numbers are of the customary 25
// steps.
var (
	SubmitApplication     = NewAction("submit-application", "递交入党申请书", "submit the application").At(1)
	RecordTalk            = NewAction("record-talk", "派人谈话", "talk with the applicant").At(2)
	Recommend             = NewAction("recommend", "推荐入党积极分子", "recommend as activist").At(3)
	DecideActivist        = NewAction("decide-activist", "研究确定入党积极分子", "decide on the activist").At(3)
	FileActivist          = NewAction("file-activist", "入党积极分子备案", "record the activist").At(4)
	AssignContacts        = NewAction("assign-contacts", "指定培养联系人", "assign cultivation contacts").At(5)
	RecordEducation       = NewAction("record-education", "记录培养教育", "record education").At(6)
	HalfYearReview        = NewAction("half-year-review", "半年考察", "half-year review").At(6)
	ProposeTarget         = NewAction("propose-target", "拟定发展对象", "propose as development target").At(7)
	DeclineTarget         = NewAction("decline-target", "不同意列为发展对象", "decline the listing").At(8)
	TransferActivist      = NewAction("transfer-activist", "转接入党积极分子", "transfer an activist")
	ConsentTarget         = NewAction("consent-target", "同意列为发展对象", "consent to the listing").At(8)
	FileTarget            = NewAction("file-target", "发展对象备案", "record the development target").At(8)
	PostNotice            = NewAction("post-notice", "张贴公示", "post the public notice")
	ReceiveObjection      = NewAction("receive-objection", "受理异议", "receive an objection").As(AsObjected)
	ResolveObjection      = NewAction("resolve-objection", "办结异议", "resolve an objection")
	CloseNotice           = NewAction("close-notice", "公示期满列为发展对象", "close the notice and list")
	AssignIntroducers     = NewAction("assign-introducers", "确定入党介绍人", "assign introducers").At(9)
	RecordPoliticalReview = NewAction("record-political-review", "政治审查", "political review").At(10)
	RecordTraining        = NewAction("record-training", "短期集中培训", "concentrated training").At(11)
	WaiveTraining         = NewAction("waive-training", "个别特殊情况免训", "waive training").At(11)
	Screen                = NewAction("screen", "支部初审", "branch screening").At(12)
	AskOpinion            = NewAction("ask-opinion", "征求部门意见", "ask a department's opinion").At(13)
	AnswerOpinion         = NewAction("answer-opinion", "部门回复意见", "answer with the department's opinion").At(13)
	RecordVisit           = NewAction("record-visit", "走访支部", "visit the branch").At(13)
	PassReview            = NewAction("pass-review", "党委复审合格", "committee re-review passed").At(13)
	Qualify               = NewAction("qualify", "发《预审合格通知书》", "issue the qualification notice").At(13)
	Return                = NewAction("return", "退回整改", "return for rectification")
	Rectify               = NewAction("rectify", "完成整改", "rectify")
	Reject                = NewAction("reject", "预审不合格", "reject in pre-review")
	ReplaceForm           = NewAction("replace-form", "换发入党志愿书", "replace the admission form").At(14)
	Reconfirm             = NewAction("reconfirm", "重新确认预审结果", "reconfirm the pre-review")
	FileMeeting           = NewAction("file-meeting", "会前备案", "file the meeting")
	WithdrawFiling        = NewAction("withdraw-filing", "撤回会前备案", "withdraw the filing")
	LapseFiling           = NewAction("lapse-filing", "会前备案失效", "let the filing lapse")
	RecordMeeting         = NewAction("record-meeting", "召开支部党员大会", "hold the general meeting").At(15)
	Deliberate            = NewAction("deliberate", "总支审议", "deliberate")
	SubmitDossier         = NewAction("submit-dossier", "报党委审批", "submit for approval")
	CommitteeTalk         = NewAction("committee-talk", "党委派人谈话", "talk by the committee").At(16).As(AsTalked)
	ExtendApproval        = NewAction("extend-approval", "延长审批期限", "extend the time for approval")
	Approve               = NewAction("approve", "党委审批", "approve").At(17)
	RefuseApproval        = NewAction("refuse-approval", "不予批准", "refuse approval").At(17)
	LapseApproval         = NewAction("lapse-approval", "审批逾期失效", "let the approval lapse")
	FileWithCounty        = NewAction("file-with-county", "报组织部备案", "file with the county").At(18)
	AssignGroup           = NewAction("assign-group", "编入支部和小组", "assign to a group").At(19)
	RecordOath            = NewAction("record-oath", "入党宣誓", "take the oath").At(20)
	ProbationReview       = NewAction("probation-review", "预备期考察", "review in probation").At(21)
	TransferProbationary  = NewAction("transfer-probationary", "转接预备党员", "transfer a probationary member")
	PostponeDiscussion    = NewAction("postpone-discussion", "推迟讨论转正", "postpone the discussion of conversion")
	RefuseRecognition     = NewAction("refuse-recognition", "不予承认预备党员身份", "refuse to recognise the admission")
	ProposeCancellation   = NewAction("propose-cancellation", "提出取消预备党员资格", "propose the cancellation")
	ApplyConversion       = NewAction("apply-conversion", "提出转正申请", "apply for conversion").At(22)
	CollectOpinions       = NewAction("collect-opinions", "征求转正意见", "collect opinions on conversion")
	PostConversionNotice  = NewAction("post-conversion-notice", "张贴转正公示", "post the conversion notice")
	CloseConversionNotice = NewAction("close-conversion-notice", "转正公示期满", "close the conversion notice")
	ScreenConversion      = NewAction("screen-conversion", "支部审查转正", "screen the conversion")
	RecordHearing         = NewAction("record-hearing", "听取本人申辩", "hear the person")
	ApproveConversion     = NewAction("approve-conversion", "审批转正", "approve the conversion").At(24)
	ApproveExtension      = NewAction("approve-extension", "审批延长预备期", "approve the extension").At(24)
	ApproveCancellation   = NewAction("approve-cancellation", "审批取消预备党员资格", "approve the cancellation").At(24)
	ReturnConversion      = NewAction("return-conversion", "退回转正材料", "return the conversion")
	RectifyConversion     = NewAction("rectify-conversion", "完成转正材料整改", "rectify the conversion")
	RefuseConversion      = NewAction("refuse-conversion", "不同意支部转正决议", "refuse the resolution on conversion").At(24)
	Archive               = NewAction("archive", "归档", "archive").At(25)
	WithdrawApplication   = NewAction("withdraw-application", "撤回申请", "withdraw the application")
	StopCultivation       = NewAction("stop-cultivation", "终止培养", "end the cultivation")
	Resubmit              = NewAction("resubmit", "重新提请", "submit again")
	RestartCultivation    = NewAction("restart-cultivation", "转回继续培养", "return to cultivation")
)
