package workflows

import (
	"fmt"
	"slices"

	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
)

// SpotCheck is the workflow of a spot check: a case of its own, dependent on
// the case whose meeting was drawn. Until it fails it is kept by the county
// department, so that no branch or committee comes across it; a failed one is
// handed to the branch to rectify.
const SpotCheck = "spot-check"

// clearedChecks are the stages in which a spot check no longer stands in the
// way.
var clearedChecks = []string{CheckPassed.Key, CheckCleared.Key, CheckNotHeld.Key}

// Who checks.
var (
	Inspectors = NewRole("inspectors", "督查专班", "the inspection team", WholeCounty, register.Inspector)
	// InspectionLead assigns and overrides.
	InspectionLead = NewRole("inspection-lead", "督查专班或县(市)委组织部负责人", "the inspection team or the head of the county department", WholeCounty,
		register.Inspector, register.CountyHead)
)

// The stages of a spot check (抽查件).
var (
	CheckSelected  = NewStage("selected", "已抽中", "selected")
	CheckAssigned  = NewStage("assigned", "已指派", "assigned")
	CheckFailed    = NewStage("failed", "抽查不合格", "failed")
	CheckRectified = NewStage("rectified", "已报整改", "rectification reported")

	CheckPassed   = EndStage("passed", "抽查合格", "passed")
	CheckCleared  = EndStage("cleared", "复查合格", "cleared")
	CheckRejected = EndStage("rejected", "复查不合格", "rejected")
	CheckNotHeld  = EndStage("not-held", "大会未召开", "meeting not held")
)

// The actions of a spot check.
var (
	DrawCheck        = NewAction("draw-check", "抽中", "draw for a check")
	AssignInspectors = NewAction("assign-inspectors", "指派督查人员", "assign the inspectors")
	OverrideCheck    = NewAction("override-check", "变更抽查方式或人员", "override method or inspectors")
	RecordCheck      = NewAction("record-check", "登记抽查结果", "record the check")
	RectifyCheck     = NewAction("rectify-check", "报告抽查整改", "report the rectification")
	Recheck          = NewAction("recheck", "复查", "check again")
	LookAtCheck      = NewAction("look-at-check", "会前查看抽查件", "look at the check before the meeting")
	DropCheck        = NewAction("drop-check", "大会未召开,抽查取消", "drop the check: the meeting was not held")
)

// What the acts of a spot check give.
var (
	CheckFiling = TextField("filing", "备案编号", "number of the filing")
	CheckBranch = OrgField("branch", "被抽查支部", "branch checked")
	CheckReason = ChoiceField("reason", "抽中原因", "why it is checked", option("online", "备案时抽中", "drawn when filed"), option("topup", "补抽", "topped up"),
		option("topup-branch", "按支部补抽", "topped up for the branches"), option("late", "逾期备案", "filed late"), option("carry", "上季度抽中未查", "carried over"),
		option("failsafe", "密钥方未按时应答", "a party did not answer in time"), option("campaign", "专项抽查", "campaign"))
	CheckMethod = ChoiceField("method", "抽查方式", "method", option("attend", "列席支部大会", "attend the meeting"), option("visit", "实地走访", "visit"), option("phone", "电话调查", "telephone"))
	MeetingDay  = DateField("meeting_on", "支部大会日期", "day of the meeting")

	CheckInspectors = PeopleField("inspectors", "督查人员", "inspectors")
	OverrideReason  = TextField("override", "变更理由", "reason of the override").Many()
	CheckFindings   = ItemsField("findings", "发现的问题", "findings")
	CheckSeverity   = ChoiceField("severity", "严重程度", "severity", option("none", "无问题", "none"), option("minor", "一般", "minor"), option("serious", "严重", "serious"))
	CheckNotes      = TextField("record", "抽查记录", "record of the check")
	CheckConclusion = ChoiceField("conclusion", "抽查结论", "conclusion", option("passed", "合格", "passed"), option("failed", "不合格", "failed"))
	CheckFixed      = ItemsField("fixed", "整改情况", "rectified").EachRound()
	CheckAgain      = ChoiceField("recheck", "复查结论", "conclusion of the recheck", option("cleared", "整改到位", "cleared"), option("not-fixed", "整改不到位,继续整改", "not rectified yet"), option("rejected", "无法整改", "cannot be rectified"))
	RecheckRound    = NumberField("recheck_round", "整改不到位的复查次数", "rechecks that found it not rectified yet")
)

