package draw

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// lending is a small workflow with every part of the sentence in it.
func lending(t testing.TB) *engine.Workflow {
	t.Helper()
	branch := engine.NewRole("branch", "党支部", "the branch", engine.OwnCase, register.BranchSecretary)
	committee := engine.NewRole("committee", "基层党委", "the committee", engine.Above, register.CommitteeReviewer)
	asked := engine.NewStage("asked", "已申请", "asked for")
	seen := engine.NewStage("seen", "已审查", "looked through")
	done := engine.EndStage("done", "已办结", "done")
	gone := engine.EndStage("gone", "已撤回", "withdrawn")
	ask := engine.NewAction("ask", "申请", "ask").At(1)
	note := engine.NewAction("note", "记录情况", "note")
	look := engine.NewAction("look", "审查", "look through")
	back := engine.NewAction("send-back", "退回整改", "send back")
	finish := engine.NewAction("finish", "办结", "finish")
	leave := engine.NewAction("leave", "撤回", "withdraw")
	on := engine.DateField("on", "申请日期", "asked on")
	grade := engine.ChoiceField("grade", "等次", "grade",
		engine.Option{Key: "good", Words: engine.Words{Zh: "好", En: "good"}}, engine.Option{Key: "poor", Words: engine.Words{Zh: "差 | 待改", En: "poor"}})
	text := engine.TextField("text", "情况", "what happened").Many().EachRound()
	limit := &engine.Param{Key: "look.days", Words: engine.Words{Zh: "审查期限(工作日)", En: "time to look (working days)"}, Default: 10, Bound: engine.AtMost, Limit: 10, Cite: "办法 9", Unverified: true}
	edition := &engine.Param{Key: "edition", Words: engine.Words{Zh: "新办法施行日", En: "first day of the new measure"}, Kind: engine.DateParam, Default: 20260511, Bound: engine.Fixed}
	strict := &engine.Param{Key: "strict", Words: engine.Words{Zh: "从严", En: "strict"}, Kind: engine.FlagParam}
	always := func(*engine.Situation) bool { return true }
	good := engine.Cond("good", "等次为好", "the grade is good").Cite("办法 2", "旧办法 3").Reading(grade).Holds(always)
	few := engine.Cond("few", "退回未满两次", "sent back less than twice").Holds(always).Bounding()
	slot := &engine.Claim{Kind: "slot", Words: engine.Words{Zh: "名额", En: "a place"}, Pick: func(*engine.Situation) (string, []engine.Words) { return "1", nil }}
	effect := engine.Effect{Key: "noted", Words: engine.Words{Zh: "登记在册", En: "entered in the register"}}
	w := &engine.Workflow{Key: "lending", Words: engine.Words{Zh: "小办法", En: "a small measure"},
		Rules: []engine.Rule{
			engine.Art("办法 1", branch.May(ask).In(engine.New).To(asked)).Giving(on).Claiming(slot.Do(engine.Take)),
			engine.Art("办法 1", branch.May(note).In(asked, seen).Stays()).Taking(text),
			engine.Art("办法 2", committee.May(look).In(asked).To(seen)).Giving(grade).If(good).ByLaw("办法 1").UntilParam(edition),
			engine.Art("办法 2", committee.May(look).In(asked).To(seen)).Giving(grade).If(good).Noting(few).SinceParam(edition),
			engine.Art("办法 3", committee.May(back).In(seen).To(asked)).When(engine.Not(good)).If(few).AnewRound(),
			engine.Art("办法 4", committee.May(finish).In(seen).To(done)).When(good).Claiming(slot.Do(engine.Use)).Making(effect).With(engine.Words{Zh: "通知书", En: "notice"}),
			engine.Art("办法 4", engine.Clock.May(leave).In(asked).To(gone)).Claiming(slot.Do(engine.Release)),
		},
		Dues: []engine.DueRule{
			engine.Due(look).Within(engine.WorkdaysOf(limit)).Of(engine.Latest(on, engine.Entry)).In(asked).Cite("办法 2").LateNeedsReason(),
			engine.Due(finish).Within(engine.Months(1)).Of(engine.Done(look)).In(seen).Cite("办法 4").While(good),
		},
		Params:     []*engine.Param{limit, edition, strict},
		Invariants: []engine.Invariant{{Key: "looked", Words: engine.Words{Zh: "未经审查不得办结", En: "nothing is done unseen"}, Target: done, Needs: []engine.Action{look}}},
		Waivers:    []engine.Waiver{{Finding: "uncited:办法 8", Reason: "留待下一版"}},
		Statute:    map[engine.Article]engine.Words{"办法 8": {Zh: "另行规定", En: "to be provided"}},
	}
	for _, a := range []engine.Article{"办法 1", "办法 2", "办法 3", "办法 4", "办法 9", "旧办法 3"} {
		w.Statute[a] = engine.Words{Zh: string(a) + "的条文。\n第二行 | 竖线", En: "the text of " + string(a)}
	}
	profile := &engine.Profile{Name: "shili", Words: engine.Words{Zh: "示例县", En: "Shili county"}, Periods: []engine.Period{
		{From: calendar.MustParse("2026-01-01"), Values: map[string]int{"look.days": 8}},
		{From: calendar.MustParse("2027-01-01"), Values: map[string]int{"look.days": 5, "strict": 1}}}}
	if err := w.Compile(profile); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestGolden(t *testing.T) {
	w := lending(t)
	for name, got := range map[string][]byte{
		"diagram.svg": SVG(w, Options{}),
		"case.svg":    SVG(w, Options{On: calendar.MustParse("2026-06-01"), Visited: []string{"new", "asked", "seen"}}),
		"diagram.mmd": []byte(Mermaid(w)),
		"rulebook.md": Rulebook(w),
		"roles.md":    Roles(w),
		"actions.md":  Actions(w),
		"lives.md":    Lives(w, 10),
	} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s has changed; look at the difference and run go test ./engine/draw -update", name)
		}
	}
}

