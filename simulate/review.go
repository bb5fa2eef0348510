package simulate

import (
	"slices"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	. "jinchu/workflows"
)

// isQualified is the way of a development target through the pre-review, over
// and over where the papers are returned.
func (l *life) isQualified() bool {
	return l.isPrepared() && l.isReviewed()
}

func (l *life) isPrepared() bool {
	l.wait(3, 15)
	fit := l.branch.fit(l.relative)
	i := l.rand.IntN(len(fit) - 1)
	two := fit[i : i+2]
	sanctioned := l.branch.sanctioned()
	if !l.do(l.branch.secretary, AssignIntroducers, give(is(Introducers, two), is(IntroducerConsent, true)),
		but(oneIntroducer, is(Introducers, two[:1])),
		but(kinIntroducer, is(Introducers, []register.PersonID{two[0], l.relative})).only(slices.Contains(l.branch.fit(), l.relative)),
		but(badIntroducer, is(Introducers, []register.PersonID{two[0], sanctioned})).only(sanctioned != ""),
		but(noConsent, is(IntroducerConsent, false))) {
		return false
	}
	l.wait(6, 25)
	conclusion := "pass"
	if l.slips(politicsFailed) {
		conclusion = "fail"
	}
	if !l.do(l.branch.secretary, RecordPoliticalReview, give(is(PoliticalConclusion, conclusion),
		is(ReviewMethods, []string{"talk", "file", "inquiry", "letter"}), is(ReviewPlaces, []string{"household", "residence"})),
		but(onePlace, is(ReviewPlaces, []string{"household"})).only(l.person.Migrant)) {
		return false
	}
	if conclusion == "fail" {
		return l.isReviewedAbove()
	}
	return l.goesOn() && l.isTrained()
}

// isReviewedAbove is what follows on a political review that failed: the
// committee reviews again, or the branch ends or resumes the cultivation.
func (l *life) isReviewedAbove() bool {
	l.wait(5, 20)
	again := give(is(PoliticalConclusion, "pass"), is(ReviewMethods, []string{"talk", "file", "field"}), is(ReviewPlaces, []string{"household", "residence"}))
	if l.slips(reviewedAgain) {
		if o := l.try(step{who: l.branch.secretary, action: RecordPoliticalReview.Key, fields: merged(again, nil)}); o != refused {
			return o == done && l.isTrained()
		}
		l.wait(3, 15)
	}
	switch {
	case l.slips(passedAbove):
		return l.do(l.officer(reviews), RecordPoliticalReview, again) && l.isTrained()
	case l.slips(resumed):
		return l.isCultivatedAgain("政治审查不合格,转回继续培养") && l.isPrepared()
	}
	return l.stops("政治审查不合格")
}

func (l *life) isTrained() bool {
	if l.trained { // before the cultivation was resumed
		return true
	}
	l.trained = true
	if l.slips(screenedEarly) {
		l.wait(2, 8)
		if l.try(l.screening()) == over {
			return false
		}
	}
	if l.slips(trainingWaived) {
		l.wait(5, 20)
		return l.do(l.officer(reviews), WaiveTraining, give(is(WaiverReason, "长期在外执行任务,个别特殊情况免训")))
	}
	days, hours, assessed := int64(l.param(TrainingMinDays)), int64(l.param(TrainingMinHours)), "pass"
	course := func() bool {
		l.wait(4, 30)
		return l.do(l.officer(reviews), RecordTraining, give(is(TrainingDays, days), is(TrainingHours, hours),
			is(TrainingAssessed, assessed), is(Certificate, l.number("培"))))
	}
	short, bad := l.slips(trainedShort), l.slips(trainedBadly)
	if !short && !bad {
		return course()
	}
	if short {
		days, hours = days-1, hours-8
	} else {
		assessed = "fail"
	}
	if !course() {
		return false
	}
	l.wait(3, 10)
	if o := l.try(l.screening()); o != refused {
		return o == done
	}
	days, hours, assessed = int64(l.param(TrainingMinDays)), int64(l.param(TrainingMinHours)), "pass"
	return course()
}

func (l *life) screening() step {
	return step{who: l.branch.secretary, action: Screen.Key, fields: merged(give(is(DecidedBy, l.body())), nil)}
}

// isReviewed is the pre-review at three levels. What was returned is reviewed
// from the beginning, opinions and visit included.
func (l *life) isReviewed() bool {
	for returns := 0; ; returns++ {
		l.wait(3, 18)
		if l.stage == DevelopmentTarget.Key && !l.isScreened() || !l.isAsked() {
			return false
		}
		again, ok := l.passesCommittee(returns)
		if ok && !again {
			again, ok = l.passesCounty(returns)
		}
		if !again || !ok {
			return ok
		}
	}
}

func (l *life) isScreened() bool {
	o := l.try(l.screening())
	if o == refused && l.refusedFor("not-leaving") {
		l.waitUntil(l.person.Leaving.AddDays(1)) // the leaving came to nothing
	}
	return o == done || o == refused && l.must(l.screening())
}

