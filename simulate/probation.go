package simulate

import (
	"jinchu/calendar"
	"jinchu/engine"
	. "jinchu/workflows"
)

// isConverted is probation and what comes of it.
func (l *life) isConverted() bool {
	ends := l.adopted.AddMonths(l.param(ProbationMonths))
	if !l.isSworn() {
		return false
	}
	for again := false; ; again = true {
		moved, ok := l.isObserved(ends, again)
		if !ok || !l.isScreenedForConversion(ends) {
			return false
		}
		if l.isResolved(ends.AddMonths(moved), again) {
			l.joins()
			return true
		}
		if l.stage != Probationary.Key { // or else it was extended
			return false
		}
		ends = ends.AddMonths(l.extension)
	}
}

// isSworn is what follows on the approval.
func (l *life) isSworn() bool {
	if !l.slips(recordMissed) {
		l.wait(3, 28)
		if !l.isRecorded() {
			return false
		}
	}
	l.wait(1, 5)
	if !l.do(l.branch.second, AssignGroup, give(is(Group, one(l.rand, []string{"第一党小组", "第二党小组"})))) {
		return false
	}
	if l.slips(oathMissed) {
		return l.isTakenUp()
	}
	if l.slips(oathLate) {
		l.wait(25, 80)
	}
	l.wait(2, 20)
	return l.swears() && l.isTakenUp()
}

func (l *life) isRecorded() bool {
	return l.do(one(l.rand, l.play.county.reviewers), FileWithCounty, give(is(RecordNumber, l.number("备"))))
}

func (l *life) swears() bool {
	return l.do(l.branch.secretary, RecordOath, give(is(OathPlace, "在党旗前集体宣誓")))
}

// isObserved is probation until a little before or after its end. It tells by
// how many months the discussion is put off.
func (l *life) isObserved(ends calendar.Date, again bool) (months int, ok bool) {
	every := max(1, l.param(ProbationReviewMon))
	for due := ends.AddMonths(-l.param(ProbationMonths) + every); !due.After(ends); due = due.AddMonths(every) {
		day := due.AddDays(-75 + l.rand.IntN(30))
		if day.Before(l.on) {
			continue
		}
		l.waitUntil(day)
		if !l.do(l.branch.second, ProbationReview, give(is(ReviewOpinion, "预备期表现良好"))) {
			return 0, false
		}
	}
	if !again && l.slips(transferred) {
		if !l.isTransferred() {
			return 0, false
		}
		if l.slips(postponed) {
			months = min(3, l.param(PostponeMonths))
			l.wait(3, 10)
			if !l.do(l.branch.secretary, PostponeDiscussion, give(is(PostponedMonths, int64(months)))) {
				return 0, false
			}
		}
	} else if l.slips(postponedWrong) {
		if l.try(step{who: l.branch.secretary, action: PostponeDiscussion.Key, fields: merged(give(is(PostponedMonths, int64(3))), nil)}) == over {
			return 0, false
		}
	}
	l.waitUntil(ends.AddDays(-70 + l.rand.IntN(90)))
	return months, l.isTakenUp()
}

// isTransferred moves the person with the case to another branch.
func (l *life) isTransferred() bool {
	to := l.anotherBranch()
	l.wait(5, 20)
	if !l.do(l.branch.above.officers[0], TransferProbationary, give(is(NewBranch, to.org.ID), is(DossierExamined, true)),
		but(unexamined, is(DossierExamined, false))) {
		return false
	}
	l.branch, l.relative, l.superior = to, "", ""
	return true
}

// isScreenedForConversion is the way from the application for conversion to
// the meeting.
func (l *life) isScreenedForConversion(ends calendar.Date) bool {
	if !l.do(l.branch.second, ApplyConversion, give(is(ConversionText, "本人申请按期转为正式党员"))) {
		return false
	}
	l.wait(3, 12)
	if !l.do(l.branch.secretary, CollectOpinions, give(is(Heard, []string{"group", "members", "masses"})), but(unheard, is(Heard, []string{"group"}))) {
		return false
	}
	if l.param(ConversionNoticeOn) != 0 || l.rand.IntN(4) == 0 {
		l.wait(1, 4)
		if !l.do(l.branch.secretary, PostConversionNotice, give(is(NoticePlace, "村务公开栏"))) || !l.noticeEnds(CloseConversionNotice) {
			return false
		}
	}
	if l.slips(objectedLater) && !l.objection(nil, upheldLater) {
		return false
	}
	l.wait(1, 8)
	screening := step{who: l.branch.secretary, action: ScreenConversion.Key, fields: merged(give(is(DecidedBy, l.body())), nil)}
	o := l.try(screening)
	if o != refused {
		return o == done
	}
	// Both can be missing.
	unsworn, unrecorded := l.refusedFor("oath-taken"), l.refusedFor("filed-with-county")
	l.wait(2, 10)
	if unsworn && !l.swears() || unrecorded && !l.isRecorded() {
		return false
	}
	return l.must(screening)
}

