package simulate

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	. "jinchu/workflows"
)

// order is the course of a supervision order, whoever issued it.
type order struct {
	course
	problems []engine.Item
	answerer register.OfficeID // of the organization under supervision
	above    []register.OfficeID
	// The step it is about, and when it was due; whose step it is, nil where
	// that is nobody's admission.
	step  string
	due   calendar.Date
	whose *life
}

// takeUpOrders hands the orders that the calendar has issued to those whom
// they address.
func (p *play) takeUpOrders(ctx context.Context, today calendar.Date) error {
	fresh, err := p.takeUp(ctx, engine.Query{Workflow: SupervisionOrder, Stages: []string{OrderIssued.Key}}, func(c *engine.Case) string {
		step, _ := Step.Held(c)
		due, _ := StepDue.Held(c)
		return fmt.Sprintf("order %s/%s/%s/%s", p.subject(c.Parent), step, due, c.Org)
	})
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(fresh)) {
		c := fresh[key]
		o := p.newOrder(key, c.Org, today)
		o.caseID, o.whose = c.ID, p.byCase[c.Parent]
		o.problems, _ = Problems.Held(c)
		o.step, _ = Step.Held(c)
		o.due, _ = StepDue.Held(c)
		p.begins(&o.course, o.live)
	}
	return nil
}

func (p *play) newOrder(key string, org register.OrgID, on calendar.Date) *order {
	o := &order{course: p.affair(key, on), above: p.superiorsOf(org)}
	o.answerer = one(o.rand, p.officesOf(org))
	return o
}

// orderByHand lets some committees put a branch under supervision, whatever
// the calendar has found.
func (p *play) orderByHand(today calendar.Date) {
	r := rand.New(rand.NewPCG(p.config.Seed, 1<<35+uint64(p.from.DaysUntil(today))))
	for i := range 1 + r.IntN(3) {
		by := one(r, p.county.committees)
		branch := one(r, by.branches)
		o := p.newOrder(fmt.Sprintf("order by hand %s/%d", today, i), branch.org.ID, today)
		o.open = &opening{workflow: SupervisionOrder, id: o.caseID, org: branch.org.ID}
		o.problems = numbered("组织生活记录不完整", "发展党员档案材料未及时整理")[:1+r.IntN(2)]
		p.supervision.subjects[o.caseID] = o.key
		p.begins(&o.course, func() {
			if o.isIssued(one(o.rand, by.officers), by.org.ID) {
				o.live()
			}
		})
	}
}

// isIssued issues an order by hand.
func (o *order) isIssued(who register.OfficeID, own register.OrgID) bool {
	o.wait(0, 15)
	right := give(is(OrderLevel, Ladder[0].Level), is(Problems, o.problems), is(Basis, "专项检查"))
	if o.slips(orderedSelf) {
		self := &opening{workflow: SupervisionOrder, id: caseID(o.rand), org: own, wrong: true}
		if o.try(step{who: who, action: IssueOrder.Key, fields: merged(right, nil), other: self}) == over {
			return false
		}
		o.wait(0, 2)
	}
	twice := append(slices.Clone(o.problems), o.problems[0])
	return o.do(who, IssueOrder, right, but(orderVague, is(Problems, twice)))
}

// live is the way from the order to its end.
func (o *order) live() {
	switch {
	case o.isWithdrawn(), o.slips(orderIgnored):
		return
	case o.slips(orderLying):
		o.wait(8, 40)
	}
	o.wait(0, 3)
	if !o.do(o.answerer, Acknowledge, nil) || !o.isRaisedByHand() {
		return
	}
	for open := o.problems; len(open) > 0 && o.isAnswered(open); {
		open = o.isVerified(open)
	}
}

// isWithdrawn tells that the order was issued in error, and withdraws it.
func (o *order) isWithdrawn() bool {
	if !o.slips(orderWrong) {
		return false
	}
	o.wait(1, 5)
	o.do(o.play.county.heads[0], WithdrawOrder, give(is(StopReason, "核实后不属督办事项,系误发")), but(withdrawnBelow).by(o.answerer))
	return true
}

// isRaisedByHand lets the county raise the order where it will not wait for
// the calendar. It reports whether life goes on.
func (o *order) isRaisedByHand() bool {
	if !o.slips(raisedByHand) {
		return true
	}
	o.wait(0, 2)
	return o.try(step{who: o.play.county.reviewers[1], action: Escalate.Key,
		fields: merged(give(is(RaiseReason, "问题突出,直接提级督办")), nil)}) != over
}

// owed reports whether the step is not done yet.
func (o *order) owed() bool {
	return o.whose != nil && slices.Contains(o.whose.due, engine.Deadline{Action: o.step, On: o.due})
}

// isAnswered closes the open items, as a rule once the step is done, and gives
// feedback.
func (o *order) isAnswered(open []engine.Item) bool {
	patience := o.on.AddDays(7 + o.rand.IntN(35))
	for o.owed() && o.on.Before(patience) {
		if o.wait(3, 9); !o.sleep() {
			return false
		}
	}
	evidence := "已办结,附办理记录"
	if o.owed() {
		evidence = "已说明原因,明确完成时限和责任人"
	}
	feedback := give(is(Feedback, "已逐项整改,现予反馈"))
	for i := range open {
		if o.slips(feedbackOpen) && o.try(step{who: o.answerer, action: SubmitFeedback.Key, fields: merged(feedback, nil)}) == over {
			return false
		}
		closes := give(is(ItemsClosed, retold(open[i:i+1], evidence)))
		if !o.do(o.answerer, CloseItem, closes, but(itemUnknown, is(ItemsClosed, []engine.Item{{Key: "另", Text: evidence}}))) {
			return false
		}
		if o.slips(itemTwice) && o.try(step{who: o.answerer, action: CloseItem.Key, fields: merged(closes, nil)}) == over {
			return false
		}
		o.wait(0, 4)
	}
	return o.do(o.answerer, SubmitFeedback, feedback)
}

// isVerified is what those above make of the feedback: the items that are to
// be done again, none where the order is closed or nothing more happens.
func (o *order) isVerified(closed []engine.Item) []engine.Item {
	o.wait(1, 6)
	who := one(o.rand, o.above)
	right := give(is(Verification, "经核验,整改属实,予以销号"))
	if o.slips(feedbackBack) {
		again := retold(closed[:1], "佐证不足,须补充")
		returned := o.try(step{who: who, action: ReturnFeedback.Key, fields: merged(give(is(ItemsAgain, again)), nil)})
		if returned == over {
			return nil
		}
		o.wait(1, 6)
		if returned == done {
			return again
		}
		// It was returned as often as may be at this level.
	}
	o.do(who, VerifyOrder, right, but(verifiedSelf).by(o.answerer))
	return nil
}
