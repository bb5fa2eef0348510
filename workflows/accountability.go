package workflows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	. "jinchu/engine"
	"jinchu/register"
)

// AccountabilityKey is the workflow that traces responsibility back 责任倒查.
const AccountabilityKey = "accountability"

// The numbers of accountability. Local rules name a self-criticism meeting
// within a week; the other times were seen nowhere.
var (
	IdentifyDays      = confirm(param("accountability.identify_days", "查明责任人期限(日)", "time to identify the persons responsible (days)", 30, Free, 0, "责任倒查"))
	AccountTalkDays   = confirm(param("accountability.talk_days", "谈话期限(日)", "time for each talk (days)", 15, Free, 0, "责任倒查"))
	AccountDecideDays = confirm(param("accountability.decide_days", "作出处理决定期限(日)", "time to decide (days)", 30, Free, 0, "责任倒查"))
	SelfCriticismDays = confirm(param("accountability.close_days", "决定后检查、执行并办结期限(日)", "time for self-criticism and carrying out (days)", 7, Free, 0, "责任倒查"))
)

// The stages of an accountability case, in order.
var (
	AccountOpened     = NewStage("opened", "已立案倒查", "opened")
	AccountIdentified = NewStage("persons-identified", "已查明责任人", "persons identified")
	AccountTalked     = NewStage("talked", "已逐人谈话", "talked with each")
	AccountDecided    = NewStage("decided", "已作出处理决定", "decided")
	AccountClosed     = EndStage("closed", "已办结", "closed")
	AccountUnfounded  = EndStage("unfounded", "线索不成立", "unfounded")
)

// The actions of an accountability case.
var (
	OpenAccountability   = NewAction("open-accountability", "责任倒查立案", "open an accountability case")
	IdentifyPersons      = NewAction("identify-persons", "查明责任人", "identify those responsible")
	TalkWithPerson       = NewAction("talk-with-person", "同责任人谈话", "talk with a person named")
	DecideAccountability = NewAction("decide-accountability", "作出责任追究决定", "decide on each person")
	CloseAccountability  = NewAction("close-accountability", "责任倒查办结", "close the accountability case")
	DropFinding          = NewAction("drop-finding", "线索不成立结案", "drop an unfounded finding")
)

// What an accountability case holds.
var (
	Trigger = ChoiceField("trigger", "倒查事由", "finding",
		option("plan", "未报计划或无计划发展", "plan not reported, or admission beyond it"),
		option("political-review", "未政治审查或审查不严", "no political review, or a lax one"),
		option("training", "未培训", "no training"),
		option("notice", "未组织公示或对举报未核查", "notice not organised, or a complaint not investigated"),
		option("one-vote", "两人以上一次表决", "two or more decided by one vote"),
		option("approval-limit", "超过审批时限", "approval over the limit"),
		option("introducer", "介绍人隐瞒事实", "an introducer concealed facts"),
		option("skipped", "支部书记不履行程序", "the secretary skipped the procedure"),
		option("committee", "党委未开会研究", "the committee did not meet"),
		option("no-admission", "三年未发展党员", "no admission for three years"),
		option("trading", "以权谋私、买卖发展名额", "trading admission"),
		option("check-failed", "抽查不合格", "a check failed"),
		option("fraud", "弄虚作假", "fraud"),
		option("other", "其他", "other"))
	TriggerBasis = TextField("basis", "倒查依据", "article behind the finding")
	FoundFacts   = TextField("facts", "发现的问题", "what was found")

	Responsible   = PeopleField("persons", "责任人", "persons responsible")
	Handlers      = PeopleField("handlers", "所涉案件经办人", "who handled the case concerned")
	TalkedTo      = PersonField("person", "谈话对象", "person talked to").Many()
	Statement     = TextField("statement", "本人陈述和申辩", "what the person said").Many()
	Decisions     = ItemsField("decisions", "逐人处理决定", "decision on each person") // person -> measure and reason
	SelfCriticism = DateField("self_criticism", "检查会议日期", "day of the self-criticism meeting")
	CarriedOut    = TextField("carried_out", "执行情况", "how it was carried out")
)

// triggerBasis are the articles that each finding breaks.
var triggerBasis = map[string]Article{
	"plan": "控制总量", "political-review": "细则 16", "training": "细则 17", "notice": "公示", "one-vote": "细则 20",
	"approval-limit": "细则 25", "introducer": "细则 14", "skipped": "责任倒查", "committee": "责任倒查", "no-admission": "责任倒查",
	"trading": "责任倒查", "check-failed": "抽查监督", "fraud": "预审办法", "other": "责任倒查",
}

// Measures are what can be decided on a person, the mildest first. A decision
// is written as the key of a measure, a blank, and the reason.
var Measures = []Option{
	option("none", "不予追究", "no responsibility"), option("criticise", "批评教育", "criticism"), option("circular", "通报批评", "criticism in a circular"),
	option("organisational", "组织处理", "organisational handling"), option("transfer", "移送纪检机关", "transfer to discipline inspection"),
}

