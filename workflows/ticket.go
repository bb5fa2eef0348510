package workflows

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
)

// SupervisionOrder is the workflow of a supervision order 督办单: a case about
// the organization that is responsible, dependent on the case concerned.
const SupervisionOrder = "supervision"

// The roles of supervision. A recipient is whoever holds a post in the
// organization the order is addressed to, whatever its level.
var (
	Recipient = NewRole("recipient", "被督办单位", "the organization under supervision", OwnCase,
		register.BranchSecretary, register.OrgCommissioner, register.GeneralBranchChief, register.CommitteeReviewer,
		register.CommitteeSecretary, register.Organizer, register.DepartmentOfficer, register.CountyReviewer, register.CountyHead)
	Superior = NewRole("superior", "上级党委或县(市)委组织部", "a committee above or the county organization department", Above,
		register.CommitteeReviewer, register.CommitteeSecretary, register.Organizer, register.CountyReviewer, register.CountyHead)
)

// The stages of an order, in order.
var (
	OrderIssued     = NewStage("issued", "已下达", "issued")
	OrderRectifying = NewStage("rectifying", "已签收整改中", "acknowledged, being put right")
	OrderSubmitted  = NewStage("submitted", "已反馈待核验", "feedback given")
	OrderClosed     = EndStage("closed", "已销号", "closed")
	OrderWithdrawn  = EndStage("withdrawn", "误发撤销", "withdrawn, issued in error")
)

// The actions of supervision.
var (
	IssueOrder     = NewAction("issue-order", "下达督办单", "issue a supervision order")
	Acknowledge    = NewAction("acknowledge", "签收督办单", "acknowledge the order")
	CloseItem      = NewAction("close-item", "逐项销号", "close an item")
	SubmitFeedback = NewAction("submit-feedback", "反馈整改情况", "give feedback")
	VerifyOrder    = NewAction("verify-order", "核验销号", "verify and close the order")
	ReturnFeedback = NewAction("return-feedback", "核验不通过退回", "return the feedback")
	Escalate       = NewAction("escalate", "升级督办", "raise the level")
	NoteSettled    = NewAction("note-settled", "登记步骤已办结", "note that the step is settled")
	SetLimit       = NewAction("set-limit", "核定期限", "set the limit")
	WithdrawOrder  = NewAction("withdraw-order", "撤销误发督办单", "withdraw an order issued in error")
)

const (
	stepOwed    = "owed"
	stepSettled = "settled"
)

// What the acts of supervision give.
var (
	OrderLevel   = ChoiceField("level", "督办级别", "level of supervision", levels()...)
	Problems     = ItemsField("problems", "问题清单", "problems")
	Basis        = TextField("basis", "督办依据", "basis")
	Step         = TextField("step", "所督办的步骤", "step concerned")
	StepDue      = DateField("step_due", "该步骤期限", "deadline of the step")
	LevelFrom    = DateField("level_from", "本级督办起算日", "day the level counts from")
	LimitOpen    = DateField("limit_open", "工作日历公布后核定期限之日", "day on which times not yet countable are counted")
	Found        = ChoiceField("found", "系统核对情况", "what the calendar found", option(stepOwed, "仍未办结", "still owed"), option(stepSettled, "已办结或期限已变更", "settled, or the deadline no longer stands"))
	RaiseReason  = TextField("raise_reason", "升级理由", "why the level is raised")
	ItemsClosed  = ItemsField("closing", "销号事项及佐证", "items closed, with evidence").Many()
	ItemsAgain   = ItemsField("again", "须重办事项及理由", "items to do again, and why").Many()
	Feedback     = TextField("feedback", "整改反馈", "feedback").EachRound()
	Verification = TextField("verification", "核验意见", "verification").EachRound()
)

// The claims of an order. One deadline of one case is put under one order,
// whoever raises it and however often the calendar runs; an order withdrawn in
// error is not raised again.
var (
	OneOrder = &Claim{Kind: "order", Cite: "督办", Words: Words{Zh: "一事一单", En: "the one order about the matter"}, Fields: []*Field{Step.Field, StepDue.Field},
		Pick: func(s *Situation) (string, []Words) {
			step, _ := Step.Given(s)
			due, _ := StepDue.Given(s)
			key := OrderKey(s.Case.Parent, step, due, s.Branch())
			if id, raised := s.View.Holder("order", key); raised {
				return "", Missing("该事项已有督办单 "+string(id), "there is an order about it: "+string(id))
			}
			return key, nil
		}}

	OrderNumber = &Claim{Kind: "order-number", Cite: "督办", Words: Words{Zh: "督办单号", En: "a number of the order"}, Pick: nextOrderNumber}
)

