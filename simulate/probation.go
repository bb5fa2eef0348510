package simulate

import (
	"jinchu/engine"
	"jinchu/register"
	. "jinchu/workflows"
)

// isConverted is probation and what comes of it.
func (l *life) isConverted() bool {
	l.ends = l.adopted.AddMonths(l.param(ProbationMonths))
	if !l.isSworn() {
		return false
	}
	for l.stage == Probationary.Key { // also after an extension, or a cancellation that came to nothing
		moved, ok := l.isObserved()
		if !ok || !l.isScreenedForConversion() {
			return false
		}
		if l.isResolved(l.ends.AddMonths(moved)) {
			l.joins()
			return true
		}
	}
	return false
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
func (l *life) isObserved() (months int, ok bool) {
	every := max(1, l.param(ProbationReviewMon))
	for due := l.ends.AddMonths(-l.param(ProbationMonths) + every); !due.After(l.ends); due = due.AddMonths(every) {
		day := due.AddDays(-75 + l.rand.IntN(30))
		if day.Before(l.on) {
			continue
		}
		l.waitUntil(day)
		if !l.do(l.branch.second, ProbationReview, give(is(ReviewOpinion, "预备期表现良好"))) {
			return 0, false
		}
	}
	if !l.isExtended && l.slips(transferred) {
		l.wait(5, 20)
		if !l.isTransferred(TransferProbationary) || l.isUnrecognised() {
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
	if l.slips(cancelProposed) && !l.staysInProbation() {
		return 0, false
	}
	l.waitUntil(l.ends.AddDays(-70 + l.rand.IntN(90)))
	return months, l.isTakenUp()
}

// isTransferred moves the person with the case to another branch: the
// committee examines the papers where both branches are below it, the county
// where they are not.
func (l *life) isTransferred(a engine.Action) bool {
	to := l.anotherBranch()
	who, home := l.officer(reviews), to.above == l.branch.above
	if !home {
		who = one(l.rand, l.play.county.reviewers)
	}
	if !l.do(who, a, give(is(NewBranch, to.org.ID), is(DossierExamined, true)),
		but(sentOn).by(l.officer(reviews)).only(!home), but(unexamined, is(DossierExamined, false))) {
		return false
	}
	l.branch, l.relative = to, ""
	if !home {
		l.superior = ""
	}
	return true
}

// isUnrecognised is what the county may find in the papers of somebody who
// was transferred.
func (l *life) isUnrecognised() bool {
	if !l.slips(unrecognised) {
		return false
	}
	l.wait(10, 40)
	l.do(one(l.rand, l.play.county.reviewers), RefuseRecognition, give(is(RefuseReason, "入党程序严重不合规定,不予承认")))
	return true
}

// isScreenedForConversion is the way from the application for conversion to
// the meeting.
func (l *life) isScreenedForConversion() bool {
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

// isTakenUp asks whether anybody comes to it.
func (l *life) isTakenUp() bool { return !l.slips(leftLying) }

func (l *life) isArchived() {
	l.wait(4, 28)
	if !l.isTakenUp() {
		return
	}
	right := give(is(Papers, []string{"admission-form", "application", "political-review", "conversion-application", "cultivation", "training-certificate", "pre-review", "minutes"}),
		is(Keeper, "committee"))
	l.do(l.officer(reviews), Archive, right, but(papersMissing, is(Papers, []string{"admission-form", "application"})))
}

// anotherBranch is a branch to move to.
func (l *life) anotherBranch() *branch {
	for {
		if b := one(l.rand, l.play.county.branches); b.org.ID != l.branch.org.ID {
			return b
		}
	}
}

// joins counts the person among the members of the branch.
func (l *life) joins() {
	p := *l.person
	p.Standing, p.Org = register.Full, l.branch.org.ID
	l.branch.members = append(l.branch.members, &p)
}