// The kinds of claims on a case of a filing, "2026Q3-000001/" and the case.
const (
	drawnKind = "spot-check"
	openKind  = "open-check"
)

// CheckDrawn lets a case be drawn once for one filing, whoever draws and
// however often. CheckOpen is held until the check is concluded.
var (
	CheckDrawn = &Claim{Kind: drawnKind, Cite: "抽查监督", Words: Words{Zh: "同一备案的同一案件只抽一次", En: "a case is drawn once for one filing"}, Fields: []*Field{CheckFiling.Field}, Pick: pickCheck(drawnKind)}
	CheckOpen  = &Claim{Kind: openKind, Cite: "抽查监督", Words: Words{Zh: "未办结的抽查", En: "a check that is not concluded"}, Fields: []*Field{CheckFiling.Field}, Pick: pickCheck(openKind)}
)

func pickCheck(kind string) func(*Situation) (string, []Words) {
	return func(s *Situation) (string, []Words) {
		filing, _ := CheckFiling.Given(s)
		key := filing + "/" + string(s.Case.Parent)
		if holder, taken := s.View.Holder(kind, key); taken {
			return "", Missing("已有抽查 "+string(holder), "drawn already: check "+string(holder))
		}
		return key, nil
	}
}

// Conditions of a spot check.
var (
	// MeetingToCome and FirstLook are when a look at the check goes on record:
	// while there is something to give away, once for each office. What it looks
	// at again tells it nothing new.
	MeetingToCome = Cond("meeting-to-come", "大会尚未召开", "the meeting is still to come").Cite("抽查监督").Reading(CheckFiling, CheckBranch).Holds(meetingToCome)

	FirstLook = Cond("first-look", "本岗位此前未查看", "the office has not looked before").Cite("抽查监督").Holds(func(s *Situation) bool {
		for t := s.Case.Trail(); t != nil; t = t.Prev {
			if t.Action == LookAtCheck.Key && t.Office == s.Office.ID {
				return false
			}
		}
		return true
	})

	TwoInspectors = Cond("two-inspectors", "督查人员为两人以上,均为督查专班成员", "two inspectors or more, of the inspection team").Cite("抽查监督").
			Reading(CheckInspectors).OnInput().Test(func(s *Situation) []Words {
		ids, given := CheckInspectors.Given(s)
		if !given {
			return nil
		}
		var out []Words
		if len(ids) < 2 {
			out = append(out, Words{Zh: fmt.Sprintf("只有 %d 人", len(ids)), En: fmt.Sprintf("%d named", len(ids))})
		}
		for _, id := range ids {
			if !inspects(s, id) {
				out = append(out, Words{Zh: nameOf(s, id) + "不是督查专班成员", En: string(id) + " is not of the inspection team"})
			}
		}
		return out
	})

	InspectorsFromElsewhere = Cond("inspectors-from-elsewhere", "督查人员不来自被抽查支部及其所在乡镇(街道)党委", "no inspector comes from the branch or its town").Cite("抽查监督").
				Reading(CheckInspectors, CheckBranch).OnInput().Test(func(s *Situation) []Words {
		ids, _ := CheckInspectors.Given(s)
		return fromTheTown(s, ids...)
	})

	// ActorFromElsewhere holds for everybody who acts in a check, on the day of
	// the act: people move.
	ActorFromElsewhere = Cond("actor-from-elsewhere", "办理人不来自被抽查支部及其所在乡镇(街道)党委", "whoever acts does not come from the branch or its town").Cite("抽查监督").
				Reading(CheckBranch).Test(func(s *Situation) []Words { return fromTheTown(s, s.Office.Person) })

	InspectorsAreNoKin = Cond("inspectors-no-kin", "督查人员与当事人无近亲属关系", "no inspector is close kin of the person").Cite("近亲繁殖").
				Reading(CheckInspectors).OnInput().Test(func(s *Situation) []Words {
		ids, _ := CheckInspectors.Given(s)
		var out []Words
		for _, id := range ids {
			if concerned(s, id) {
				out = append(out, Words{Zh: nameOf(s, id) + "须回避", En: string(id) + " has to stand back"})
			}
		}
		return out
	})

	// AttendBeforehand: who is to attend is told before the meeting begins.
	AttendBeforehand = Cond("attend-beforehand", "列席须在大会召开前指派;大会已召开的改用走访或电话", "to attend is assigned before the meeting was held; afterwards visit or telephone").Cite("抽查监督").
				Reading(CheckMethod, CheckFiling, CheckBranch).Test(func(s *Situation) []Words {
		method, _ := CheckMethod.Of(s)
		f := checkedFiling(s)
		if method != "attend" || f == nil || s.Now.Before(f.Moment()) {
			return nil
		}
		return Missing("大会已于 "+f.At+" 召开", "the meeting was at "+f.At)
	})

	// CheckedAfterwards: whatever the method, there is nothing to conclude
	// about a meeting that is still to come.
	CheckedAfterwards = Cond("checked-afterwards", "抽查结论在大会当日或其后作出", "a check is concluded on the day of the meeting or after it").Cite("抽查监督").
				Reading(MeetingDay).Test(func(s *Situation) []Words {
		day, _ := MeetingDay.Held(s.Case)
		return notBefore(s, day)
	})

	AttendedOnTheDay = Cond("attended-on-the-day", "列席的抽查在大会当日进行", "a meeting is attended on its day").Cite("抽查监督").
				Reading(CheckMethod, MeetingDay).Test(func(s *Situation) []Words {
		method, _ := CheckMethod.Held(s.Case)
		day, _ := MeetingDay.Held(s.Case)
		if method != "attend" || s.On == day {
			return nil
		}
		return Missing("大会日期为 "+day.String()+",未列席的请变更抽查方式", "the meeting is on "+day.String()+"; who did not attend changes the method")
	})

	CheckedByAssigned = Cond("checked-by-assigned", "由指派的督查人员登记", "recorded by an inspector assigned").Cite("抽查监督").
				Reading(CheckInspectors).Holds(func(s *Situation) bool {
		ids, _ := CheckInspectors.Held(s.Case)
		return slices.Contains(ids, s.Office.Person)
	})

	RecheckedByOthers = Cond("rechecked-by-others", "复查由原督查人员以外的人进行", "checked again by others").Cite("抽查监督").
				Reading(CheckInspectors).Holds(func(s *Situation) bool {
		ids, _ := CheckInspectors.Held(s.Case)
		return !slices.Contains(ids, s.Office.Person)
	})

	FindingsNamed = Cond("findings-named", "不合格的逐项写明问题和严重程度", "a failed check names its findings and their severity").Cite("抽查监督").
			Reading(CheckFindings, CheckSeverity).Holds(func(s *Situation) bool {
		items, _ := CheckFindings.Given(s)
		severity, _ := CheckSeverity.Given(s)
		return len(items) > 0 && severity != "" && severity != "none"
	})

	NothingFound = Cond("nothing-found", "发现问题的不得结论为合格", "where a problem was found the check is not passed").Cite("抽查监督").
			Reading(CheckSeverity, CheckFindings).Holds(func(s *Situation) bool {
		items, _ := CheckFindings.Given(s)
		severity, _ := CheckSeverity.Given(s)
		return severity == "none" && len(items) == 0
	})

	AllFindingsFixed = Cond("all-findings-fixed", "问题逐项整改", "every finding is rectified").Cite("抽查监督").
				Reading(CheckFixed, CheckFindings).OnInput().Test(func(s *Situation) []Words {
		findings, _ := CheckFindings.Held(s.Case)
		fixed, _ := CheckFixed.Given(s)
		return unfixed(findings, fixed)
	})

	RechecksLeft = Cond("rechecks-left", "认定整改不到位的次数未满", "it was not found unrectified too often").Cite("抽查监督").Reading(RecheckRound).Bounding().
			Holds(func(s *Situation) bool { n, _ := RecheckRound.Held(s.Case); return int(n) < MaxRechecks.At(s) })

	// FilingGone tells that there is no meeting to check. What is withdrawn on
	// the day of the meeting or later is checked all the same: it may have been
	// attended.
	FilingGone = Cond("filing-gone", "该备案已在大会日期之前撤回", "the filing was withdrawn before the day of its meeting").Cite("抽查监督").Reading(CheckFiling, CheckBranch).
			Holds(func(s *Situation) bool {
			f := checkedFiling(s)
			return f != nil && f.PutOff()
		})

	OverrideNamed = Cond("method-changes", "写明变更后的方式或人员", "the new method or inspectors are given").Cite("抽查监督").
			Reading(CheckMethod, CheckInspectors).Holds(func(s *Situation) bool {
		_, method := CheckMethod.Given(s)
		_, people := CheckInspectors.Given(s)
		return method || people
	})
)

