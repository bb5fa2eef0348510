package workflows

import (
	. "jinchu/engine"
)

func option(key, zh, en string) Option { return Option{Key: key, Words: Words{Zh: zh, En: en}} }

// What the acts give. Fields kept per round have to be given again after a
// vote that failed or a probation that was extended.
var (
	ReceivedOn  = DateField("received", "收到申请书日期", "day the application was received")
	Declaration = TextField("declaration", "本人声明", "declaration")

	Talker    = PersonField("talker", "谈话人", "talker")
	TalkNotes = TextField("notes", "记录", "notes")

	RecommendedBy = ChoiceField("way", "推荐方式", "way of recommendation",
		option("members", "党员推荐", "by members"), option("league", "共青团推优", "by the Youth League"),
		option("union", "工会推优", "by the union"), option("women", "妇联推优", "by the women's federation"))
	DecidedBy = ChoiceField("body", "研究决定的会议", "deciding meeting",
		option("branch-committee", "支部委员会会议", "branch committee meeting"),
		option("general-meeting", "支部党员大会", "branch general meeting"))
	ReplyNumber = TextField("reply", "批复文号", "number of the reply")

	Contacts        = PeopleField("contacts", "培养联系人", "cultivation contacts")
	ReviewEnd       = DateField("period_end", "考察期截止日", "end of the period reviewed").Many()
	ReviewOpinion   = TextField("opinion", "考察意见", "opinion of the review").Many()
	EducationRecord = TextField("education", "培养教育内容", "education given").Many()

	OpinionsHeard = ChecklistField("heard", "已听取的意见", "opinions heard",
		option("group", "党小组", "Party group"), option("contacts", "培养联系人", "contacts"),
		option("members", "党员", "members"), option("masses", "群众", "masses"))

	NoticePlace       = TextField("where", "张贴地点", "where it is posted")
	NoticeEnds        = DateField("notice_ends", "公示截止日", "last day of the notice")
	NoticeEndsCounted = DateField("notice_ends_counting_posting_day", "公示截止日(计入张贴当日)", "last day of the notice, posting day counted")

	Objection        = TextField("objection", "异议内容", "objection").Many()
	ObjectionWay     = ChoiceField("channel", "来源", "channel", option("written", "书面", "written"), option("phone", "电话", "telephone"), option("anonymous", "匿名", "anonymous"))
	ObjectionFinding = ChoiceField("finding", "核查结论", "finding", option("cleared", "不影响发展", "cleared"), option("upheld", "属实且影响发展", "upheld"), option("fraud", "属实,本人弄虚作假", "fraud by the person")).Many()
	Investigation    = TextField("investigation", "核查情况", "investigation").Many()

	Introducers       = PeopleField("introducers", "入党介绍人", "introducers")
	IntroducerConsent = FlagField("consented", "介绍人本人同意", "introducers consent")

	ReviewMethods = ChecklistField("methods", "审查方式", "methods of review",
		option("talk", "同本人谈话", "talk"), option("file", "查阅档案", "files"), option("inquiry", "找有关单位和人员了解", "inquiry"),
		option("letter", "函调", "letter inquiry"), option("field", "外调", "field inquiry"))
	ReviewPlaces = ChecklistField("places", "已征求意见的地方", "places asked",
		option("household", "户籍地基层党组织", "household registration"), option("residence", "居住地基层党组织", "residence"))
	PoliticalConclusion = ChoiceField("conclusion", "政审结论", "conclusion", option("pass", "合格", "passed"), option("fail", "不合格", "failed"))

	TrainingDays     = NumberField("days", "培训天数", "training days")
	TrainingHours    = NumberField("hours", "培训学时", "class hours")
	TrainingAssessed = ChoiceField("assessed", "考核结果", "assessment", option("pass", "合格", "passed"), option("fail", "不合格", "failed"))
	Certificate      = TextField("certificate", "结业证书号", "certificate number")
	WaiverReason     = TextField("waiver", "免训理由", "reason of the waiver")

	Departments = ChecklistField("departments", "征求意见的部门", "departments asked",
		option("discipline", "纪检", "discipline inspection"), option("health", "卫健(计生)", "health"),
		option("police", "公安", "police"), option("petitions", "信访", "petitions")).Many().EachRound()
	OpinionResult = ChoiceField("result", "意见", "opinion",
		option("none", "无不同意见", "no objection"), option("explained", "有情况说明", "explanation given"), option("adverse", "有不同意见", "adverse")).Many().EachRound()
	OpinionText  = TextField("answer", "回复内容", "answer").Many().EachRound()
	OpinionsDone = TextField("opinion_of", "回复部门", "answering department").Many().EachRound()

	VisitNotes = TextField("visit", "走访记录", "record of the visit").EachRound()
	VisitOn    = DateField("visited", "走访日期", "day of the visit").EachRound()

	Defects               = ItemsField("defects", "缺陷清单", "defects")
	Rectified             = ItemsField("fixed", "整改情况", "rectified")
	ReturnRound           = NumberField("return_round", "退回轮次", "round of return")
	ConversionReturnRound = NumberField("conversion_return_round", "转正材料退回轮次", "round of return of the conversion")

	RejectGround = ChoiceField("ground", "不合格原因", "ground of rejection",
		option("unfit", "不具备条件", "unfit"), option("procedure", "程序不合规定", "procedure broken"),
		option("fraud", "本人弄虚作假", "fraud by the person"))

	NoticeNumber = TextField("notice_number", "预审合格通知书编号", "number of the qualification notice")
	FormSpoiled  = TextField("spoiled", "原表作废原因", "why the form is void")

	MeetingAt  = MomentField("time", "会议时间", "time of the meeting").EachRound()
	Place      = TextField("place", "会议地点", "venue").EachRound()
	FullRoster = RosterField("roster", "支部全体党员名单", "full roster of the branch").EachRound()

	Excluded = ExclusionsField("excluded", "不计入应到会的党员", "members left out",
		option("incapable-illness", "患有精神病或其他疾病不能表达本人意志", "illness making will impossible"),
		option("self-funded-abroad", "自费出国半年以上", "self-funded abroad half a year or more"),
		option("serving-sentence", "虽未受留党察看以上处分但正在服刑", "serving a sentence"),
		option("long-term-infirm", "年老体弱卧床不起和长期生病生活不能自理", "old or ill, bedridden"),
		option("should-have-transferred", "工作调动、下派锻炼、蹲点、外出学习或工作半年以上,按规定应转走组织关系而没有转走", "should have transferred the relation")).EachRound()
	ExclusionConsent = TextField("exclusion_consent", "上级同意文号", "consent of the superior organization").EachRound()
	ExclusionAdopted = FlagField("exclusion_adopted", "支部大会已通过", "adopted by the meeting").EachRound()
	Recused          = PeopleField("recused", "回避的近亲属", "recused close kin").EachRound()
	DeclaredEligible = NumberField("declared_eligible", "填报应到会有表决权人数", "eligible members as declared").EachRound()
	Eligible         = NumberField("eligible", "应到会有表决权人数", "members who should attend with a vote").EachRound()
	Attended         = PeopleField("attended", "到会有表决权党员", "attending members with a vote").EachRound()
	Present          = NumberField("present", "实到会有表决权人数", "present with a vote").EachRound()
	Written          = NumberField("written", "会前书面赞成意见", "written opinions in favour").EachRound()
	WrittenLate      = NumberField("written_late", "会后收到的书面意见(无效)", "written opinions after the meeting (void)").EachRound()
	Issued           = NumberField("issued", "发出票数", "ballots issued").EachRound()
	BallotsBack      = NumberField("returned", "收回票数", "ballots returned").EachRound()
	Yes              = NumberField("yes", "赞成", "yes").EachRound()
	No               = NumberField("no", "反对", "no").EachRound()
	Abstain          = NumberField("abstain", "弃权", "abstain").EachRound()
	InvalidBallots   = NumberField("invalid", "无效票", "invalid ballots").EachRound()
	BallotWay        = ChoiceField("ballot", "表决方式", "way of voting", option("secret", "无记名投票", "secret ballot"), option("show-of-hands", "举手", "show of hands")).EachRound()
	Proxies          = NumberField("proxies", "代投票数", "ballots cast by proxy").EachRound()
	Assisted         = TextField("assisted", "代写说明", "note on assisted writing").EachRound()
	CasesInVote      = NumberField("cases_in_vote", "同一次表决的人数", "persons decided in one vote")
	RosterDifference = TextField("roster_difference", "与备案名单不一致的说明", "why the roster differs from the filing").EachRound()
	Minutes          = TextField("minutes", "会议记录", "minutes").EachRound()

	Deliberated   = TextField("deliberation", "审议意见", "deliberation").EachRound()
	TalkOpinion   = TextField("talk_opinion", "谈话人意见", "opinion of the talker").EachRound()
	ExtendReason  = TextField("special_reason", "特殊情况", "special circumstances").EachRound()
	CommitteeSeat = NumberField("committee_members", "应到会委员数", "committee members").EachRound()
	CommitteeYes  = NumberField("committee_yes", "委员赞成数", "committee votes in favour").EachRound()
	RefuseReason  = TextField("refusal", "不予批准理由", "reason of the refusal").EachRound()

	ProbationFrom = DateField("probation_from", "预备期起算日", "first day of probation")
	ProbationTo   = DateField("probation_to", "预备期届满、可转正之日", "day from which conversion is possible")
	PartyAgeFrom  = DateField("party_age_from", "党龄起算日", "Party age from")
	RecordNumber  = TextField("record_number", "备案号", "number of the record")
	Group         = TextField("group", "党小组", "Party group")
	OathPlace     = TextField("oath", "宣誓情况", "oath")

	NewBranch       = OrgField("branch", "转入支部", "receiving branch")
	DossierExamined = FlagField("examined", "入党材料已审查", "dossier examined")
	PostponedMonths = NumberField("postpone_months", "推迟月数", "months postponed").EachRound()

	ConversionText = TextField("application", "转正申请", "application for conversion").EachRound()
	Heard          = ChecklistField("opinions_of", "已征求意见的范围", "opinions collected from",
		option("group", "党小组", "Party group"), option("members", "党员", "members"), option("masses", "群众", "masses")).EachRound()
	HearingRecord = TextField("hearing", "申辩记录", "record of the hearing").EachRound()
	Resolution    = ChoiceField("resolution", "决议", "resolution", option("convert", "按期转正", "convert"), option("extend", "延长预备期", "extend probation"), option("cancel", "取消预备党员资格", "cancel probation")).EachRound()
	ExtendMonths  = NumberField("months", "延长月数", "months of extension").EachRound()
	CancelReason  = TextField("cancel_reason", "取消理由", "reason of the cancellation").EachRound()

	Papers = ChecklistField("papers", "归档材料", "papers archived",
		option("admission-form", "入党志愿书", "admission form"), option("application", "入党申请书", "membership application"),
		option("political-review", "政治审查材料", "political review material"), option("conversion-application", "转正申请书", "conversion application"),
		option("cultivation", "培养教育考察材料", "cultivation and observation material"),
		option("training-certificate", "培训结业证书", "training certificate"), option("notice", "公示材料", "notice"),
		option("pre-review", "预审材料", "pre-review papers"), option("minutes", "会议记录", "minutes"))
	Keeper = ChoiceField("keeper", "保管单位", "keeper", option("personnel", "人事档案", "personnel file"), option("committee", "基层党委", "committee"), option("county", "县(市)委组织部", "county organization department"))

	Accountability = TextField("accountability", "责任倒查事由", "ground of accountability")
	StopReason     = TextField("why", "理由", "why")
)