// measureOf is the key of the measure a decision takes; ok is false where it
// takes none, or gives no reason.
func measureOf(decision string) (measure string, ok bool) {
	measure, reason, _ := strings.Cut(decision, " ")
	known := slices.ContainsFunc(Measures, func(o Option) bool { return o.Key == measure })
	return measure, known && strings.TrimSpace(reason) != ""
}

// Conditions of accountability.
var (
	FromAFinding = Cond("from-a-finding", "写明所涉的案件、抽查件或督办单", "the case, check or order concerned is named").Cite("责任倒查").
			Holds(func(s *Situation) bool { return s.Case.Parent != "" })

	PersonsAreNamed = Cond("persons-named", "至少一名责任人", "at least one person responsible").Cite("责任倒查").Reading(Responsible).OnInput().
			Holds(func(s *Situation) bool { ids, _ := Responsible.Given(s); return len(ids) > 0 })

	NotConcerned = Cond("not-concerned", "办理人不是责任人,也不是其须回避的近亲属", "whoever acts is neither a person named nor close kin of one").Cite("责任倒查").
			Reading(Responsible).Test(func(s *Situation) []Words {
		ids, _ := Responsible.Of(s)
		for _, id := range ids {
			if _, kin := register.CloseKin(s.View, s.Office.Person, id); kin || id == s.Office.Person {
				return Missing("与 "+nameOf(s, id)+" 须回避", "concerned as to "+string(id))
			}
		}
		return nil
	})

	NotAHandler = Cond("not-a-handler", "决定人未经办所涉案件", "whoever decides did not handle the case concerned").Cite("责任倒查").
			Reading(Handlers).Holds(func(s *Situation) bool {
		ids, _ := Handlers.Held(s.Case) // and whoever has handled it since
		return !slices.Contains(ids, s.Office.Person) && !slices.Contains(s.Handled, s.Office.Person)
	})

	TalksWithOneNamed = Cond("talks-with-one-named", "谈话对象是已查明的责任人", "the talk is with a person named").Cite("责任倒查").
				Reading(TalkedTo, Responsible).OnInput().Holds(func(s *Situation) bool {
		id, _ := TalkedTo.Given(s)
		ids, _ := Responsible.Held(s.Case)
		return slices.Contains(ids, id)
	})

	EveryoneTalkedTo = Cond("everyone-talked-to", "已同每名责任人谈话", "each person named was talked to").Cite("责任倒查").
				Reading(TalkedTo, Responsible).Holds(func(s *Situation) bool {
		ids, _ := Responsible.Held(s.Case)
		now, _ := TalkedTo.Given(s)
		return !slices.ContainsFunc(ids, func(id register.PersonID) bool {
			return id != now && !slices.ContainsFunc(TalkedTo.All(s.Case), func(f Fact) bool { return f.Value == id })
		})
	})

	EachIsDecided = Cond("each-is-decided", "对每名责任人逐一作出决定并说明理由", "each person named is decided on, with the measure and the reason").Cite("责任倒查").
			Reading(Decisions, Responsible).OnInput().Test(eachDecided)

	SomebodyIsHeld = Cond("somebody-is-held", "有人应予追究", "somebody is held responsible").Cite("责任倒查").Reading(Decisions).
			Holds(somebodyHeld)

	SelfCriticismMade = Cond("self-criticism-made", "被追究的,决定之后已召开检查会议", "where somebody was held responsible, the self-criticism meeting was held after the decision").
				Cite("责任倒查").Reading(SelfCriticism, Decisions).Holds(func(s *Situation) bool {
		day, given := SelfCriticism.Given(s)
		return !somebodyHeld(s) || given && !day.Before(s.Case.StageOn) && !day.After(s.On)
	})
)

// somebodyHeld reports whether a decision goes beyond finding no
// responsibility.
func somebodyHeld(s *Situation) bool {
	items, _ := Decisions.Of(s)
	return slices.ContainsFunc(items, func(it Item) bool { m, _ := measureOf(it.Text); return m != Measures[0].Key })
}

// eachDecided names the persons without a decision, and the decisions that
// are on nobody, twice, or incomplete.
func eachDecided(s *Situation) []Words {
	ids, _ := Responsible.Held(s.Case)
	items, _ := Decisions.Given(s)
	out := uncanonical(items, func(it Item) bool {
		_, ok := measureOf(it.Text)
		return ok && slices.Contains(ids, register.PersonID(it.Key))
	})
	for _, id := range ids {
		if !slices.ContainsFunc(items, func(it Item) bool { return it.Key == string(id) }) {
			out = append(out, Words{Zh: "尚未决定:" + nameOf(s, id), En: "not decided: " + string(id)})
		}
	}
	return out
}