// OrderKey is the key under which an order about a deadline is claimed: the
// case, the action and the day it was due. Of several departments that owe an
// answer each has an order of its own. Without a step it is about the case as
// a whole, such as a check that was failed.
func OrderKey(about CaseID, step string, due calendar.Date, responsible *register.Org) string {
	key := string(about)
	if step != "" {
		key += "/" + step + "/" + due.String()
	}
	if responsible.Kind == register.Department {
		key += "/" + string(responsible.ID)
	}
	return key
}

// nextOrderNumber is the first number of the year that was never given to an
// order about the organization. Every organization has a series of its own:
// whoever issues orders sees which numbers they get, and a gap between two of
// them would tell that there is one they may not know of, such as one to the
// county department about a check that is late. The numbers given are 1 to n
// without a gap, since none is ever given back: the hundred in which they end
// is found in a few look-ups, however many there are.
func nextOrderNumber(s *Situation) (string, []Words) {
	const kind = "order-number"
	series := fmt.Sprintf("%s/%d-", s.Case.Org, s.On.Year())
	begun := func(hundred int) bool {
		_, held := s.View.Holder(kind, fmt.Sprintf("%s%04d00", series, hundred))
		return held || hundred == 0
	}
	above := 1
	for begun(above) {
		above *= 2
	}
	last := above/2 + sort.Search(above-above/2, func(i int) bool { return !begun(above/2 + i) }) - 1
	n := 100*last + len(s.View.Held(kind, fmt.Sprintf("%s%04d", series, last)))
	if last == 0 {
		n++ // there is no number 0
	}
	return fmt.Sprintf("%s%06d", series, n), nil
}

// Conditions of issuing, raising and withdrawing.
var (
	AboutStep = Cond("about-step", "所督办的是某一案件的某一步骤", "the order is about a step of a case").Cite("督办").Reading(Step).
			Holds(func(s *Situation) bool { _, given := Step.Given(s); return given })

	OfACase = Cond("of-a-case", "写明所督办的案件", "the case concerned is named").Cite("督办").
		Holds(func(s *Situation) bool { return s.Case.Parent != "" })

	ProblemsNamed = Cond("problems-named", "问题逐项列明,编号不重复", "the problems are itemised").Cite("督办").Reading(Problems).OnInput().
			Holds(func(s *Situation) bool { items, _ := Problems.Given(s); return itemised(items) })

	IssuedFromAbove = Cond("issued-from-above", "不得向本单位下达", "no organization issues an order to itself").Cite("督办").
			Holds(func(s *Situation) bool { return s.Org.ID != s.Case.Org })

	LevelOver = Cond("level-over", "本级整改期限已过", "the time of the level is over").Cite("督办").Test(func(s *Situation) []Words {
		for _, d := range s.Case.Due {
			switch {
			case d.Action != Escalate.Key:
			case d.Overdue(s.On):
				return nil
			default:
				return Missing("期限至 "+d.On.String(), "the limit is "+d.On.String())
			}
		}
		return Missing("没有升级期限", "no deadline to raise it")
	})

	BelowWarning = Cond("below-warning", "尚未到五级预警", "the level is below the last").Cite("督办").Reading(OrderLevel).Bounding().
			Holds(func(s *Situation) bool { return nextLevel(s.Case) != "" })

	StillOwed  = Is(Found, stepOwed).Cite("督办")
	NowSettled = Is(Found, stepSettled).Cite("督办")

	StepNotSettled = Cond("step-not-settled", "督办的是具体步骤,且尚未登记办结", "the order is about a step that was not noted as settled").Cite("督办").
			Reading(Step, Found).Holds(func(s *Situation) bool {
		_, about := Step.Held(s.Case)
		v, _ := Found.Held(s.Case)
		return about && v != stepSettled
	})

	CalendarPublished = Cond("calendar-published", "所涉年度的工作日历已公布", "the working days of the year are published").Cite("督办").
				Test(func(s *Situation) []Words {
			year := unpublished(s, running(s))
			if year == 0 {
				return nil
			}
			return Missing(fmt.Sprintf("%d 年工作日历尚未公布", year), fmt.Sprintf("the working days of %d are not published", year))
		})

	IssuersSuperior = Cond("issuers-superior", "由下达单位的上级撤销;县(市)委组织部下达的,由部领导撤销,且不是下达人", "withdrawn from above whoever issued it; of the county's own, by its head, who did not issue it").Cite("督办").
			After(IssueOrder).Holds(issuersSuperior)
)