// inspects reports whether a person holds an inspector's office.
func inspects(s *Situation, id register.PersonID) bool {
	return slices.ContainsFunc(s.View.Officers(register.OrgID(s.Case.County)), func(o *register.Office) bool {
		return o.Person == id && o.Post == register.Inspector && o.Held(s.On)
	})
}

// fromTheTown are those of some people who are kept in the town that is
// checked.
func fromTheTown(s *Situation, ids ...register.PersonID) []Words {
	town := checkedTown(s)
	var out []Words
	for _, id := range ids {
		p, ok := s.View.Person(id)
		if !ok || p.Org == "" || town == nil {
			continue
		}
		if home, ok := s.View.Org(p.Org); ok && town.Over(home) {
			out = append(out, Words{Zh: nameOf(s, id) + "的组织关系在" + town.Name, En: string(id) + " is kept in the town checked"})
		}
	}
	return out
}

// checkedTown is the committee over the branch that is checked.
func checkedTown(s *Situation) *register.Org {
	branch, _ := CheckBranch.Held(s.Case)
	if town, ok := register.ApprovingCommittee(s.View, branch); ok {
		return town
	}
	org, _ := s.View.Org(branch)
	return org
}

func checkedFiling(s *Situation) *register.Filing {
	id, _ := CheckFiling.Held(s.Case)
	branch, _ := CheckBranch.Held(s.Case)
	for _, f := range s.View.Filings(branch) {
		if string(f.ID) == id {
			return f
		}
	}
	return nil
}