// What is scarce: a finding is traced back once at a time, and a notice has a
// number that is never given again.
var (
	OneTracing = &Claim{Kind: AccountabilityKey, Cite: "责任倒查", Words: Words{Zh: "一案一事由一次倒查", En: "one tracing of a finding at a time"}, Fields: []*Field{Trigger.Field},
		Pick: func(s *Situation) (string, []Words) {
			trigger, _ := Trigger.Given(s)
			key := string(s.Case.Parent) + "/" + trigger
			if id, taken := s.View.Holder(AccountabilityKey, key); taken && id != s.Case.ID {
				return "", Missing("该事由已在倒查:"+string(id), "the finding is being traced in "+string(id))
			}
			return key, nil
		}}

	AccountabilityNotice = &Claim{Kind: "accountability-notice", Cite: "责任倒查", Words: Words{Zh: "责任追究通知书编号", En: "a number of the accountability notice"},
		Pick: func(s *Situation) (string, []Words) {
			prefix, last := fmt.Sprintf("%d-", s.On.Year()), 0
			for _, key := range s.View.Held("accountability-notice", prefix) {
				if n, err := strconv.Atoi(strings.TrimPrefix(key, prefix)); err == nil {
					last = max(last, n)
				}
			}
			return fmt.Sprintf("%s%03d", prefix, last+1), nil
		}}
)

// recordHandlers puts on record who handled the case concerned, as its log and
// that of the check behind the finding have it: nobody types it in.
var recordHandlers = Computing(Handlers, func(s *Situation) ([]register.PersonID, bool) { return s.Handled, true })

var recordBasis = Computing(TriggerBasis, func(s *Situation) (string, bool) {
	trigger, _ := Trigger.Given(s)
	return string(triggerBasis[trigger]), true
})

// AccountabilityCase traces a finding back to those responsible: who they are, a
// talk with each, a decision on each by the county's head, and its execution.
// Who handled the case concerned is taken from its log, and decides nothing.
// It is kept by the county, so that neither branch nor committee reaches it.
func AccountabilityCase() *Workflow {
	w := &Workflow{Key: AccountabilityKey, Words: Words{Zh: "责任倒查", En: "accountability"}, Impersonal: true, Traces: true,
		Params:  []*Param{IdentifyDays, AccountTalkDays, AccountDecideDays, SelfCriticismDays},
		Statute: statuteOf("责任倒查"), Invariants: accountabilityInvariants}
	decide := func() Rule {
		return HeadOfCounty.May(DecideAccountability).In(AccountTalked).To(AccountDecided).Giving(Decisions).If(EachIsDecided, NotConcerned, NotAHandler)
	}
	talk := CountyDepartment.May(TalkWithPerson).In(AccountIdentified)
	spoken := func(r Rule) Rule {
		return r.Giving(TalkedTo, Statement).If(TalksWithOneNamed, NotConcerned).With(paper("谈话记录", "record of the talk"))
	}
	identified := func(r Rule) Rule {
		return r.Giving(Responsible).If(PersonsAreNamed, NotConcerned).Recording(recordHandlers)
	}
	w.Rules = []Rule{
		CountyDepartment.May(OpenAccountability).In(New).To(AccountOpened).Giving(Trigger, FoundFacts).If(KeptByCounty, FromAFinding).
			Recording(recordBasis).Claiming(OneTracing.Do(Take)).With(paper("责任倒查立案表", "record of the opening")),
		HeadOfCounty.May(DropFinding).In(AccountOpened).To(AccountUnfounded).Giving(StopReason).Claiming(OneTracing.Do(Release)),
		identified(CountyDepartment.May(IdentifyPersons).In(AccountOpened).To(AccountIdentified)),
		identified(CountyDepartment.May(IdentifyPersons).In(AccountIdentified).Stays()),
		spoken(talk.To(AccountTalked)).When(EveryoneTalkedTo),
		spoken(talk.Stays()).When(Not(EveryoneTalkedTo)),
		decide().When(SomebodyIsHeld).Claiming(AccountabilityNotice.Do(Take)).With(paper("责任追究通知书", "accountability notice")),
		decide().When(Not(SomebodyIsHeld)).With(paper("不予追究决定", "decision of no responsibility")),
		CountyDepartment.May(CloseAccountability).In(AccountDecided).To(AccountClosed).Giving(CarriedOut).Taking(SelfCriticism).
			If(SelfCriticismMade, NotConcerned).Claiming(OneTracing.Do(Release)),
	}
	for i := range w.Rules {
		w.Rules[i].Article = "责任倒查"
	}
	w.Dues = []DueRule{
		Due(IdentifyPersons).Within(DaysOf(IdentifyDays)).Of(Entry).In(AccountOpened).Cite("责任倒查"),
		Due(TalkWithPerson).Within(DaysOf(AccountTalkDays)).Of(Latest(Entry, Done(TalkWithPerson))).In(AccountIdentified).Cite("责任倒查"),
		Due(DecideAccountability).Within(DaysOf(AccountDecideDays)).Of(Entry).In(AccountTalked).Cite("责任倒查"),
		Due(CloseAccountability).Within(DaysOf(SelfCriticismDays)).Of(Entry).In(AccountDecided).Cite("责任倒查"),
	}
	return w
}

var accountabilityInvariants = []Invariant{
	{Key: "decided-by-the-book", Words: Words{Zh: "未查明责任人并同其谈话,不得作出处理决定", En: "nobody is decided on without being named and talked to"},
		Target: AccountDecided, Needs: []Action{IdentifyPersons, TalkWithPerson, DecideAccountability}},
}