// isAsked asks the departments. They answer on days of their own.
func (l *life) isAsked() bool {
	l.wait(1, 4)
	var keys []string
	for _, d := range register.Duties {
		keys = append(keys, string(d))
	}
	if !l.do(l.officer(reviews), AskOpinion, give(is(Departments, keys))) {
		return false
	}
	l.rand.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	against := ""
	for i, key := range keys {
		l.wait(1, 4)
		if i == len(keys)-1 && !l.lastAnswer() {
			return false
		}
		result := one(l.rand, []string{"none", "none", "none", "none", "explained"})
		if i == 0 && l.slips(adverse) {
			against, result = key, "adverse"
		}
		if !l.answers(key, result) {
			return false
		}
	}
	return against == "" || l.isAskedAgain(against)
}

// answers is the opinion of a department.
func (l *life) answers(key, result string) bool {
	return l.do(l.play.county.officers[register.Duty(key)], AnswerOpinion, give(is(OpinionResult, result), is(OpinionText, "经查询,意见如上")))
}

// isAskedAgain is what becomes of the objection of a department: it does not
// uphold it, or the person is rejected.
func (l *life) isAskedAgain(key string) bool {
	if l.slips(adverseIgnored) {
		l.wait(1, 4)
		if l.try(step{who: l.officer(reviews), action: PassReview.Key}) == over {
			return false
		}
	}
	if !l.slips(adverseCleared) {
		return l.isRejected(l.officer(reviews), "unfit", "部门有不同意见")
	}
	l.wait(5, 20)
	if !l.do(l.officer(reviews), AskOpinion, give(is(Departments, []string{key}))) {
		return false
	}
	l.wait(2, 8)
	return l.answers(key, "explained")
}

// lastAnswer is late, or is not waited for.
func (l *life) lastAnswer() bool {
	if l.slips(answerLate) {
		l.wait(12, 30)
	}
	if l.slips(answerMissing) {
		return l.try(step{who: l.officer(reviews), action: PassReview.Key}) != over
	}
	return true
}

func (l *life) isRejected(who register.OfficeID, ground, why string) bool {
	l.wait(1, 6)
	if !l.must(step{who: who, action: Reject.Key, fields: merged(give(is(RejectGround, ground), is(StopReason, why)), nil)}) {
		return false
	}
	if ground == "fraud" {
		l.appliesTooSoon()
	}
	return false
}

// passesCommittee tells whether the papers came back, and whether life goes on.
func (l *life) passesCommittee(returns int) (again, ok bool) {
	reviewer := l.officer(reviews)
	if l.branch.above.seconded != "" {
		reviewer = l.officer(organizes)
	}
	pass := give(is(TalkNotes, "复审谈话,材料齐全"))
	l.wait(1, 10)
	if l.slips(notVisited) && l.try(step{who: reviewer, action: PassReview.Key, fields: merged(pass, nil)}) == over {
		return false, false
	}
	l.wait(1, 5)
	if !l.do(reviewer, RecordVisit, give(is(VisitNotes, "到支部走访,召开座谈会"))) {
		return false, false
	}
	l.wait(1, 4)
	if returns == 0 && l.slips(returnedBelow) {
		return true, l.isReturned(reviewer)
	}
	if l.slips(unfit) {
		return false, l.isRejected(reviewer, "unfit", "不具备条件")
	}
	if !l.goesOn() {
		return false, false
	}
	if l.superior != "" && returns == 0 {
		reviewer = l.superior // and has to stand back
	}
	return false, l.do(reviewer, PassReview, pass, but(wrongReviewer).by(l.branch.secretary))
}

// passesCounty is the check by the county, which hands out a place of the
// plan and the form.
func (l *life) passesCounty(returns int) (again, ok bool) {
	c := l.play.county
	reviewer := one(l.rand, c.reviewers)
	l.wait(2, 9)
	switch {
	case returns == 0 && l.slips(returnedAbove):
		return true, l.isReturned(reviewer)
	case l.slips(fraud):
		return false, l.isRejected(reviewer, "fraud", "学历材料系伪造")
	}
	right := give(is(NoticeNumber, l.number("审")))
	if l.branch.above.seconded != "" && l.slips(twoLevels) {
		if o := l.try(step{who: l.branch.above.seconded, action: Qualify.Key, fields: merged(right, nil)}); o == over {
			return false, false
		} else if o == done {
			return false, true
		}
	}
	for {
		switch l.try(step{who: reviewer, action: Qualify.Key, fields: merged(right, nil)}) {
		case done:
			return false, true
		case over:
			return false, false
		}
		if !l.refusedFor("claim-plan-slot") {
			return false, l.must(step{who: c.another(reviewer, l.rand), action: Qualify.Key, fields: merged(right, nil)})
		}
		l.waitUntil(calendar.On(l.on.Year()+1, 1, 1).AddDays(3 + l.rand.IntN(40))) // for next year's plan
	}
}

// isReturned returns the papers and brings them in order.
func (l *life) isReturned(reviewer register.OfficeID) bool {
	defects := []engine.Item{{Key: "1", Text: "思想汇报缺一季度"}, {Key: "2", Text: "政审函调材料未盖章"}}
	if !l.do(reviewer, Return, give(is(Defects, defects)), but(returnedBlank, is(Defects, []engine.Item{}))) {
		return false
	}
	l.wait(5, 35)
	fixed := []engine.Item{{Key: "1", Text: "已补"}, {Key: "2", Text: "已补盖"}}
	return l.goesOn() && l.do(l.branch.second, Rectify, give(is(Rectified, fixed)), but(halfRectified, is(Rectified, fixed[:1])))
}
