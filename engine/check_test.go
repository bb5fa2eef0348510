package engine

import (
	"slices"
	"strings"
	"testing"
)

// standing are the keys of the findings that are not waived.
func standing(findings []Finding) []string {
	var keys []string
	for _, f := range findings {
		if f.Waived == "" {
			keys = append(keys, f.Key)
		}
	}
	return keys
}

func TestCheckFindsNothingInASoundWorkflow(t *testing.T) {
	if got := compiled().Check(); len(got) != 0 {
		t.Errorf("findings: %+v", got)
	}
}

// ruleOf is the first rule of an action.
func ruleOf(w *Workflow, a Action) *Rule {
	i := slices.IndexFunc(w.Rules, func(r Rule) bool { return r.Action.Key == a.Key })
	return &w.Rules[i]
}

func drop(w *Workflow, a Action) {
	w.Rules = slices.DeleteFunc(w.Rules, func(r Rule) bool { return r.Action.Key == a.Key })
	w.Dues = slices.DeleteFunc(w.Dues, func(d DueRule) bool { return d.Action.Key == a.Key })
}

func cite(w *Workflow, articles ...Article) {
	w.Statute = map[Article]Words{}
	for _, a := range slices.Concat(articles, w.Cited()) {
		w.Statute[a] = Words{"条文", "text"}
	}
}

func TestCheckFindsPlantedFaults(t *testing.T) {
	limbo := NewStage("limbo", "悬置", "limbo")
	jump := NewAction("jump", "跳过", "jump")
	never := NumberField("never", "从未填写", "never given")
	pOther := &Param{Key: "other-day", Kind: DateParam, Default: 20260601}
	for _, tc := range []struct {
		name  string
		plant func(*Workflow)
		want  []string
	}{
		{"a stage nothing leads to", func(w *Workflow) {
			w.Rules = append(w.Rules, Art("细则 5", branchRole.May(acWithdraw).In(limbo).To(stWithdrawn)))
		}, []string{"unreachable:limbo"}},
		{"a dead end", func(w *Workflow) {
			w.Rules = append(w.Rules, Art("细则 5", branchRole.May(jump).In(stTalked).To(limbo)))
		}, []string{"no-exit:limbo"}},
		{"a dead end from the new edition on", func(w *Workflow) { ruleOf(w, acAgain).until = edge{param: pEdition}; dropWithdrawal(w, "rejected") },
			[]string{"no-exit:rejected"}},
		{"a stage of the old edition in which cases are left standing", func(w *Workflow) {
			w.Rules = append(w.Rules, Art("细则 5", branchRole.May(jump).In(stTalked).To(limbo)).UntilParam(pEdition),
				Art("细则 5", branchRole.May(acWithdraw).In(limbo).To(stWithdrawn)).UntilParam(pEdition))
			w.Dues = append(w.Dues, Due(acWithdraw).Within(Days(9)).Of(Entry).In(limbo).Cite("细则 5"))
		}, []string{"no-exit:limbo"}},
		{"a way out of an end", func(w *Workflow) {
			w.Rules = append(w.Rules, Art("细则 5", branchRole.May(jump).In(stWithdrawn).To(stApplied).If(opinionsIn.Bounding())))
		}, []string{"end-exit:withdrawn"}},
		{"an act after the end", func(w *Workflow) {
			w.Rules = append(w.Rules, Art("细则 5", branchRole.May(jump).In(stLapsed).Stays()))
		}, []string{"end-act:lapsed:jump"}},
		{"a stage without a deadline", func(w *Workflow) { w.Dues = w.Dues[1:] }, []string{"unbounded:applied"}},
		{"a deadline for an act that does not leave", func(w *Workflow) { w.Dues[1].Action = acOpinion }, []string{"unbounded:talked"}},
		{"a loop without a new round", func(w *Workflow) { ruleOf(w, acAgain).NewRound = false }, []string{"loop:talked+filed+rejected"}},
		{"a stage that leads to itself", func(w *Workflow) {
			w.Rules = append(w.Rules, Art("细则 5", branchRole.May(jump).In(stTalked).To(stTalked)))
		}, []string{"loop:talked"}},
		{"two rules for one move", func(w *Workflow) { w.Rules[5].Selects = nil }, []string{"overlap:vote:filed:adopted+rejected"}},
		{"two editions at once", func(w *Workflow) { ruleOf(w, acApprove).until = edge{} }, []string{"overlap:approve:adopted:approved+approved"}},
		{"a field nobody gives", func(w *Workflow) { r := ruleOf(w, acFile); r.Needs = append(r.Needs, adopts.Reading(never)) }, []string{"unread:never"}},
		{"a warning about a field nobody gives", func(w *Workflow) { r := ruleOf(w, acFile); r.Warns = append(r.Warns, adopts.Reading(never)) }, []string{"unread:never"}},
		{"a deadline of a field nobody gives", func(w *Workflow) {
			w.Dues = append(w.Dues, Due(acFile).Within(Days(1)).Of(Latest(Entry, DateField("posted", "张贴日", "posted on"))).In(stTalked).Cite("细则 8"))
		}, []string{"unread:posted"}},
		{"an act nobody may do", func(w *Workflow) { r := ruleOf(w, acFile); r.Needs = append(r.Needs, waited.After(jump)) }, []string{"undone:jump"}},
		{"a deadline of an act nobody may do", func(w *Workflow) {
			w.Dues = append(w.Dues, Due(acFile).Within(Days(1)).Of(Done(jump)).In(stTalked).Cite("细则 8"))
		}, []string{"undone:jump"}},
		{"a condition without a test", func(w *Workflow) { r := ruleOf(w, acFile); r.Needs = append(r.Needs, Cond("blank", "空", "blank")) }, []string{"untested:blank"}},
		{"a rule of no day", func(w *Workflow) {
			w.Rules = append(w.Rules, Art("细则 5", branchRole.May(acWithdraw).In(stAdopted).To(stWithdrawn)).SinceParam(pEdition).UntilParam(pEdition))
		}, []string{"never:withdraw:withdrawn"}},
		{"an unlisted parameter", func(w *Workflow) {
			w.Rules = append(w.Rules, Art("细则 5", branchRole.May(acWithdraw).In(stAdopted).To(stWithdrawn)).SinceParam(pOther))
		}, []string{"param:other-day"}},
		{"a text nobody cites", func(w *Workflow) { cite(w, "细则 99") }, []string{"uncited:细则 99"}},
		{"a citation without text", func(w *Workflow) { cite(w); ruleOf(w, acTalk).Article = "细则 98" }, []string{"no-text:细则 98"}},
		{"a role's citation without text", func(w *Workflow) { cite(w); ruleOf(w, acTalk).WhoCites = "细则 98" }, []string{"no-text:细则 98"}},
		{"a sentence without an article", func(w *Workflow) { ruleOf(w, acWithdraw).Article = ""; w.Dues[4].Article = "" },
			[]string{"no-article:due:again", "no-article:withdraw"}},
		{"a way round a step", func(w *Workflow) {
			w.Rules = append(w.Rules, Art("细则 5", branchRole.May(jump).In(stApplied).To(stTalked)))
		}, []string{"invariant:all-steps:talk@edition", "invariant:all-steps:talk@ever", "invariant:all-steps:talk@start"}},
		{"a way round a step in the new edition", func(w *Workflow) {
			w.Rules = append(w.Rules, Art("细则 5", branchRole.May(jump).In(stFiled).To(stAdopted)).SinceParam(pEdition))
		}, []string{"invariant:all-steps:vote@edition", "invariant:all-steps:vote@ever"}},
		{"a way round through two editions", func(w *Workflow) {
			w.Rules = append(w.Rules,
				Art("细则 5", branchRole.May(jump).In(stApplied).To(stRejected)).UntilParam(pEdition),
				Art("细则 5", branchRole.May(jump).In(stRejected).To(stAdopted)).SinceParam(pEdition))
		}, []string{"invariant:all-steps:file@ever", "invariant:all-steps:talk@ever", "invariant:all-steps:talk@start", "invariant:all-steps:vote@ever"}},
		{"a target out of reach", func(w *Workflow) { drop(w, acVote) },
			[]string{"invariant:all-steps@edition", "invariant:all-steps@ever", "invariant:all-steps@start", "unbounded:filed", "uncited:细则 20", "undone:vote", "unreachable:adopted", "unreachable:approved", "unreachable:rejected"}},
		{"a waiver of nothing", func(w *Workflow) { w.Waivers = []Waiver{{"loop:talked", "没有的事"}} }, []string{"waiver:loop:talked"}},
		{"a waiver without a reason", func(w *Workflow) { w.Dues = w.Dues[1:]; w.Waivers = []Waiver{{"unbounded:applied", " "}} },
			[]string{"unbounded:applied", "waiver:unbounded:applied"}},
		{"a waiver", func(w *Workflow) {
			w.Dues = w.Dues[1:]
			w.Waivers = []Waiver{{"unbounded:applied", "由时限系统处理"}}
		}, nil},
	} {
		w := compiled(tc.plant)
		if err := w.Compile(nil); err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if got := standing(w.Check()); !slices.Equal(got, tc.want) {
			t.Errorf("%s:\n got %v\nwant %v", tc.name, got, tc.want)
		}
	}
}