// issuersSuperior reports whether the actor stands above whoever issued the
// order. The calendar issues for the county.
func issuersSuperior(s *Situation) bool {
	issued := s.Case.Last(IssueOrder.Key)
	if issued == nil {
		return false
	}
	issuer, ok := s.View.Org(issued.Org)
	if !ok {
		return false
	}
	if issuer.Kind == register.County {
		return s.Office.Post == register.CountyHead && !sameActor(s, issued)
	}
	return s.Org.ID != issuer.ID && s.Org.Over(issuer)
}

// sameActor reports whether an act was done by whoever acts now.
func sameActor(s *Situation, t *Trace) bool {
	return t.Office == s.Office.ID || t.Person != "" && t.Person == s.Office.Person
}

func itemised(items []Item) bool {
	for i := range items {
		if strings.TrimSpace(items[i].Text) == "" || slices.ContainsFunc(items[:i], func(o Item) bool { return o.Key == items[i].Key }) {
			return false
		}
	}
	return len(items) > 0
}

// Supervision is the procedure of a supervision order: issued by the calendar
// or from above, acknowledged, its problems closed one by one, feedback given,
// and verified by another person; raised by a level when nothing is answered.
//
// A step that is done late does not close its order: the feedback is owed
// still. But the calendar, which looks whether the deadline stands before it
// raises the level, notes that it is settled, and from then on raises it no
// more.
func Supervision() *Workflow {
	w := &Workflow{
		Key: SupervisionOrder, Words: Words{Zh: "督办", En: "supervision"}, Impersonal: true,
		Params: LadderParams, Statute: statuteOf("督办"), Dues: supervisionDues(), Invariants: supervisionInvariants,
		Consults: func(c *Case, o *register.Org) bool { return c.Org == o.ID },
	}
	w.Rules = append(orderRules(), answerRules()...)
	for i := range w.Rules {
		w.Rules[i].Article = "督办"
	}
	return w
}

var supervisionInvariants = []Invariant{
	{Key: "closed-by-the-book", Words: Words{Zh: "未经签收、反馈和他人核验,督办单不能销号", En: "no order is closed without being acknowledged, answered and verified"},
		Target: OrderClosed, Needs: []Action{IssueOrder, Acknowledge, SubmitFeedback, VerifyOrder}},
}

// orderRules: issuing, raising and withdrawing.
func orderRules() []Rule {
	issue := func(who Role) Rule {
		return who.May(IssueOrder).In(New).To(OrderIssued).Giving(OrderLevel, Problems, Basis).If(ProblemsNamed).
			Recording(recordLevelFrom, recordLimitOpen(OrderIssued), recordLead).Claiming(OrderNumber.Do(Take)).With(paper("督办单", "supervision order"))
	}
	step := func(r Rule) Rule {
		return r.Giving(Step, StepDue).When(AboutStep).If(OfACase).Claiming(OneOrder.Do(Take))
	}
	raise := func(r Rule) Rule {
		return r.If(BelowWarning).Recording(recordNextLevel, recordLevelFrom).With(paper("升级督办通知", "notice of the level"))
	}
	return []Rule{
		step(issue(Clock)),
		issue(Clock).When(Not(AboutStep)).If(OfACase).Claiming(OneOrder.Do(Take)),
		step(issue(Superior)).If(IssuedFromAbove),
		issue(Superior).When(Not(AboutStep)).If(IssuedFromAbove),
		raise(Clock.May(Escalate).In(OrderIssued, OrderRectifying).Stays()).Giving(Found).If(LevelOver, StillOwed).
			Recording(recordLimitOpen(), recordLead),
		raise(CountyDepartment.May(Escalate).In(OrderIssued, OrderRectifying).Stays()).Giving(RaiseReason).
			Recording(recordLimitOpen(), recordLead),
		raise(CountyDepartment.May(Escalate).In(OrderSubmitted).To(OrderRectifying)).Giving(RaiseReason, ItemsAgain).If(AgainItemised).
			Recording(recordLimitOpen(OrderRectifying), recordLead).AnewRound(),
		Clock.May(NoteSettled).In(OrderIssued, OrderRectifying).Stays().Giving(Found).If(NowSettled, StepNotSettled).
			Recording(recordLevelFrom, recordLimitOpen()),
		Clock.May(SetLimit).In(OrderIssued, OrderRectifying, OrderSubmitted).Stays().If(CalendarPublished),
		Superior.May(WithdrawOrder).In(OrderIssued, OrderRectifying, OrderSubmitted).To(OrderWithdrawn).Giving(StopReason).If(IssuersSuperior).
			Claiming(OneOrder.Do(Use), OrderNumber.Do(Use)),
	}
}