// heldAnew reports whether the case has had another meeting than the one that
// a check of it was drawn for: what could not be put right is left behind. The
// same meeting under another number is no other one.
func heldAnew(s *Situation, check CaseID) bool {
	now := filingOf(s)
	if now == nil {
		return false
	}
	for _, f := range s.View.Filings(s.Case.Org) {
		drawn, _ := s.View.Holder(CheckDrawn.Kind, string(f.ID)+"/"+string(s.Case.ID))
		if f.At == now.At && drawn == check {
			return false
		}
	}
	return true
}

// concerned reports whether somebody is the person the check is about, or
// close kin.
func concerned(s *Situation, id register.PersonID) bool {
	_, kin := register.CloseKin(s.View, id, s.Case.Person)
	return kin || id == s.Case.Person
}

// meetingToCome reports whether the meeting that is checked has not begun.
func meetingToCome(s *Situation) bool {
	f := checkedFiling(s)
	return f != nil && s.Now.Before(f.Moment())
}

// checkVeil keeps a check from everybody until its meeting begins, but for the
// head of the county department, who assigns the inspectors, and those
// assigned; and from either where they come from the town or are kin. So a
// branch can be warned by few, and it is on record who they are.
var checkVeil = &Veil{Look: LookAtCheck, Over: func(s *Situation) bool {
	if s.Case.Stage != CheckSelected.Key && s.Case.Stage != CheckAssigned.Key || !meetingToCome(s) {
		return false
	}
	assigned, _ := CheckInspectors.Held(s.Case)
	told := s.Office.Post == register.CountyHead || s.Office.Post == register.Inspector && slices.Contains(assigned, s.Office.Person)
	return !told || concerned(s, s.Office.Person) || len(fromTheTown(s, s.Office.Person)) > 0
}}

// AssignBy is the last day on which somebody can be sent to a meeting that is
// attended: the day before it, or the day of the draw where that is later.
var (
	AssignBy = DateField("assign_by", "列席人员最迟指派日", "last day to assign who attends")

	recordAssignBy = Computing(AssignBy, func(s *Situation) (calendar.Date, bool) {
		meeting, ok := MeetingDay.Given(s)
		return calendar.Max(meeting.AddDays(-1), s.On), ok
	})

	isAttended = Cond("is-attended", "抽查方式为列席支部大会", "the meeting is to be attended").Cite("抽查监督").Reading(CheckMethod).Holds(func(s *Situation) bool {
		method, _ := CheckMethod.Held(s.Case)
		return method == "attend"
	})
)

// toBranch names the branch that has to rectify.
var (
	CheckOwner = OrgField("rectified_by", "整改单位", "who has to rectify")
	toBranch   = Computing(CheckOwner, func(s *Situation) (register.OrgID, bool) { return CheckBranch.Held(s.Case) })

	countRechecks = Computing(RecheckRound, func(s *Situation) (int64, bool) {
		n, _ := RecheckRound.Held(s.Case)
		return n + 1, true
	})
)