func dropWithdrawal(w *Workflow, stage string) {
	r := ruleOf(w, acWithdraw)
	r.From = slices.DeleteFunc(r.From, func(s Stage) bool { return s.Key == stage })
}

func TestCheckNamesTheEditionsConcerned(t *testing.T) {
	w := compiled(func(w *Workflow) { ruleOf(w, acAgain).until = edge{param: pEdition}; dropWithdrawal(w, "rejected") })
	got := w.Check()
	if len(got) != 1 || !strings.HasSuffix(got[0].Words.Zh, "(2026-05-11 起)") || !strings.HasSuffix(got[0].Words.En, "(from 2026-05-11)") {
		t.Errorf("findings %+v", got)
	}
}

func TestCheckKeepsWaivedFindingsWithTheirReason(t *testing.T) {
	w := compiled(func(w *Workflow) {
		w.Dues = w.Dues[1:]
		w.Waivers = []Waiver{{"unbounded:applied", "由时限系统处理"}}
	})
	if got := w.Check(); len(got) != 1 || got[0].Waived != "由时限系统处理" || got[0].Words.Zh == "" {
		t.Errorf("findings %+v", got)
	}
}

func TestLoopsEndAtABound(t *testing.T) {
	for _, bounded := range []bool{false, true} {
		w := compiled(func(w *Workflow) {
			r := ruleOf(w, acAgain)
			r.NewRound = false
			if bounded {
				r.Needs = append(r.Needs, waited.Bounding())
			}
		})
		if got := len(w.Check()) == 0; got != bounded {
			t.Errorf("bounded %v: findings %v", bounded, w.Check())
		}
	}
}