// isResolved is the meeting on conversion and the approval. It reports whether
// the person is a full member.
func (l *life) isResolved(least calendar.Date, again bool) bool {
	m := meeting{passes: true, more: give(is(Resolution, "convert")), least: least}
	switch {
	case l.isUpheld && again, !l.isUpheld && l.slips(resolvedCancel):
		m.more = give(is(Resolution, "cancel"), is(CancelReason, "预备期内不履行党员义务"))
		m.hearing = true
	case !again && (l.isUpheld || l.slips(resolvedExtend)):
		l.extension = l.param(ExtensionMin) + l.rand.IntN(l.param(ExtensionMax)-l.param(ExtensionMin)+1)
		m.more = give(is(Resolution, "extend"), is(ExtendMonths, int64(l.extension)))
		m.slips = append(m.slips, but(extendedShort, is(ExtendMonths, int64(l.param(ExtensionMin)-1))))
		if l.isUpheld {
			m.slips = append(m.slips, but(convertUpheld, is(Resolution, "convert"), none(ExtendMonths)))
		}
	default:
		m.slips = append(m.slips, but(secondExtension, is(Resolution, "extend"), is(ExtendMonths, int64(6))).only(again))
		m.early = l.on.AddDays(l.param(FilingLeadDays)+16).Before(least) && l.slips(convertEarly)
	}
	m.passes = !l.slips(notAdopted)
	for {
		if !l.meets(m) {
			return false
		}
		m.passes, m.slips = true, nil
		if l.stage == ConversionNotAdopted.Key {
			l.wait(10, 40)
			continue
		}
		if l.stage == VotedCancel.Key || !l.slips(convertRefused) {
			return l.isDecidedAbove()
		}
		l.wait(3, 30)
		if !l.must(step{who: l.branch.above.officers[1], action: RefuseConversion.Key, fields: merged(give(is(RefuseReason, "党委会审议未同意支部决议")), nil)}) {
			return false
		}
	}
}

// isDecidedAbove is what the committee makes of the resolution.
func (l *life) isDecidedAbove() bool {
	who, voted := l.branch.above.officers[1], l.since
	l.wait(5, 40)
	switch l.stage {
	case VotedExtend.Key:
		l.do(who, ApproveExtension, l.seats())
		return false
	case VotedCancel.Key:
		l.do(who, ApproveCancellation, l.seats())
		return false
	}
	if l.slips(convertReturn) {
		defects := []engine.Item{{Key: "1", Text: "转正申请书未签名"}}
		if !l.do(l.branch.above.officers[0], ReturnConversion, give(is(Defects, defects))) {
			return false
		}
		l.wait(4, 25)
		if !l.do(l.branch.second, RectifyConversion, give(is(Rectified, []engine.Item{{Key: "1", Text: "已补签"}}))) {
			return false
		}
		l.wait(2, 12)
	}
	approve := step{who: who, action: ApproveConversion.Key, fields: merged(l.seats(), nil)}
	if l.slips(convertLate) {
		l.waitUntil(voted.AddMonths(l.param(ConversionMonths)).AddDays(3 + l.rand.IntN(20)))
		if o := l.try(approve); o != refused {
			return o == done
		}
		approve.reason = "党委会未能按期召开"
	}
	return l.isTakenUp() && l.must(approve)
}

// isTakenUp asks whether anybody comes to it.
func (l *life) isTakenUp() bool { return !l.slips(leftLying) }

func (l *life) isArchived() {
	l.wait(4, 28)
	if !l.isTakenUp() {
		return
	}
	right := give(is(Papers, []string{"admission-form", "application", "political-review", "conversion-application", "cultivation", "training-certificate", "pre-review", "minutes"}),
		is(Keeper, "committee"))
	l.do(l.branch.above.officers[0], Archive, right, but(papersMissing, is(Papers, []string{"admission-form", "application"})))
}