// big is a workflow of thirty stages in line, with ways back, ends, long
// names and rules of many stages.
func big(t testing.TB) *engine.Workflow {
	t.Helper()
	var roles []engine.Role
	for i := range 8 {
		roles = append(roles, engine.NewRole(fmt.Sprint("r", i), fmt.Sprintf("第%d级党组织", i), fmt.Sprint("level ", i), engine.Above, register.CommitteeReviewer))
	}
	stages := []engine.Stage{engine.New}
	for i := range 29 {
		stages = append(stages, engine.NewStage(fmt.Sprint("s", i), fmt.Sprintf("第%d个很长名称的办理阶段", i), fmt.Sprint("stage ", i)))
	}
	end := engine.EndStage("end", "已办结", "done")
	w := &engine.Workflow{Key: "big", Words: engine.Words{Zh: "大流程", En: "a big workflow"}}
	act := func(i int, what string) engine.Action {
		return engine.NewAction(fmt.Sprint(what, i), fmt.Sprintf("办理第%d件%s事项", i, what), what)
	}
	for i := range 29 {
		w.Rules = append(w.Rules, engine.Art("细则 19", roles[i%8].May(act(i, "向前")).In(stages[i]).To(stages[i+1])))
		if i > 3 && i%2 == 0 {
			w.Rules = append(w.Rules, engine.Art("细则 20", roles[(i+3)%8].May(act(i, "退回")).In(stages[i]).To(stages[i-3])))
		}
		if i > 0 && i%2 == 1 {
			w.Rules = append(w.Rules, engine.Art("2014细则 21", roles[(i+5)%8].May(act(i, "记录")).In(stages[i], stages[i+1]).Stays()))
		}
	}
	w.Rules = append(w.Rules,
		engine.Art("细则 6", roles[0].May(act(0, "撤回")).In(stages[1:25]...).To(end)),
		engine.Art("细则 7", roles[7].May(act(1, "撤回")).In(stages[1:9]...).Stays()),
		engine.Art("细则 8", roles[2].May(act(0, "办结")).In(stages[29]).To(end)))
	if err := w.Compile(nil); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestLayoutFitsAndNothingOverlaps(t *testing.T) {
	w := big(t)
	p := layout(w, Options{})
	if p.width > fullWidth {
		t.Errorf("%d pixels wide", p.width)
	}
	var chips []*chip
	for _, r := range append(p.rows, p.general) {
		for _, c := range r.chips {
			chips = append(chips, c)
			if c.y < r.y || c.y+c.h > r.y+r.h || c.x < p.left || c.x+c.w > p.width {
				t.Errorf("%s lies outside of its row", c.rule.Action.Words.Zh)
			}
			for _, l := range c.lines {
				if wide(l.text, l.size) > c.w-4 {
					t.Errorf("%q is wider than its chip", l.text)
				}
			}
		}
	}
	for i, a := range chips {
		for _, b := range chips[i+1:] {
			if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
				t.Errorf("%s overlaps %s", a.rule.Action.Words.Zh, b.rule.Action.Words.Zh)
			}
		}
		for _, b := range chips {
			if a.target >= 0 && b != a && b.x < a.x && b.y <= a.middle() && a.middle() <= b.y+b.h {
				t.Errorf("the line of %s runs through %s", a.rule.Action.Words.Zh, b.rule.Action.Words.Zh)
			}
		}
	}
	for i, a := range p.trunks {
		for _, b := range p.trunks[i+1:] {
			if a.lane == b.lane && a.top <= b.end && b.top <= a.end {
				t.Errorf("the trunks to %s and %s share a lane", a.to.stage.Key, b.to.stage.Key)
			}
		}
	}
}