// SpotChecks is the procedure of a spot check, from the draw to its clearing.
func SpotChecks() *Workflow {
	concluded := func(r Rule) Rule { return r.Claiming(CheckOpen.Do(Release)) }
	impartial := []Condition{ActorFromElsewhere, NoKin}
	assigning := append([]Condition{TwoInspectors, InspectorsFromElsewhere, InspectorsAreNoKin, AttendBeforehand}, impartial...)
	record := func(to Stage, conclusion string) Rule {
		return Art("抽查监督", Inspectors.May(RecordCheck).In(CheckAssigned).To(to)).Giving(CheckConclusion, CheckSeverity, CheckNotes).Taking(CheckFindings).
			When(Is(CheckConclusion, conclusion).Cite("抽查监督")).If(CheckedByAssigned, CheckedAfterwards, AttendedOnTheDay).If(impartial...).With(paper("抽查记录表", "record of the check"))
	}
	again := func(result string, to Stage) Rule {
		return Art("抽查监督", Inspectors.May(Recheck).In(CheckRectified).To(to)).Giving(CheckAgain, CheckNotes).
			When(Is(CheckAgain, result).Cite("抽查监督")).If(RecheckedByOthers).If(impartial...)
	}
	return &Workflow{
		Key: SpotCheck, Words: Words{Zh: "抽查", En: "spot check"}, Params: spotCheckParams, Statute: statuteOf("抽查监督", "近亲繁殖", "三级预审"), Veil: checkVeil,
		Rules: []Rule{
			Art("抽查监督", Clock.May(DrawCheck).In(New).To(CheckSelected)).Giving(CheckFiling, CheckBranch, CheckReason, CheckMethod, MeetingDay).
				Recording(recordAssignBy).Claiming(CheckDrawn.Do(Take), CheckOpen.Do(Take)).With(paper("抽样记录", "record of the draw")),
			Art("抽查监督", InspectionLead.May(AssignInspectors).In(CheckSelected).To(CheckAssigned)).Giving(CheckInspectors).If(assigning...),
			Art("抽查监督", InspectionLead.May(OverrideCheck).In(CheckSelected, CheckAssigned).Stays()).Giving(OverrideReason).Taking(CheckMethod, CheckInspectors).
				If(OverrideNamed).If(assigning...),
			Art("抽查监督", InspectionLead.May(LookAtCheck).In(CheckSelected, CheckAssigned).Stays()).If(MeetingToCome, FirstLook),
			concluded(record(CheckPassed, "passed").If(NothingFound)),
			record(CheckFailed, "failed").If(FindingsNamed).Recording(toBranch).MovingTo(CheckOwner).With(paper("抽查整改通知", "notice to rectify")),
			Art("抽查监督", Branch.May(RectifyCheck).In(CheckFailed).To(CheckRectified)).Giving(CheckFixed).If(AllFindingsFixed).With(paper("整改报告", "report of the rectification")),
			concluded(again("cleared", CheckCleared)),
			again("not-fixed", CheckFailed).If(RechecksLeft).Recording(countRechecks).AnewRound(),
			concluded(again("rejected", CheckRejected)),
			concluded(Art("抽查监督", Clock.May(DropCheck).In(CheckSelected, CheckAssigned).To(CheckNotHeld)).If(FilingGone)),
		},
		Dues: []DueRule{
			Due(AssignInspectors).Within(DaysOf(CheckAssignDays)).Of(Entry).In(CheckSelected).Cite("抽查监督"),
			Due(AssignInspectors).Within(Days(0)).Of(AssignBy).In(CheckSelected).Cite("抽查监督").While(isAttended),
			Due(RecordCheck).Within(DaysOf(CheckDays)).Of(Latest(Entry, MeetingDay)).In(CheckAssigned).Cite("抽查监督"),
			Due(RectifyCheck).Within(DaysOf(RectifyDays)).Of(Entry).In(CheckFailed).Cite("抽查监督"),
			Due(Recheck).Within(DaysOf(RecheckDays)).Of(Entry).In(CheckRectified).Cite("抽查监督"),
		},
		Invariants: []Invariant{{Key: "cleared-by-others", Words: Words{Zh: "不合格的抽查,未经整改和复查不能解除", En: "a failed check is not cleared without rectification and another check"},
			Target: CheckCleared, Needs: []Action{DrawCheck, AssignInspectors, RecordCheck, RectifyCheck, Recheck}}},
	}
}