func TestSVGIsWellFormedAndStandsAlone(t *testing.T) {
	for _, w := range []*engine.Workflow{lending(t), big(t)} {
		out := SVG(w, Options{Visited: []string{"new"}})
		d := xml.NewDecoder(bytes.NewReader(out))
		words := ""
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch el := token.(type) {
			case xml.StartElement:
				for _, a := range el.Attr {
					if a.Name.Local == "style" || a.Name.Local == "href" || strings.Contains(a.Value, "url(") {
						t.Errorf("%s: <%s %s> breaks a strict content policy", w.Key, el.Name.Local, a.Name.Local)
					}
				}
			case xml.CharData:
				words += string(el)
			}
		}
		for i := range w.Rules {
			r := &w.Rules[i]
			if !strings.Contains(words, r.Action.Words.Zh+"("+string(r.Article)+")") {
				t.Errorf("%s: the rule %s is not in the picture", w.Key, r.Sentence())
			}
		}
	}
}

func TestSVGShowsOnlyWhatIsInForce(t *testing.T) {
	w := lending(t)
	count := func(day string) int {
		return bytes.Count(SVG(w, Options{On: calendar.MustParse(day)}), []byte("<title>基层党委:审查"))
	}
	if all := bytes.Count(SVG(w, Options{}), []byte("<title>基层党委:审查")); all != 2 || count("2026-05-10") != 1 || count("2026-05-11") != 1 {
		t.Errorf("of two editions of one rule: all %d, before %d, after %d", all, count("2026-05-10"), count("2026-05-11"))
	}
}

func TestSVGMarksTheCase(t *testing.T) {
	w := lending(t)
	byStages := string(SVG(w, Options{Visited: []string{"new", "asked", "seen"}}))
	for _, want := range []string{"● 已审查", "✓ 已申请", "✓申请", "本案经过:未立案、已申请、已审查;现在:已审查"} {
		if !strings.Contains(byStages, want) {
			t.Errorf("the picture of the case lacks %q", want)
		}
	}
	// Two editions lead from asked to seen; the events tell which one was used.
	exact := string(SVG(w, Options{Visited: []string{"new", "asked", "seen"}, Taken: []string{w.Rules[0].ID, w.Rules[3].ID}}))
	if a, b := strings.Count(byStages, ">✓审查<"), strings.Count(exact, ">✓审查<"); a != 2 || b != 1 {
		t.Errorf("marked by stages %d, by events %d", a, b)
	}
}

func TestLivesCountAndCap(t *testing.T) {
	out := string(Lives(big(t), 3))
	// 24 ways by withdrawal and one to the last stage, of which 3 are shown.
	if !strings.Contains(out, "25 in all, 3 shown") || strings.Count(out, "\n3. ") != 1 || strings.Contains(out, "\n4. ") {
		t.Errorf("lives:\n%s", out)
	}
}

func TestMermaidLabelsDoNotEndEarly(t *testing.T) {
	for line := range strings.Lines(Mermaid(lending(t))) {
		if _, words, ok := strings.Cut(line, " : "); ok && strings.ContainsAny(words, ":;#\"") {
			t.Errorf("label %q holds a character that ends it", words)
		}
	}
}

func TestTheSameWorkflowGivesTheSameBytes(t *testing.T) {
	for name, draw := range map[string]func() []byte{
		"svg":      func() []byte { return SVG(lending(t), Options{}) },
		"rulebook": func() []byte { return Rulebook(lending(t)) },
		"lives":    func() []byte { return Lives(big(t), 5) },
	} {
		first := draw()
		for range 5 {
			if !bytes.Equal(first, draw()) {
				t.Errorf("%s differs from run to run", name)
			}
		}
	}
}
